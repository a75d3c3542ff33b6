"""What each thing on the screen is painted in."""

from lrtui.plotting.picture import CURSOR, MARK
from lrtui.tui.terminal.paint import Paint

_PINS = ("e69f00", "cc79a7", "009e73", "d55e00", "9a7fc0", "b08d57", "5fb3b3", "8a9a5b")
"""Colours of pins: told apart by most eyes (after Okabe and Ito)."""
_DARKER = 0.4
"""How much black is in them on a light ground, where they would hardly be seen."""
_BEHIND = Paint("auto 45%")
"""Of what stands back: the theme's text-disabled is hardly seen on a light ground."""
CURVES = (
    Paint("text-primary"),
    Paint("text-warning", bold=True),
    Paint("text-success"),
    _BEHIND,
    *(Paint(f"#{shade}", darker_on_light=_DARKER) for shade in _PINS),
    _BEHIND,
    Paint("text-success"),
    Paint("text-error"),
    Paint("text-secondary"),
)
"""Of curves, in the order of their styles; a further curve takes the first one again."""

PLAIN = Paint("foreground")
FAINT = Paint("text-muted")
STRONG = Paint("foreground", bold=True)
FRAME, FOCUSED_FRAME = FAINT, PLAIN
"""Of a plot: the frame says whether keys go there."""
CURSOR_LINE = Paint("text-accent")
MARK_LINE = Paint("text-error", bold=True)
KEY = STRONG
NOTICE = Paint("text-warning", "surface-lighten-1", bold=True)

# The form.

HEADING = FAINT
LABEL, PRESENT_LABEL = FAINT, Paint("foreground", "panel")
VALUE, PRESENT_VALUE = PLAIN, Paint("foreground", "panel")
FAULT, PRESENT_FAULT = Paint("text-error"), Paint("text-error", "panel")
FIELD = Paint("foreground", "surface-lighten-1")
"""A value that is being typed."""


_SHADES = (
    *("fde725", "b5de2b", "6ece58", "35b779", "1f9e89"),
    *("26828e", "31688e", "3e4989", "482878", "440154"),
)
"""Of a heat map, the lowest level first: viridis, which any eyes read alike."""


def shade(level: int) -> Paint:
    """The paint of a cell of a heat map, by its level from 0 on."""
    light = level < len(_SHADES) // 2
    return Paint("#000000" if light else "#ffffff", f"#{_SHADES[level]}")


def curve(style: int) -> Paint:
    """The paint of a curve, by its style from 1 on."""
    return CURVES[(style - 1) % len(CURVES)]


def of_code(code: int, *, focused: bool = False) -> Paint:
    """The paint of a cell of a picture, by its code there.

    Args:
        code: 0 is the frame.
        focused: whether keys go to the picture.
    """
    if code == 0:
        return FOCUSED_FRAME if focused else FRAME
    return {CURSOR: CURSOR_LINE, MARK: MARK_LINE}.get(code) or curve(code)
