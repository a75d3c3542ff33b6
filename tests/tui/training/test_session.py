"""A played: what the keys send, what the worker's answers make of it, and what is never lost."""

from lrtui.kept.consent import Consent
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
    Script,
    Settings,
    Start,
    Started,
    StepsDone,
    Stop,
    pack,
)
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.tui.status_lines import progress_text
from lrtui.tui.training.session import Session
from tests.tui.fake import READY, FakeLink, exchange

SETTINGS = Settings(epochs=2, steps_per_epoch=4)
EXPONENTIAL = str(ExponentialDecay())
CONSTANT = str(Constant())


class Played:
    """A session on a fake link, with a clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.changes = 0
        self.notices: list[str] = []
        links: list[FakeLink] = []

        def open_link(on_event, on_gone, on_state):  # type: ignore[no-untyped-def]
            links.append(FakeLink(on_event, on_gone, on_state))
            return links[0]

        self.session = Session(
            open_link, self._changed, self.notices.append, Consent(), lambda: self.now
        )
        self.link = links[0]

    def _changed(self) -> None:
        self.changes += 1

    def play(self, *events) -> None:  # type: ignore[no-untyped-def]
        for event in events:
            self.link.say(event)


async def test_a_training_asked_for_while_tensorflow_loads_is_queued() -> None:
    played = Played()
    played.session.warm_up()
    played.session.train(EXPONENTIAL, SETTINGS)
    assert played.session.starting
    assert played.session.queued == Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True)
    played.play(READY, Started(EXPONENTIAL, SETTINGS))
    assert played.session.queued is None
    assert played.session.active is not None


async def test_a_worker_is_started_once_and_only_when_needed() -> None:
    played = Played()
    assert played.link.starts == 0
    played.session.train(EXPONENTIAL, SETTINGS)
    played.session.train(EXPONENTIAL, SETTINGS)
    played.play(READY)
    played.session.train(EXPONENTIAL, SETTINGS)
    await played.session.settle()
    assert played.link.starts == 1


async def test_reset_names_the_schedule_only_when_it_is_another() -> None:
    played = Played()
    played.play(READY, *exchange(EXPONENTIAL, SETTINGS, [0.1, 0.1]))
    played.session.reset(EXPONENTIAL)
    played.session.reset(CONSTANT)
    played.play(Marked(2, "reset", CONSTANT))
    played.session.reset(CONSTANT)
    assert played.link.sent == [Reset(None), Reset(CONSTANT), Reset(None)]


async def test_keys_of_a_run_do_nothing_without_one() -> None:
    played = Played()
    for act in (played.session.pause_or_resume, played.session.stop, played.session.start_over):
        act()
    played.session.reset(CONSTANT)
    played.session.steer(Scale(2.0))
    assert played.link.sent == []


async def test_pause_and_resume_follow_what_the_worker_says() -> None:
    played = Played()
    played.play(READY, *exchange(EXPONENTIAL, SETTINGS, [0.1]))
    played.session.pause_or_resume()
    played.play(Paused(1))
    played.session.pause_or_resume()
    played.session.steer(Scale(0.5))
    played.session.stop()
    assert played.link.sent == [Pause(), Resume(), Scale(0.5), Stop()]


async def test_time_left_counts_no_pauses() -> None:
    played = Played()
    played.play(READY, Started(EXPONENTIAL, SETTINGS))
    assert played.session.seconds_left is None
    played.now = 2.0
    played.play(StepsDone(0, pack([0.1, 0.1]), pack([1, 1])), Paused(2))
    assert played.session.seconds_left is None
    played.now = 60.0
    played.play(Resumed(2))
    assert played.session.seconds_left == 6.0


async def test_time_left_of_a_training_that_is_attached_to_is_by_its_pace_since_then() -> None:
    played = Played()
    played.link.past = [READY, Started(EXPONENTIAL, SETTINGS)]
    played.link.past += [StepsDone(0, pack([0.1] * 4), pack([1.0] * 4))]
    played.session.read_past()
    assert played.session.seconds_left is None
    played.now = 10.0
    played.play(StepsDone(4, pack([0.1]), pack([1.0])))
    assert played.session.seconds_left == 30.0


async def test_of_a_training_of_unknown_length_as_much_is_said_as_there_is_room_for() -> None:
    played = Played()
    played.play(READY, Started(CONSTANT, script=Script("gan")))
    played.play(StepsDone(0, pack([0.1] * 39734), pack([1.0] * 39734)))
    told = [progress_text(played.session, width) for width in (60, 34, 24)]
    assert told == [
        "step 39734, of a training of unknown length",
        "step 39734, no end known",
        "step 39734, no end known",
    ]
    assert progress_text(played.session, 16) == "step 39734"


async def test_a_worker_that_dies_takes_nothing_with_it() -> None:
    played = Played()
    played.play(READY, *exchange(EXPONENTIAL, SETTINGS, [0.1] * 6))
    played.link.die("killed by SIGKILL")
    record = played.session.record
    assert record is not None
    assert record.state == "killed"
    assert record.steps == 6
    assert len(record.rows) == 1
    assert played.notices == [
        "the worker is gone (killed by SIGKILL); what it recorded is kept; t starts another"
    ]
    played.session.train(CONSTANT, SETTINGS)
    await played.session.settle()
    assert played.link.starts == 1
    played.play(READY, *exchange(CONSTANT, SETTINGS, [0.1] * 8, ended=True))
    assert [run.steps for run in played.session.runs] == [6, 8]


async def test_a_worker_without_tensorflow_says_what_to_install() -> None:
    played = Played()
    played.session.train(EXPONENTIAL, SETTINGS)
    played.play(Broken("TensorFlow is not installed: pip install tensorflow"))
    played.link.die("exit code 1")
    assert played.notices == ["TensorFlow is not installed: pip install tensorflow"]
    assert played.session.queued is None
    assert not played.session.starting


async def test_a_failed_training_says_why_and_the_next_one_works() -> None:
    played = Played()
    played.play(READY, Started(EXPONENTIAL, SETTINGS), Ended("failed", "ValueError: no"))
    assert played.notices == ["the training failed: ValueError: no"]
    assert played.session.active is None
    played.session.start_over()
    assert played.link.sent == [Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True)]


async def test_the_pace_holds_for_the_present_run_and_the_next() -> None:
    played = Played()
    played.session.set_pace(100)
    assert played.link.sent == []
    played.session.train(EXPONENTIAL, SETTINGS)
    played.play(READY, Started(EXPONENTIAL, SETTINGS))
    played.session.set_pace(20)
    played.session.set_pace(20)
    played.session.start_over()
    assert played.link.sent == [
        Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True, pace=100),
        Pace(20),
        Start(EXPONENTIAL, SETTINGS, pause_on_divergence=True, pace=20),
    ]
