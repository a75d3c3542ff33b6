"""Every key of the program, once: footer, help, palette and bindings are made from this."""

from typing import NamedTuple


class Key(NamedTuple):
    """A key and what it does."""

    key: str
    """Textual's name of it; several are separated by commas."""
    action: str
    """What it does, by name; empty: a widget obeys it by itself."""
    label: str
    """One or two words, for footer and palette."""
    does: str
    """A line for the help."""
    shown: str = ""
    """How it is written, if not as `key`."""
    other: str = ""
    """What it is called where it does the opposite: takes back what it did, or leaves."""

    @property
    def name(self) -> str:
        """How it is written."""
        return self.shown or self.key


TURN = Key("left,right", "", "turn", "turn it; with Shift ten times coarser; held, faster", "← →")
TYPE = Key(
    "enter",
    "",
    "type",
    "or a digit: type an exact value (1e-3, 10k, 100, 200); Esc leaves it as it was",
    "Enter",
)
LINE = Key("up,down", "", "line", "choose a line of the form", "↑ ↓")
FORM = (
    LINE,
    TURN,
    TYPE,
    Key("backspace", "", "default", "back to the default", "Backspace"),
    Key("u", "undo", "undo", "undo the last change of schedule, settings or pins"),
    Key("U", "redo", "redo", "do again what was undone"),
    Key("o", "open", "open", "open a schedule from a line of a script; pasting one does too"),
    Key("k", "list_presets", "presets", "kept schedules: open, save, rename, delete"),
    Key("a", "add_part", "add part", "one schedule after another; Backspace on a part removes it"),
    Key("shift+up", "move_part_up", "part up", "move the present part up", "shift+↑"),
    Key("shift+down", "move_part_down", "part down", "move the present part down", "shift+↓"),
    Key("f1", "show_parameter", "about", "what the present line means, with a picture", "F1"),
    Key("c", "show_code", "code", "the schedule as source for Keras, PyTorch and optax"),
)
PLOT = (
    Key("p", "pin", "pin", "keep the present curve for comparison, up to eight"),
    Key("P", "list_pins", "pins", "the pinned curves: hide, rename, take back, remove"),
    Key(
        "f",
        "toggle_fan",
        "fan",
        "a family of curves for a spread of the present parameter",
        other="no fan",
    ),
    Key(
        "B",
        "toggle_band",
        "losses",
        "the losses that training with this would have, over several seeds, while it is turned",
        other="no losses",
    ),
    Key(
        "D",
        "show_response",
        "response",
        "what the present line does to the final loss, value by value, over several seeds",
    ),
    Key(
        "H",
        "show_landscape",
        "landscape",
        "what the present line and another do to the final loss: a heat map, over 4 seeds",
    ),
    Key(
        "x",
        "read_rates",
        "read",
        "read rates: ← → Home End move the cursor; x leaves",
        other="leave",
    ),
    Key("g", "go_to", "go to", "cursor to a step, half-life, next restart, peak, end"),
    Key("l", "toggle_log", "log", "linear or logarithmic axis of the rate", other="linear"),
    Key(
        "L",
        "toggle_log_loss",
        "log loss",
        "linear or logarithmic axis of the loss",
        other="linear loss",
    ),
    Key("i", "change_unit", "unit", "axis below in steps, epochs or the fraction of the training"),
    Key("plus,equals_sign", "zoom_in", "zoom in", "zoom in around the cursor", "+"),
    Key("minus", "zoom_out", "zoom out", "zoom out", "-"),
    Key("less_than_sign,comma", "pan_left", "earlier", "pan to earlier steps", "<"),
    Key("greater_than_sign", "pan_right", "later", "pan to later steps", ">"),
    Key("Z", "change_range", "range", "as many steps as the schedule has, or as the training"),
    Key("z", "show_all_steps", "whole", "the whole range again"),
    Key(
        "y",
        "toggle_smooth",
        "smooth",
        "losses of batches smoothed, or as they are",
        other="not smooth",
    ),
    Key(
        "M",
        "change_measure",
        "metric",
        "draw the next metric of the run, then the loss again",
    ),
    Key("m", "change_marker", "marker", "curves of braille dots, of blocks (hd) or of ASCII"),
)
TRAINING = (
    Key("t", "train", "train", "train a real Keras model with what the form shows"),
    Key(
        "r",
        "reset",
        "reset",
        "restart the schedule as the form shows it, at once; weights stay",
        other="restore",
    ),
    Key("R", "start_over", "start over", "fresh weights, what the last run began with"),
    Key("space", "pause", "pause", "pause, go on", other="go on"),
    Key("s", "stop", "stop", "stop"),
    Key("E", "finish_epoch", "an epoch", "while it waits: go on to the end of the epoch"),
    Key("N", "undo_steering", "unsteer", "back to the rate as it was without any steering"),
    Key("n", "double_rate", "rate ×2", "rate times 2 from the next step on"),
    Key("b", "halve_rate", "rate ÷2", "rate divided by 2"),
    Key("S", "set_rate", "set rate", "a rate of your own from the next step on, until a reset"),
    Key(
        "J",
        "show_forks",
        "what if",
        "what copies of the run reach from here: as planned, cooled down, with the form",
    ),
    Key(
        "O",
        "toggle_form",
        "form",
        "where there is little room: the form while a training runs, or a row of it",
        other="fold form",
    ),
    Key("F", "find_rate", "find rate", "a range test: which rates this training bears"),
    Key("v", "list_runs", "runs", "every run of this session: lay over, take, export, compare"),
    Key("e", "export", "export", "the latest run to a file, JSON or CSV"),
    Key("w", "show_worker", "worker", "the worker: its state and what it printed"),
    Key("K", "end_worker", "end worker", "end the worker, also one that does not answer"),
)
PROGRAM = (
    Key("tab", "", "next", "to the plots and back", "Tab"),
    Key("question_mark", "show_help", "help", "this help", "?"),
    Key("ctrl+p", "", "palette", "palette: every command, themes", "ctrl+p"),
    Key("q", "quit", "quit", "quit; a training that is attached to goes on", other="detach"),
)
GROUPS = (
    ("form", FORM),
    ("plot", PLOT),
    ("training", TRAINING),
    ("program", PROGRAM),
)
KEYS = tuple(key for _, keys in GROUPS for key in keys)
ACTIONS = {name: key.action for key in KEYS if key.action for name in key.key.split(",")}
"""What each key does, by Textual's name of it."""

# What the footer says of the keys of whatever has the focus, beside those above.

CHOOSE = Key("enter", "", "choose", "choose from a list", "Enter")
MOVE = Key("left,right", "", "move", "move the cursor", "← →")
TYPING = (
    Key("enter", "", "take it", "take what was typed", "Enter"),
    Key("escape", "", "leave it", "leave the value as it was", "Esc"),
    Key("up,down", "", "take it, next line", "take what was typed and go to another line", "↑ ↓"),
)
