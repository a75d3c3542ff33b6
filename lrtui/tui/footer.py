"""The line of keys at the bottom: those that do something now, the likely ones first. Pure."""

from collections.abc import Sequence

from lrtui.tui import paints
from lrtui.tui.keys import Key
from lrtui.tui.terminal.paint import Paint
from lrtui.tui.terminal.painted_rows import PaintedText
from lrtui.tui.training.session import Session

TURN, ENTER, LINE = "left,right", "enter", "up,down"
"""Keys that the form and the plots obey by themselves."""
IN_PLOT = (
    TURN,
    "read_rates",
    "zoom_in",
    "show_all_steps",
    "go_to",
    "zoom_out",
    "toggle_log",
    "change_unit",
)
RUNNING = ("reset", "pause", "stop", TURN, "double_rate", "halve_rate", "toggle_form")
WAITING = ("pause", "reset", "finish_epoch", "stop", "double_rate", "halve_rate")
DIVERGED = ("reset", "start_over", "pause", "stop", "finish_epoch")
OVER = (TURN, "train", "start_over", "list_runs", "list_presets", LINE, "export")
IDLE = (
    LINE,
    TURN,
    "train",
    ENTER,
    "pin",
    "list_presets",
    "read_rates",
    "toggle_log",
    "toggle_fan",
    "undo",
    "start_over",
    "show_code",
)
ALWAYS = ("show_help", "quit")
_ASCII = {"←→": "<>", "÷": "/", "×": "x", "↑↓": "^v", "↑": "^", "↓": "v"}


def likely_actions(session: Session, *, in_plot: bool) -> tuple[str, ...]:
    """What a person most likely wants to press next, by the names of what it does.

    Args:
        session: what goes on.
        in_plot: whether keys go to the plot of rates.
    """
    run = session.active
    first: tuple[str, ...] = ()
    if not session.worker.answers:
        first = ("end_worker",)
    elif session.finding is not None:
        first = ("stop",)
    elif run is not None and run.state == "paused":
        first = DIVERGED if session.would_restore else WAITING
    elif run is not None:
        first = RUNNING
    elif session.record is not None:
        first = OVER
    return (*(IN_PLOT if in_plot else ()), *first, *IDLE)


def footer_keys(
    offered: Sequence[Key], likely: Sequence[str], width: int, ascii: bool
) -> list[Key]:
    """The keys that have room, in the order in which they are shown.

    Args:
        offered: those that do something now.
        likely: names of actions, or keys that a widget obeys by itself; the others come after them.
        width: cells.
        ascii: whether only ASCII can be shown.
    """
    actions = {key.action or key.key: key for key in offered}
    last = [actions[action] for action in ALWAYS if action in actions]
    room = width - sum(len(text_of(key, ascii)) for key in last)
    shown = []
    for action in dict.fromkeys([*likely, *actions]):
        if (
            action in actions
            and action not in ALWAYS
            and room >= len(text_of(actions[action], ascii))
        ):
            shown.append(actions[action])
            room -= len(text_of(actions[action], ascii))
    return [*shown, *last]


def footer_row(keys: Sequence[Key], ascii: bool) -> PaintedText:
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
