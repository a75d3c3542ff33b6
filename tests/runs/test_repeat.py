"""A run steered by hand, repeated by its script; and the same seed, the same numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from lrtui.live.link import NoLink, QueueLink
from lrtui.protocol import (
    Command,
    Marked,
    Pause,
    Paused,
    Reset,
    Restore,
    Resume,
    Scale,
    SetRate,
    Settings,
    Start,
    Started,
    UndoSteering,
    decode_command,
    encode,
)
from lrtui.protocol.marks import KINDS
from lrtui.runs.record import RunRecord
from lrtui.runs.repeat import script_of
from lrtui.schedules import Invalid
from lrtui.worker.run import train

FALLING = "ExponentialDecay(0.05, decay_steps=8, decay_rate=0.5)"
COSINE = "CosineDecay(0.02, decay_steps=30)"
SMALL = Settings(task="sine", epochs=5, steps_per_epoch=6, batch_size=8)
EPOCHS_END = 6

Looks = Mapping[int, list[Command]]


class Hand(QueueLink):
    """Someone who gives commands between two steps, after so many of them, and to each pause."""

    def __init__(self, at: Looks, in_pauses: list[list[Command]]) -> None:
        super().__init__()
        self._at = dict(at)
        self._in_pauses: Iterator[list[Command]] = iter(in_pauses)
        self._looks = 0
        self._giving = False

    def poll(self) -> Command | None:
        """The training asks until there is nothing, once a step: so a command shifts no other."""
        command = super().poll()
        if command is None and not self._giving:
            self._looks += 1
            for one in self._at.pop(self._looks, []):
                self.command(one)
            command = super().poll()
        self._giving = command is not None
        return command

    def send(self, event: Any) -> None:
        super().send(event)
        if isinstance(event, Paused):
            for one in next(self._in_pauses):
                self.command(one)


def run(start: Start, link: QueueLink | None = None) -> RunRecord:
    link = link if link is not None else QueueLink()
    train(start, link)
    return RunRecord.of(link.events)


def assert_same(one: RunRecord, other: RunRecord) -> None:
    """Bit for bit."""
    assert one.rates.tobytes() == other.rates.tobytes()
    assert one.losses.tobytes() == other.losses.tobytes()
    assert repr(one.rows) == repr(other.rows)


BY_HAND: Looks = {
    2: [Scale(0.3), Scale(1.7), Reset()],
    3: [Reset(COSINE), Pause()],
    4: [SetRate(0.013)],
    5: [Scale(0.7), UndoSteering(), Scale(3.0)],
    7: [Scale(1e38)],
    12: [Restore()],
    14: [Scale(0.1), Reset()],
}


@pytest.mark.parametrize(
    "settings",
    [
        SMALL.replace(optimizer="adam"),
        SMALL.replace(drive="callback"),
        SMALL.replace(epochs=12, plateau_patience=1, plateau_factor=0.3),
    ],
    ids=["in the optimizer", "once an epoch", "cut on a plateau"],
)
def test_steered_by_hand_and_repeated(settings: Settings) -> None:
    """Whatever a person can do, in the midst of an epoch and at its end, a divergence among it."""
    in_pauses: list[list[Command]] = [
        [Scale(0.9), Resume(until_epoch_end=True)],
        [Scale(1.1), Resume()],
        [Reset(FALLING, restore=True), Scale(0.5), Resume()],
    ]
    start = Start(FALLING, settings, pause_on_divergence=True)
    steered = run(start, Hand(BY_HAND, in_pauses))
    script = script_of(steered)
    travelled = decode_command(encode(Start(FALLING, settings, script=script)))
    assert isinstance(travelled, Start)
    again = run(travelled)

    kinds = {mark.kind for mark in steered.marks}
    assert kinds | {"plateau"} == set(KINDS), "every command that steers stands in BY_HAND"
    assert [one.checkpoint_step for one in steered.divergences] != []
    assert not np.isfinite(steered.losses).all()
    assert np.isfinite(steered.losses[-3:]).all()
    assert any(mark.step % EPOCHS_END == 0 for mark in steered.marks)
    if settings.plateau_patience is not None:
        assert "plateau" in kinds
    assert again.marks == steered.marks
    assert_same(steered, again)
    # ... and the steering did matter.
    assert run(Start(FALLING, settings)).losses.tobytes() != steered.losses.tobytes()


def test_a_script_of_a_schedule_that_is_not_understood_is_refused_before_the_run() -> None:
    link = QueueLink()
    with pytest.raises(Invalid):
        train(Start(FALLING, SMALL, script=((3, Reset("Nonsense(1)")),)), link)

    assert link.events == []


def test_a_script_is_read_from_marks_alone() -> None:
    record = RunRecord.of(
        [
            Started(FALLING, SMALL),
            Marked(2, "scale", FALLING, 0.5, by=0.5),
            Marked(3, "plateau", FALLING, 0.05, by=0.1),
            Marked(3, "reset", FALLING),
            Marked(4, "restore", FALLING, checkpoint_step=1),
            Marked(4, "reset", COSINE),
            Marked(5, "reset", COSINE),
            Marked(6, "undo", FALLING),
            Marked(7, "reset", FALLING),
        ]
    )
    assert script_of(record) == (
        (2, Scale(0.5)),
        (3, Reset()),
        (4, Restore(1)),
        (4, Reset(COSINE)),
        (5, Reset()),
        (6, UndoSteering()),
        (7, Reset()),
    )


class TestTheSameSeedGivesTheSameNumbers:
    """Whoever watches, and however long it takes."""

    def test_paused_paced_watched_for_divergence_or_not(self) -> None:
        settings = SMALL.replace(optimizer="adam", plateau_patience=1)
        straight = run(Start(FALLING, settings))
        pausing: Looks = {look: [Pause()] for look in range(1, 40, 3)}
        go_on: list[list[Command]] = [[Resume()]] * 40
        assert_same(straight, run(Start(FALLING, settings), Hand(pausing, go_on)))
        paced = Start(FALLING, settings, pace=500.0, pause_on_divergence=True)
        assert_same(straight, run(paced))
        by_epochs: list[list[Command]] = [[Resume(until_epoch_end=True)]] * 40
        assert_same(straight, run(Start(FALLING, settings), Hand({4: [Pause()]}, by_epochs)))

        other = run(Start(FALLING, settings.replace(seed=1)))
        assert other.losses.tobytes() != straight.losses.tobytes()

    def test_with_nobody_there(self) -> None:
        """What Keras itself returns as the history is the same with and without a viewer."""
        histories: list[Any] = []
        for link in (QueueLink(), NoLink()):
            train(Start(FALLING, SMALL), _Keeping(link, histories))
        assert histories[0] == histories[1]


class _Keeping:
    """Another link, whose last event is kept."""

    def __init__(self, link: Any, histories: list[Any]) -> None:
        self._link, self._histories = link, histories
        self.poll, self.wait, self.answer = link.poll, link.wait, link.answer

    def send(self, event: Any) -> None:
        self._link.send(event)
        if hasattr(event, "history"):
            self._histories.append(event.history)
