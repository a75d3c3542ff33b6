"""The runs since the program was opened, and the worker that trains them.

It knows no widget. Whoever shows it is told by `on_change` that something is new.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from lrtui.kept.consent import Consent, sources_of
from lrtui.protocol import (
    Alive,
    AtOnceEnded,
    Broken,
    Diverged,
    Ended,
    Epoch,
    Event,
    FindRate,
    Marked,
    Pace,
    Pause,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Reset,
    Resume,
    Resumed,
    Sample,
    Sampled,
    Settings,
    Start,
    Started,
    StateTaken,
    Steer,
    StepsDone,
    Stop,
    TakeState,
    TrainedAtOnce,
)
from lrtui.protocol.events import VIEWER_GONE
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.runs.record import RunRecord
from lrtui.schedules import parse
from lrtui.schedules.user_schedule import user_sources
from lrtui.tui.scene.scene import driving_schedule, plan_is_followed
from lrtui.tui.training.divergence_notice import divergence_notice
from lrtui.tui.training.run_history import RunHistory
from lrtui.tui.training.stopwatch import Stopwatch
from lrtui.tui.training.user_schedule_samples import UserScheduleSamples
from lrtui.tui.training.worker_facts import complaint
from lrtui.tui.training.worker_link import OpenWorkerLink

if TYPE_CHECKING:
    from lrtui.protocol.attach import Past
    from lrtui.tui.training.watch import Watch


class Session(RunHistory):
    """Starts, steers and remembers trainings."""

    def __init__(
        self,
        open_link: OpenWorkerLink,
        on_change: Callable[[], None],
        on_notice: Callable[[str], None],
        consent: Consent,
        clock: Callable[[], float] = time.monotonic,
        attached: str = "",
        watch: "Watch | None" = None,
    ) -> None:
        super().__init__(attached)
        self.watch = watch
        """The logs that are watched, under their name as `attached`; None: none are."""
        self._link = open_link(self._event, self._gone, self._state)
        self._on_change = on_change
        self._on_notice = on_notice
        self.pace: float | None = None
        """Steps a second at most."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopwatch = Stopwatch(clock)
        self.consent = consent
        """Which files of code a person allowed."""
        self.user_schedules = UserScheduleSamples(
            self._sample, lambda source: not consent.missing([source]), self._refuse
        )
        """What is known of the user's own schedules."""
        self.ready: Ready | None = None
        """What the worker said of itself, while it lives."""
        self.starting = False
        """Whether a worker has been asked for and has not answered yet."""
        self.cannot_train = False
        """Whether the last worker said that it cannot train at all."""
        self._wanting_state: deque[Callable[[StateTaken], None]] = deque()
        self.on_found: Callable[[RangeTestEnded], None] = lambda found: None
        """Called when a range test is over."""
        self.finding: int | None = None
        """Steps that a range test has done; None: there is none under way."""
        self.queued: Start | None = None
        """A training that was asked for and has not begun."""

    @property
    def worker(self) -> WorkerStatus:
        """The worker as it is now."""
        return self._link.status

    @property
    def output(self) -> tuple[str, ...]:
        """The last lines that the worker printed."""
        return self._link.output

    @property
    def memory(self) -> int:
        """Resident memory of the worker in bytes, as last heard; 0: there is none."""
        if self.ready is None:
            return 0
        record = self.record
        return (record.memory if record else 0) or self.ready.memory

    @property
    def seconds_left(self) -> float | None:
        """How long the present run will still take, at its pace so far; None: not known yet."""
        return None if self.active is None else self._stopwatch.seconds_left(self.active)

    def read_past(self) -> None:
        """Show what is known of an attached training already."""
        self._link.read_past()
        if self.active is not None:
            self._stopwatch.begin(self.active.steps)  # nobody knows here how long those took

    def warm_up(self) -> None:
        """Have a worker load TensorFlow in the background."""
        known = self._tasks if self.attached else self.ready  # a past told already who trains
        if not known and not self.starting:
            self.starting, self.cannot_train = True, False
            self._spawn()
            self._on_change()

    def set_pace(self, pace: float | None) -> None:
        """Let trainings do at most so many steps a second, also the present one; None: no limit.

        Somebody's training is never held up by being looked at.
        """
        if pace != self.pace and not self.attached:
            self.pace = pace
            if self.active is not None or self.queued is not None:
                self._link.send(Pace(pace))
            if self.active is not None:
                self._stopwatch.begin(self.active.steps)

    def train(self, schedule: str, settings: Settings) -> None:
        """Begin a training, as soon as a worker is ready; a run under way is stopped first."""
        start = Start(schedule, settings, pace=self.pace, pause_on_divergence=True)
        if self._is_refused(start):
            return
        self.queued = self.consent.stamped(start)
        self.warm_up()
        self._link.send(self.queued)
        self._on_change()

    def start_over(self) -> None:
        """Train again from fresh weights with what the latest run began with."""
        if self.record is not None:
            self.train(self.record.schedule, self.record.ours)

    def reset(self, schedule: str) -> None:
        """Restart the schedule of the present run from its step 0, as `schedule` describes it.

        One that has diverged first gets back the last finite state that was kept.
        """
        run = self.active
        if run is not None:
            changed = schedule != self.driving_text(run) or self._edited(schedule)
            if self.attached and not changed:
                # A script that changes its rate by itself has no start of its own to go back to.
                driving = driving_schedule(run)
                changed = driving is not None and not plan_is_followed(run, driving)
            restore = self.would_restore
            reset = Reset(schedule if changed else None, restore=restore)
            if self._is_refused(reset):
                return
            self._link.send(self.consent.stamped(reset))
            if restore:
                self._link.send(Resume())

    def steer(self, command: Steer) -> None:
        """Steer the present run, if there is one."""
        if self.active is not None:
            self._link.send(command)

    def pause_or_resume(self) -> None:
        """Pause the present run, or let it go on."""
        if self.active is not None:
            self._link.send(Resume() if self.active.state == "paused" else Pause())

    def finish_epoch(self) -> None:
        """Let the present run go on to the end of its epoch, and wait there."""
        if self.active is not None:
            self._link.send(Resume(until_epoch_end=True))

    def take_state(self, on_taken: Callable[[StateTaken], None]) -> None:
        """Have the state of the present run written to a file; `on_taken` is told where."""
        if self.active is not None:
            self._wanting_state.append(on_taken)
            self._link.send(TakeState())

    def stop(self) -> None:
        """End the present run after the step it is at."""
        if self.active is not None or self.finding is not None:
            self._link.send(Stop())

    def find_rate(self, settings: Settings) -> None:
        """Begin a range test: on a copy of the present run, or from fresh weights."""
        if self.finding is None:
            self.finding = 0
            self.warm_up()
            self._link.send(self.consent.stamped(FindRate(settings)))
            self._on_change()

    def end_worker(self) -> None:
        """End the worker, also one that does not answer."""
        self._link.kill()

    async def settle(self) -> None:
        """Wait until a start of the worker that is under way is done."""
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """End the worker."""
        await self.settle()
        await self._link.close()

    def _edited(self, schedule: str) -> bool:
        """Whether a file of the user's own gives other rates than the present run has from it."""
        driving = self.active.samples if self.active is not None else {}
        return any(
            source not in driving
            or not self.user_schedules.rates.get(source, b"").startswith(driving[source])
            for source in user_sources(parse(schedule))
        )

    def _is_refused(self, command: Start | Reset) -> bool:
        """Whether it names a file that nobody allowed; that is told then."""
        missing = self.consent.missing(sources_of(command))
        for source in missing:
            self._refuse(source)
        return bool(missing)

    def _refuse(self, source: str) -> None:
        self._on_notice(
            f"this asks for your code: {source}. It is not run until you say so; t asks"
        )

    def _sample(self, command: Sample) -> None:
        self.warm_up()
        self._link.send(self.consent.stamped(command))
        self._on_change()

    def _spawn(self) -> None:
        task = asyncio.get_running_loop().create_task(self._link.start())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _event(self, event: Event) -> None:
        match event:
            case Ready():
                self.ready, self.starting = event, False
            case Broken():
                self.cannot_train = True
                self._gone(event.message)
                return
            case RangeTestSteps(losses=losses):
                self.finding = (self.finding or 0) + len(losses) // 4
            case RangeTestEnded():
                self.finding = None
                self.on_found(event)
            case Started():
                self.runs.append(RunRecord.of([event]))
                self.queued = None
                self._wanting_state.clear()
                self._stopwatch.begin(0)
            case Sampled():
                if self.user_schedules.receive(event):
                    self._on_notice(event.error)
                self._add(event)
            case Ended():
                if self.active is None:
                    self.queued = None  # it failed before it began
                self._add(event)
                if event.reason == "failed":
                    self._tell_failure(event.message)
            case Diverged():
                if self.active is not None:
                    self._add(event)
                    self._on_notice(divergence_notice(event))
            case Resumed(who=who):
                self._add(event)
                if who == VIEWER_GONE and self.worker.pid is not None:  # now, and not in its past
                    self._on_notice(f"{self.attached} goes on: {VIEWER_GONE}")
            case StepsDone() | Epoch() | Marked() | Paused() | Alive():
                self._add(event)
            case StateTaken():
                if self._wanting_state:
                    self._wanting_state.popleft()(event)
            case TrainedAtOnce() | AtOnceEnded():
                pass  # of another process
            case _:
                assert_never(event)
        self._on_change()

    def show_runs(self, runs: list[RunRecord]) -> None:
        """Show these in place of all: a log was read again."""
        self.starting, self.runs = False, runs
        self._on_change()

    def add_past(self, past: "Past") -> None:
        """Record steps of the present run that are known in reduced form only."""
        if self.active is not None:
            self.active.add_past(past)
            self._stopwatch.begin(self.active.steps)
        self._on_change()

    def _add(self, event: Event) -> None:
        """Record an event of the present run."""
        if self.active is not None:
            self._stopwatch.hear(event)
            self.active.add(event)

    def _state(self, worker: WorkerStatus) -> None:
        if self.attached:
            if not worker.answers:
                self._on_notice(f"{self.attached} does not answer: it may be stopped, or very busy")
        elif told := complaint(worker, "K"):
            self._on_notice(told)
        self._on_change()

    def _tell_failure(self, why: str) -> None:
        if why not in self.user_schedules.faults.values():  # else it has been told
            self._on_notice(f"the training failed: {why}")

    def _gone(self, why: str) -> None:
        if not (self.ready or self.starting or self.queued):
            return  # it has said why before it went
        self.user_schedules.give_up(why)
        if self.attached:
            why = f"{self.attached}: {why}"
        elif self.ready is not None:
            kept = "; what it recorded is kept" if self.active is not None else ""
            why = f"the worker is gone ({why}){kept}; t starts another"
        self.ready, self.starting, self.queued, self.finding = None, False, None, None
        if self.active is not None:
            self.active.lose(why, lives=self.worker.lives)
        self._on_notice(why)
        self._on_change()
