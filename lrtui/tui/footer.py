"""The line of keys below: those that do something now, the likely ones first. Pure."""

from collections.abc import Sequence

from lrtui.tui.keys import Key
from lrtui.tui.rows import Row

READING = ("read", "zoom_in", "zoom_out", "whole", "go_to", "log", "unit")
ACTIVE = ("reset", "pause", "stop", "double", "halve", "log", "read", "pin", "start_over")
IDLE = ("train", "start_over", "pin", "fan", "log", "read", "undo", "code", "presets", "open")
ALWAYS = ("help", "quit")
_ASCII = {"←→": "<>", "÷": "/", "↑": "^", "↓": "v"}


def footer(
    offered: Sequence[Key], *, reading: bool, active: bool, width: int, ascii: bool
) -> list[Key]:
    """The keys that have room, in the order in which they are shown.

    Args:
        offered: those that do something now.
        reading: whether the cursor is in the plot.
        active: whether a training runs.
        width: cells.
        ascii: whether only ASCII can be shown.
    """
    acts = {key.act: key for key in offered}
    wanted = [*(READING if reading else ()), *(ACTIVE if active else ()), *IDLE, *acts]
    last = [acts[act] for act in ALWAYS if act in acts]
    room = width - sum(len(text_of(key, ascii)) for key in last)
    shown = []
    for act in dict.fromkeys(wanted):
        if act in acts and act not in ALWAYS and room >= len(text_of(acts[act], ascii)):
            shown.append(acts[act])
            room -= len(text_of(acts[act], ascii))
    return [*shown, *last]


def row_of(keys: Sequence[Key], ascii: bool) -> Row:
    """The keys as a row."""
    row = []
    for key in keys:
        name, label, space = _pieces(key, ascii)
        row += [(name, "key"), (label + space, "faint")]
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
    text = f" {key.name}", f" {key.label}", " "
    if ascii:
        for odd, plain in _ASCII.items():
            text = (text[0].replace(odd, plain), text[1].replace(odd, plain), text[2])
    return text
