"""What is shown can be trained, saved and read back: one value through every text that is written.

Each room's own tests look closer; here the same value goes through all of them, however long it is.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.export.history import export_run
from lrtui.export.recipe import read_run
from lrtui.kept import NotWritten, read, write
from lrtui.kept.presets import Preset, Presets
from lrtui.live.journal import Journal
from lrtui.protocol import (
    Diverged,
    Ended,
    Marked,
    Paused,
    Reset,
    Restore,
    Resumed,
    Sample,
    Scale,
    SetRate,
    Settings,
    Start,
    Started,
    StepsDone,
    decode_command,
    decode_event,
    encode,
    pack,
)
from lrtui.protocol.journal import JournalLine
from lrtui.protocol.registry import Place
from lrtui.runs.journal import read_journal
from lrtui.runs.record import RunRecord
from lrtui.schedules import Schedule, parse
from lrtui.schedules import read as read_schedule
from lrtui.schedules.base import MAX_NESTED, MAX_SCHEDULES
from lrtui.tui.saved_session import SavedPin, SavedSession
from tests.schedules.strategies import any_of, any_schedule

STEPS = 7


def through_the_socket(schedule: Schedule, how: Settings) -> None:
    text = str(schedule)
    for command in (
        Start(text, how, script=((3, Reset(text)), (4, Scale(0.5)), (5, Restore(2)))),
        Reset(text, restore=True),
        SetRate(1e-3),
        Sample("mine.py:f", 5, (("mine.py:f", "0" * 64),)),
    ):
        assert decode_command(encode(command)) == command
    for event in (Started(text, how), Marked(3, "reset", text, origin=3), Ended("failed", text)):
        assert decode_event(encode(event)) == event
    assert parse(text) == schedule


def through_kept_files(schedule: Schedule, how: Settings, folder: Path) -> None:
    session = SavedSession(schedule, settings=how, pins=(SavedPin(schedule, "a", True),))
    presets = Presets((Preset("one", schedule, settings=how),))
    for name, value in (("session.toml", session), ("presets.toml", presets)):
        before: Any = read(folder / name, type(value))
        write(before, value, "a comment")
        after = read(folder / name, type(value))
        assert (after.value, after.complaints) == (value, ())


def run_of(schedule: Schedule, how: Settings) -> list[Any]:
    """The events of a run that was steered."""
    text = str(schedule)
    rates = pack(np.linspace(0.1, 0.2, STEPS))
    return [
        Started(text, how),
        StepsDone(0, rates, rates, skipped=(2,)),
        Marked(3, "reset", text, origin=3),
        Marked(4, "scale", text, 0.5, 0.5, origin=3),
        Marked(5, "rate", text, rate=0.25, origin=3),
        Paused(5),
        Resumed(5),
        Diverged(6, "nan", 0.1, 5, 0.3, None),
        Ended("stopped", 'why: "\x07\u202e\n\\'),
    ]


def through_a_run(schedule: Schedule, how: Settings, folder: Path) -> None:
    record = RunRecord.of(run_of(schedule, how))
    path = folder / "run.json"
    export_run(record, None, path, per_step=True)
    recipe = read_run(path)
    assert parse(recipe.record.schedule) == schedule
    assert recipe.record.settings == how
    assert [(mark.step, mark.kind) for mark in recipe.record.marks] == [
        (3, "reset"),
        (4, "scale"),
        (5, "rate"),
    ]
    assert decode_command(encode(recipe.start())) == recipe.start()
    assert json.loads(path.read_text())["schedule"] == str(schedule)


def through_a_journal(schedule: Schedule, how: Settings, folder: Path) -> None:
    events = run_of(schedule, how)
    place = Place(folder, "one")
    rates = np.linspace(0.1, 0.2, STEPS, dtype=np.float32)
    told = [one for one in events if not isinstance(one, StepsDone)]
    before = [0, *[STEPS] * (len(told) - 1)]
    lines = [JournalLine(steps, 0.0, one) for steps, one in zip(before, told, strict=True)]
    Journal(place).write(rates, rates, lines)
    again = read_journal(place).record()
    wanted = RunRecord.of(events)
    assert again is not None
    assert (again.schedule, again.settings, again.marks) == (
        wanted.schedule,
        wanted.settings,
        wanted.marks,
    )
    assert (again.state, again.message) == (wanted.state, wanted.message)
    np.testing.assert_array_equal(again.rates, rates)


def through_everything(schedule: Schedule, how: Settings) -> None:
    through_the_socket(schedule, how)
    with tempfile.TemporaryDirectory() as name:
        through_kept_files(schedule, how, Path(name))
        through_a_run(schedule, how, Path(name))
        through_a_journal(schedule, how, Path(name))


@settings(deadline=None, max_examples=15)
@given(any_schedule(wide=True), any_of(Settings, wide=True))
def test_whatever_can_be_shown(schedule: Schedule, how: Settings) -> None:
    through_everything(schedule, how)


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(
    lambda name: "\0" not in name
)


@settings(deadline=None, max_examples=15)
@given(names)
def test_a_file_of_ones_own_with_any_name(name: str) -> None:
    """What a folder may hold; where such a source can be shown at all, it goes through."""
    from lrtui.schedules import Invalid
    from lrtui.schedules.user_schedule import UserSchedule

    try:
        schedule = UserSchedule(f"{name}.py:f")
    except Invalid:
        return
    through_everything(schedule, Settings())


def boundaries(count: int) -> Schedule:
    values = [0.1234567 / (1 + place) for place in range(count + 1)]
    config = {"boundaries": [3 * place + 1 for place in range(count)], "values": values}
    text = json.dumps({"class_name": "PiecewiseConstantDecay", "config": config})
    return read_schedule(text).schedule


def nested(deep: int) -> Schedule:
    return parse("Scaled(" * (deep - 1) + "CosineDecay(0.1, 1000)" + ", 0.5)" * (deep - 1))


def parts(count: int) -> Schedule:
    steps = ", ".join(str(10 * place) for place in range(1, count))
    return parse(f"Sequence([{', '.join(['Constant(0.1)'] * count)}], [{steps}])")


@pytest.mark.parametrize(
    "schedule",
    [boundaries(700), boundaries(6000), nested(MAX_NESTED), parts(MAX_SCHEDULES - 1)],
    ids=["over 20 000 characters", "170 000 characters", "nested as deep as can be", "many parts"],
)
def test_at_the_limits(schedule: Schedule) -> None:
    through_everything(schedule, Settings())


def test_what_is_too_long_to_be_kept_is_said_and_trained_all_the_same(tmp_path: Path) -> None:
    schedule = boundaries(20_000)
    through_the_socket(schedule, Settings())
    through_a_run(schedule, Settings(), tmp_path)
    through_a_journal(schedule, Settings(), tmp_path)
    with pytest.raises(NotWritten, match=r"longer than 0\.5 MB"):
        through_kept_files(schedule, Settings(), tmp_path)
    assert not list(tmp_path.glob("*.toml"))
