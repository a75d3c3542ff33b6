"""Following a training, against a link that plays a script instead of a worker."""

import signal

import pytest

from lrtui.cli.follow import Follower, OnNan
from lrtui.protocol import (
    Broken,
    Ended,
    Ready,
    Settings,
    Start,
    Started,
    StepsDone,
    Stop,
    pack,
)
from lrtui.runs.record import EpochRecord, RunRecord
from tests.cli.scripted import Script, ScriptedLink
from tests.runs.epochs import epoch_event

SETTINGS = Settings(epochs=2, steps_per_epoch=2)
START = Start("Constant(0.5)", SETTINGS)
READY = Ready(1, "2.21.0", "3.15.1", ["CPU:0"], 2, 10, 10**9)
STARTED = Started("Constant(0.5)", SETTINGS)
NAN = float("nan")


class Watched:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def loading(self) -> None:
        self.told.append("loading")

    def began(self, record: RunRecord) -> None:
        self.told.append("begun")

    def advanced(self, record: RunRecord) -> None:
        self.told.append(f"step {record.steps}")

    def row(self, row: EpochRecord) -> None:
        self.told.append(f"epoch {row.epoch}")

    def notice(self, text: str) -> None:
        self.told.append(text)


async def followed(
    first: Script, after_stop: Script = (), *, on_nan: OnNan = "tell"
) -> tuple[Follower, list[str], ScriptedLink]:
    watched, link = Watched(), ScriptedLink({Start: first, Stop: after_stop})
    follower = Follower(watched, on_nan=on_nan)
    await follower.follow([START], link.opened)
    assert link.closed
    return follower, watched.told, link


def steps(first: int, *losses: float) -> StepsDone:
    return StepsDone(first, pack([0.5] * len(losses)), pack(losses))


async def test_a_run_to_its_end() -> None:
    follower, told, link = await followed(
        [
            READY,
            STARTED,
            steps(0, 1.0, 0.9),
            epoch_event(1, 2, 0.5, 0.95, 0.9),
            steps(2, 0.8, 0.7),
            epoch_event(2, 4, 0.5, 0.75, 0.7),
            Ended("done"),
        ]
    )
    assert follower.failure == ""
    assert told == ["loading", "begun", "step 2", "epoch 1", "step 4", "epoch 2"]
    assert link.sent == [START]
    assert follower.record is not None
    assert follower.record.state == "done"
    assert follower.ready == READY


async def test_a_loss_that_is_not_finite_is_told_once_with_step_and_rate() -> None:
    follower, told, _ = await followed(
        [READY, STARTED, steps(0, 1.0, NAN), steps(2, NAN, NAN), Ended("done")]
    )
    assert follower.failure == ""
    assert [text for text in told if "nan" in text] == [
        "diverged: the loss of step 1 is nan, its learning rate 0.5; --fail-on-nan would stop here"
    ]


async def test_it_ends_the_run_where_that_was_asked_for() -> None:
    follower, _, link = await followed(
        [READY, STARTED, steps(0, 1.0, NAN)],
        [steps(2, NAN), Ended("stopped")],
        on_nan="fail",
    )
    assert link.sent == [START, Stop()]
    assert follower.failure == "diverged: the loss of step 1 is nan, its learning rate 0.5"
    assert follower.record is not None
    assert follower.record.steps == 3


async def test_a_worker_that_dies_leaves_what_was_recorded() -> None:
    follower, _, _ = await followed([READY, STARTED, steps(0, 1.0), "the worker was killed"])
    assert follower.failure == "the worker was killed"
    assert follower.record is not None
    assert (follower.record.state, follower.record.steps) == ("killed", 1)


async def test_a_worker_that_cannot_work_says_why() -> None:
    follower, _, _ = await followed([Broken("TensorFlow is not installed: pip install tensorflow")])
    assert follower.failure == "TensorFlow is not installed: pip install tensorflow"
    assert follower.record is None


async def test_a_failed_training_says_why() -> None:
    follower, _, _ = await followed([READY, STARTED, Ended("failed", "out of memory")])
    assert follower.failure == "out of memory"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_stops_the_run_in_good_order(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    try:
        follower, told, link = await followed(
            [READY, STARTED, steps(0, 1.0), number],
            [steps(1, 0.9), epoch_event(1, 2, 0.5, 0.95, 0.9), Ended("stopped")],
        )
    finally:
        signal.signal(number, before)
    assert link.sent == [START, Stop()]
    assert "epoch 1" in told
    assert follower.failure == "interrupted after 2 steps"


async def test_a_second_one_ends_it_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        follower, _, _ = await followed(
            [READY, STARTED, steps(0, 1.0), signal.SIGINT], [signal.SIGINT]
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert follower.failure == "interrupted after 1 steps"
    assert follower.record is not None
    assert follower.record.state == "killed"


async def test_before_the_run_has_begun_the_first_one_does() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        follower, _, _ = await followed([signal.SIGINT])
    finally:
        signal.signal(signal.SIGINT, before)
    assert follower.failure == "interrupted after 0 steps"
    assert follower.record is None


async def test_a_worker_that_cannot_be_started() -> None:
    class Unstartable(ScriptedLink):
        async def start(self) -> None:
            raise OSError("no such interpreter")

    follower = Follower(Watched())
    await follower.follow([START], Unstartable({}).opened)
    assert follower.failure == "the worker could not be started: no such interpreter"


async def test_runs_one_after_another_in_one_worker() -> None:
    stopped = [Ended("stopped")]
    watched = Watched()
    link = ScriptedLink({Start: [STARTED, steps(0, 1.0, NAN)], Stop: stopped})
    follower = Follower(watched, on_nan="stop")

    await follower.follow([START, START], link.opened)
    assert follower.failure == ""
    assert link.opens == 1
    assert link.sent == [START, Stop(), START, Stop()]
    assert [record.diverged_at for record in follower.records] == [1, 1]
    assert sum("diverged" in text for text in watched.told) == 2


async def test_after_a_failure_no_further_one_is_begun() -> None:
    follower = Follower(Watched())
    link = ScriptedLink({Start: [STARTED, Ended("failed", "out of memory")]})

    await follower.follow([START, START], link.opened)
    assert follower.failure == "out of memory"
    assert link.sent == [START]
