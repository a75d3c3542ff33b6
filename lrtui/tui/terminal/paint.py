"""A paint, and the style that it gives in the present theme.

Component classes of CSS would do as well; but Textual works out each of them for each widget that
has some, when it starts and whenever a class changes: it was half of the time to the first frame.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual.color import Color

if TYPE_CHECKING:
    from textual.widget import Widget


FILL = {True: "#ffff001a", False: "#60480020"}
"""What is mixed into the ground of what is filled, in a dark theme and in a light one."""


class Paint(NamedTuple):
    """Colours by their names in the theme, or as ``#rrggbb``; so for the background."""

    color: str
    background: str = ""
    """Empty: that of the widget."""
    bold: bool = False
    filled: bool = False
    """Whether the background has a trace of :data:`FILL` in it."""
    on_light: str = ""
    """The colour in a light theme, if it is another one."""


def style_of(paint: Paint, widget: "Widget") -> Style:
    """The style of a paint on a widget, in the present theme."""
    colors = widget.app.theme_variables
    light = paint.on_light and not widget.app.current_theme.dark
    color = paint.on_light if light else colors.get(paint.color, paint.color)
    given = paint.background
    background = colors.get(given, given if given.startswith("#") else "")
    if paint.filled:
        background = FILL[widget.app.current_theme.dark]
    return _style(paint, color, background, widget.background_colors[1])


@lru_cache(maxsize=256)
def _style(paint: Paint, color: str, background: str, ground: Color) -> Style:
    if background:
        ground = ground + Color.parse(background)
    shade, _, percent = color.partition(" ")
    alpha = float(percent.rstrip("%") or 100) / 100
    if shade == "auto":
        text = ground.get_contrast_text(alpha)
    else:
        text = Color.parse(shade).multiply_alpha(alpha)
    return Style(
        color=(ground + text).rich_color, bgcolor=ground.rich_color, bold=paint.bold or None
    )


def has_truecolor(environment: Mapping[str, str]) -> bool:
    """Whether a terminal says that it shows any colour, so that a faint one is seen as such."""
    colours = environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    return colours and "NO_COLOR" not in environment
