"""What each thing on the screen is painted in."""

from lrtui.plotting.picture import CURSOR, FILL, MARK
from lrtui.tui.terminal.paint import Paint

_BEHIND = Paint("auto 45%")
"""Of what stands back: the theme's text-disabled is hardly seen on a light ground."""


def _curve(dark: str, light: str, *, bold: bool = False) -> Paint:
    """A colour on a dark ground and its like on a light one.

    They were searched for: each is told from every ground at 3:1, and from the others also by who
    sees no red, no green or no blue (`tests/tui/test_curve_colours.py`). Dashes say it again.
    """
    return Paint(f"#{dark}", on_light=f"#{light}", bold=bold)


FORM = _curve("00afff", "0000c0")
USED = _curve("ffff00", "604800", bold=True)
PLANNED = _curve("ff5fd7", "9018f0")
TRAIN = _curve("ffaf33", "a86000")
VALIDATION = _curve("33ff87", "007878")
PINS = (
    _curve("d7d7ff", "d818a8"),
    _curve("afffd7", "183048"),
    _curve("d7afd7", "901890"),
    _curve("33af87", "a83048"),
    _curve("ffd733", "9060c0"),
    _curve("af87af", "306060"),
    _curve("ff87af", "603030"),
    _curve("afd7d7", "004860"),
)
OVERLAID = (
    _curve("d78700", "a800c0"),
    _curve("d7ffff", "f00018"),
    _curve("d787ff", "c03078"),
)
CURVES = (FORM, USED, VALIDATION, _BEHIND, *PINS, _BEHIND, *OVERLAID, PLANNED, TRAIN)
"""Of curves, in the order of their styles (`scene/pictures.py`); a further one takes the first."""

PLAIN = Paint("foreground")
FAINT = Paint("text-muted")
STRONG = Paint("foreground", bold=True)
FRAME, FOCUSED_FRAME = FAINT, PLAIN
"""Of a plot: the frame says whether keys go there."""
CURSOR_LINE = _curve("87d787", "480078")
MARK_LINE = _curve("ff5f5f", "600018", bold=True)
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
    if FILL <= code < CURSOR:
        return of_code(code - FILL, focused=focused)._replace(filled=True)
    if code == 0:
        return FOCUSED_FRAME if focused else FRAME
    return {CURSOR: CURSOR_LINE, MARK: MARK_LINE}.get(code) or curve(code)
