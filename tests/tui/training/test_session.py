"""A sitting: what the keys send, what the worker's answers make of it, and what is never lost."""

from lrtui.protocol import (
    Broken,
    Ended,
    Marked,
    Pace,
    Pause,
    Paused,
    Reset,
    Resume,
    Resumed,
    Scale,
    Settings,
    Start,
    Started,
    StepsDone,
    Stop,
    pack,
)
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.tui.training.session import Session
from tests.tui.fake import READY, FakeLink, exchange

SETTINGS = Settings(epochs=2, steps_per_epoch=4)
EXPONENTIAL = str(ExponentialDecay())
CONSTANT = str(Constant())


class Sitting:
    """A session on a fake link, with a clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.changes = 0
        self.notices: list[str] = []
        links: list[FakeLink] = []

        def open_link(on_event, on_gone, on_state):  # type: ignore[no-untyped-def]
            links.append(FakeLink(on_event, on_gone, on_state))
            return links[0]

        self.session = Session(open_link, self._changed, self.notices.append, lambda: self.now)
        self.link = links[0]

    def _changed(self) -> None:
        self.changes += 1

    def play(self, *events) -> None:  # type: ignore[no-untyped-def]
        for event in events:
            self.link.say(event)


async def test_a_training_asked_for_while_tensorflow_loads_is_queued() -> None:
    sitting = Sitting()
    sitting.session.warm_up()
    sitting.session.train(EXPONENTIAL, SETTINGS)
    assert sitting.session.starting
    assert sitting.session.queued == Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True)
    sitting.play(READY, Started(EXPONENTIAL, SETTINGS))
    assert sitting.session.queued is None
    assert sitting.session.active is not None


async def test_a_worker_is_started_once_and_only_when_needed() -> None:
    sitting = Sitting()
    assert sitting.link.starts == 0
    sitting.session.train(EXPONENTIAL, SETTINGS)
    sitting.session.train(EXPONENTIAL, SETTINGS)
    sitting.play(READY)
    sitting.session.train(EXPONENTIAL, SETTINGS)
    await sitting.session.settle()
    assert sitting.link.starts == 1


async def test_reset_names_the_schedule_only_when_it_is_another() -> None:
    sitting = Sitting()
    sitting.play(READY, *exchange(EXPONENTIAL, SETTINGS, [0.1, 0.1]))
    sitting.session.reset(EXPONENTIAL)
    sitting.session.reset(CONSTANT)
    sitting.play(Marked(2, "reset", CONSTANT))
    sitting.session.reset(CONSTANT)
    assert sitting.link.sent == [Reset(None), Reset(CONSTANT), Reset(None)]


async def test_keys_of_a_run_do_nothing_without_one() -> None:
    sitting = Sitting()
    for act in (sitting.session.pause_or_resume, sitting.session.stop, sitting.session.start_over):
        act()
    sitting.session.reset(CONSTANT)
    sitting.session.scale(2.0)
    assert sitting.link.sent == []


async def test_pause_and_resume_follow_what_the_worker_says() -> None:
    sitting = Sitting()
    sitting.play(READY, *exchange(EXPONENTIAL, SETTINGS, [0.1]))
    sitting.session.pause_or_resume()
    sitting.play(Paused(1))
    sitting.session.pause_or_resume()
    sitting.session.scale(0.5)
    sitting.session.stop()
    assert sitting.link.sent == [Pause(), Resume(), Scale(0.5), Stop()]


async def test_time_left_counts_no_pauses() -> None:
    sitting = Sitting()
    sitting.play(READY, Started(EXPONENTIAL, SETTINGS))
    assert sitting.session.seconds_left is None
    sitting.now = 2.0
    sitting.play(StepsDone(0, pack([0.1, 0.1]), pack([1, 1])), Paused(2))
    assert sitting.session.seconds_left is None
    sitting.now = 60.0
    sitting.play(Resumed(2))
    assert sitting.session.seconds_left == 6.0


async def test_a_worker_that_dies_takes_nothing_with_it() -> None:
    sitting = Sitting()
    sitting.play(READY, *exchange(EXPONENTIAL, SETTINGS, [0.1] * 6))
    sitting.link.die("killed by SIGKILL")
    record = sitting.session.record
    assert record is not None
    assert record.state == "lost"
    assert record.steps == 6
    assert len(record.rows) == 1
    assert sitting.notices == [
        "the worker is gone (killed by SIGKILL); what it recorded is kept; t starts another"
    ]
    sitting.session.train(CONSTANT, SETTINGS)
    await sitting.session.settle()
    assert sitting.link.starts == 1
    sitting.play(READY, *exchange(CONSTANT, SETTINGS, [0.1] * 8, ended=True))
    assert [run.steps for run in sitting.session.runs] == [6, 8]


async def test_a_worker_without_tensorflow_says_what_to_install() -> None:
    sitting = Sitting()
    sitting.session.train(EXPONENTIAL, SETTINGS)
    sitting.play(Broken("TensorFlow is not installed: pip install tensorflow"))
    sitting.link.die("exit code 1")
    assert sitting.notices == ["TensorFlow is not installed: pip install tensorflow"]
    assert sitting.session.queued is None
    assert not sitting.session.starting


async def test_a_failed_training_says_why_and_the_next_one_works() -> None:
    sitting = Sitting()
    sitting.play(READY, Started(EXPONENTIAL, SETTINGS), Ended("failed", "ValueError: no"))
    assert sitting.notices == ["the training failed: ValueError: no"]
    assert sitting.session.active is None
    sitting.session.start_over()
    assert sitting.link.sent == [Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True)]


async def test_the_pace_holds_for_the_present_run_and_the_next() -> None:
    sitting = Sitting()
    sitting.session.set_pace(100)
    assert sitting.link.sent == []
    sitting.session.train(EXPONENTIAL, SETTINGS)
    sitting.play(READY, Started(EXPONENTIAL, SETTINGS))
    sitting.session.set_pace(20)
    sitting.session.set_pace(20)
    sitting.session.start_over()
    assert sitting.link.sent == [
        Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True, pace=100),
        Pace(20),
        Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True, pace=20),
    ]
