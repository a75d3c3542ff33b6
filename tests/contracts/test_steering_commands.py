"""Adding a command to a running training: what a new one lacks fails here, or in mypy.

CONTRIBUTING ("To add a command") lists the files. That its numbers come out right is shown by
tests/live/test_any_steering.py and tests/runs/test_repeat.py, that a key sends it by
tests/tui/training/test_steering.py; each says when the new one is missing there.
"""

import inspect
from pathlib import Path
from typing import get_args

import pytest
from msgspec import convert

from lrtui.cli.commands.ctl import ORDERS
from lrtui.cli.steering_options import OPTIONS
from lrtui.protocol import (
    Command,
    Event,
    Marked,
    MarkKind,
    Message,
    Restore,
    Scale,
    Settings,
    Start,
    Steer,
    Stop,
    UndoSteering,
    decode_command,
    encode,
)
from lrtui.protocol.marks import KINDS, KindOfMark
from lrtui.runs.record import RunRecord
from lrtui.runs.repeat import script_of

DOCS = Path(__file__).parents[2] / "docs"
SCHEDULE = "Constant(0.1)"

NO_ORDER = {Restore: "`reset` does it, where the training waits because it diverged"}
NO_OPTION = {
    Scale: "a schedule within Scaled says it, for all steps",
    UndoSteering: "nobody steers in between",
    Restore: "its checkpoints are made by a training that somebody watches",
    Stop: "--epochs says it",
}
"""What need not be on the command line, and why."""

every_kind = pytest.mark.parametrize("kind", get_args(MarkKind))


def marked(kind: MarkKind) -> Marked:
    """A mark in which everything is told, and no number is a round one."""
    told = {
        "step": 5,
        "kind": kind,
        "schedule": "Constant(0.3)",
        "factor": 1 / 7,
        "rate": 1 / 3,
        "by": 1 / 9,
        "origin": 5,
        "checkpoint_step": 2,
        "who": "",
    }
    assert {*told} == {*Marked.__struct_fields__}, "give the new field of a mark a value here"
    return convert(told, Marked)


def repeated(kind: MarkKind) -> tuple[tuple[int, Steer], ...]:
    return script_of(RunRecord(SCHEDULE, Settings(), marks=[marked(kind)]))


@pytest.mark.parametrize("cls", [*get_args(Command), *get_args(Event)])
def test_every_message_says_what_it_is(cls: type[Message]) -> None:
    first = (inspect.getdoc(cls) or "").splitlines()[0]
    assert first.startswith(("Command: ", "Event: "))


@every_kind
def test_a_kind_of_mark_has_its_words_and_its_letter(kind: MarkKind) -> None:
    assert kind in KINDS, "add it to lrtui/protocol/marks.py"
    one: KindOfMark = KINDS[kind]
    assert len(one.letter) == 1
    assert one.meaning
    assert bool(one.epoch_word) == bool(one.epoch_letter)
    others = [other for name, other in KINDS.items() if name != kind]
    assert one.letter not in [other.letter for other in others]


def test_whatever_steers_leaves_a_mark_that_repeats_it() -> None:
    by_marks = {type(command) for kind in get_args(MarkKind) for _, command in repeated(kind)}
    missing = {one.__name__ for one in set(get_args(Steer)) - {Stop} - by_marks}
    assert not missing, "a kind of mark in lrtui/protocol/marks.py must repeat it"


@pytest.mark.parametrize("steer", get_args(Steer))
def test_whatever_steers_is_on_the_command_line(steer: type[Message]) -> None:
    needs_value = [one.argument not in ("", "[SCHEDULE]") for one in ORDERS]
    ordered = {
        type(one.command(*["1"] * needs)) for one, needs in zip(ORDERS, needs_value, strict=True)
    }
    given = {type(one.command() if one.value is None else one.command(1)) for one in OPTIONS}
    assert (steer in ordered) != (steer in NO_ORDER), "name it in ORDERS of cli/commands/ctl.py"
    assert (steer in given) != (steer in NO_OPTION), "name it in OPTIONS of cli/steering_options.py"


def test_the_pages_name_every_order() -> None:
    attach = (DOCS / "attach.md").read_text()
    missing = [one.use for one in ORDERS if f"`{one.use}`" not in attach]
    assert not missing, "name it where docs/attach.md says what `lrtui ctl` takes"
    orders = r"\|".join(one.use for one in ORDERS)
    assert f"`lrtui ctl NAME\\|PID status\\|{orders}" in (DOCS / "design.md").read_text()


@every_kind
def test_it_travels_to_the_last_bit(kind: MarkKind) -> None:
    start = Start(SCHEDULE, Settings(), script=repeated(kind))
    assert decode_command(encode(start)) == start
