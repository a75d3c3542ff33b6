"""The line of keys below: those that do something now, the likely ones first. Pure."""

from collections.abc import Sequence

from lrtui.tui import paints
from lrtui.tui.keys import Key
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.painted_rows import PaintedText
from lrtui.tui.training.session import Session

TURN, ENTER = "left,right", "enter"
"""Keys that the form and the plots obey by themselves."""
READING = (TURN, "read", "zoom_in", "whole", "go_to", "zoom_out", "log", "unit")
RUNNING = ("reset", "pause", "stop", "double", "halve")
WAITING = ("pause", "reset", "single_epoch", "stop", "double", "halve")
DIVERGED = ("reset", "start_over", "pause", "stop", "single_epoch")
OVER = (TURN, "train", "start_over", "runs", "export")
IDLE = (TURN, "train", "pin", "read", "log", ENTER, "fan", "undo", "start_over", "code", "presets")
ALWAYS = ("help", "quit")
_ASCII = {"←→": "<>", "÷": "/", "↑↓": "^v", "↑": "^", "↓": "v"}


def likely(session: Session, *, reading: bool) -> tuple[str, ...]:
    """What a person most likely wants to press next, by the names of what it does.

    Args:
        session: what goes on.
        reading: whether the cursor is in the plot.
    """
    run = session.active
    first: tuple[str, ...] = ()
    if not session.worker.answers:
        first = ("end_worker",)
    elif session.finding is not None:
        first = ("stop",)
    elif run is not None and run.state == "paused":
        first = DIVERGED if session.restores else WAITING
    elif run is not None:
        first = RUNNING
    elif session.record is not None:
        first = OVER
    return (*(READING if reading else ()), *first, *IDLE)


def footer(offered: Sequence[Key], likely: Sequence[str], width: int, ascii: bool) -> list[Key]:
    """The keys that have room, in the order in which they are shown.

    Args:
        offered: those that do something now.
        likely: names of acts, or keys that a widget obeys by itself; the others come after them.
        width: cells.
        ascii: whether only ASCII can be shown.
    """
    acts = {key.action or key.key: key for key in offered}
    last = [acts[act] for act in ALWAYS if act in acts]
    room = width - sum(len(text_of(key, ascii)) for key in last)
    shown = []
    for act in dict.fromkeys([*likely, *acts]):
        if act in acts and act not in ALWAYS and room >= len(text_of(acts[act], ascii)):
            shown.append(acts[act])
            room -= len(text_of(acts[act], ascii))
    return [*shown, *last]


def row_of(keys: Sequence[Key], ascii: bool) -> PaintedText:
    """The keys as a row."""
    row: list[tuple[str, Paint | None]] = []
    for key in keys:
        name, label, space = _pieces(key, ascii)
        row += [(name, paints.KEY), (label + space, paints.FAINT)]
    return row


def key_at(keys: Sequence[Key], x: int, ascii: bool) -> Key | None:
    """The key that stands at a cell."""
    for key in keys:
        x -= len(text_of(key, ascii))
        if x < 0:
            return key
    return None


def text_of(key: Key, ascii: bool) -> str:
    """A key as the footer shows it, with the space around it."""
    return "".join(_pieces(key, ascii))


def _pieces(key: Key, ascii: bool) -> tuple[str, str, str]:
    name, label = key.name.replace(" ", ""), key.label
    if ascii:
        for odd, plain in _ASCII.items():
            name, label = name.replace(odd, plain), label.replace(odd, plain)
    return f" {name}", f" {label}", " "
