"""Watches whether a worker lives: from its events, and from how long there were none.

Every call tells the time; nothing here looks at a clock, a process or a socket.
"""

from collections import deque
from pathlib import Path
from typing import Literal, assert_never

from msgspec import Struct

from lrtui.protocol import (
    Alive,
    AtOnceEnded,
    Broken,
    Diverged,
    Ended,
    Epoch,
    Event,
    Marked,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Resumed,
    Sampled,
    Started,
    StateTaken,
    StepsDone,
    TrainedAtOnce,
)

TICK_SECONDS = 0.25
"""How often silence is counted."""

SILENT_SECONDS = 2.5
"""A worker that sends and does nothing for so long does not answer. It sends twice a second."""

SILENT_AT_WORK_SECONDS = 10.0
"""The same while it works or waits for a processor: a busy machine may delay what it sends."""

STARTING_TIMES = 12
"""While it loads TensorFlow, which keeps Python's lock for seconds, it may be silent so many times
longer."""

BUSY_SECONDS = 2.5
"""A training that has not looked for commands for so long is said to be busy."""

SPEED_SECONDS = 3.0
"""The speed is measured over this time."""

WorkerState = Literal["cold", "starting", "ready", "training", "paused", "ending", "gone"]


class WorkerStatus(Struct, frozen=True):
    """The state of a worker at one moment, as the screen shows it."""

    state: WorkerState
    """``cold``: there is none; ``ready``: it waits for a start; ``ending``: it is being ended."""
    log: Path
    """Where its output is written."""
    pid: int | None = None
    ready: Ready | None = None
    """Versions, devices and threads, once TensorFlow is loaded."""
    memory: int = 0
    """Resident, in bytes; 0: not known."""
    steps_per_second: float | None = None
    """None: it does not train, or not yet long enough to measure."""
    since: float = 0.0
    """Seconds since it was started."""
    answers: bool = True
    """False: it has been silent for too long. It is not ended because of that."""
    silent_for: float = 0.0
    """Seconds without an event, while we were able to receive one."""
    busy_for: float = 0.0
    """Seconds since its training last looked for commands: it compiles, or hangs."""
    reason: str = ""
    """Why it is gone, one or two lines."""
    lives: bool = False
    """Of one that is gone: whether its process is there, and is only not heard any more."""

    @property
    def busy(self) -> bool:
        """Whether its training has done no step for long, while the process answers."""
        return self.answers and self.state == "training" and self.busy_for >= BUSY_SECONDS


class Heartbeat:
    """Follows one worker.

    Silence is counted in ticks of our own process, each for at most twice its usual length. So
    time in which we were stopped ourselves (Ctrl+Z, a busy machine) is not the worker's silence.

    Args:
        now: seconds, monotonic, as in all later calls.
    """

    def __init__(self, now: float) -> None:
        self.state: WorkerState = "starting"
        self.ready: Ready | None = None
        self.memory = 0
        self.silent_for = 0.0
        """Seconds, as of the last tick."""
        self._idle_for = 0.0
        self._began = self._ticked = now
        self._busy = 0.0
        self._speed = Speed()

    def since(self, now: float) -> float:
        """Seconds since it was started."""
        return now - self._began

    @property
    def busy_for(self) -> float:
        """Seconds since its training last looked for commands, as it last said."""
        return self._busy + self.silent_for if self._busy else 0.0

    def steps_per_second(self, now: float) -> float | None:
        """How fast it trains; None: it does not, or not yet long enough to measure."""
        return self._speed.at(now) if self.state == "training" else None

    @property
    def answers(self) -> bool:
        """Whether its last event is recent enough for what it does."""
        times = STARTING_TIMES if self.state == "starting" else 1
        at_work = self.silent_for < SILENT_AT_WORK_SECONDS * times
        return self._idle_for < SILENT_SECONDS * times and at_work

    def tick(self, now: float, at_work: bool = False) -> None:
        """Count the silence. To be called every TICK_SECONDS.

        Args:
            now: seconds.
            at_work: whether a thread of it runs, or waits for a processor or a disk.
        """
        passed = min(now - self._ticked, 2 * TICK_SECONDS)
        self.silent_for += passed
        self._idle_for += 0.0 if at_work else passed
        self._ticked = now

    def hear(self, event: Event, now: float) -> None:
        """An event has come."""
        self.silent_for, self._idle_for, self._ticked = 0.0, 0.0, now
        self._busy = event.busy if isinstance(event, Alive) else 0.0
        match event:
            case Ready():
                self.state, self.ready, self.memory = "ready", event, event.memory
            case Alive(memory=memory):
                self.memory = memory
            case Started() | Resumed():
                self.state = "training"
                self._speed = Speed()
            case StepsDone():
                self.memory = event.memory or self.memory
                self._speed.add(len(event.rates) // 4, now)
            case Paused():
                self.state = "paused"
            case Ended():
                self.state = "ready"
            case Epoch() | Marked() | Diverged() | Sampled() | RangeTestSteps() | RangeTestEnded():
                pass  # these do not change the state of the process
            case TrainedAtOnce() | StateTaken():
                pass
            case AtOnceEnded():
                self.memory = event.memory or self.memory
            case Broken():
                pass  # the process ends now, and that is noticed
            case _:
                assert_never(event)


class Speed:
    """Steps a second over the last SPEED_SECONDS."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._reports: deque[tuple[float, int]] = deque()

    def add(self, steps: int, now: float) -> None:
        """Count the steps of a report. The first report only starts the clock: it compiled."""
        if self._began is None:
            self._began = now
            return
        if self._reports and now - self._reports[-1][0] < SPEED_SECONDS / 100:
            at, before = self._reports.pop()
            self._reports.append((at, before + steps))
        else:
            self._reports.append((now, steps))
        self._forget(now)

    def at(self, now: float) -> float | None:
        """Steps a second; None: half a second has not passed yet."""
        if self._began is None or now - self._began < 0.5:
            return None
        self._forget(now)
        return sum(steps for _, steps in self._reports) / min(SPEED_SECONDS, now - self._began)

    def _forget(self, now: float) -> None:
        while self._reports and self._reports[0][0] <= now - SPEED_SECONDS:
            self._reports.popleft()
