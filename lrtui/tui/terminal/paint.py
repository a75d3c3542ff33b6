"""A paint, and the style that it gives in the present theme.

Component classes of CSS would do as well; but Textual works out each of them for each widget that
has some, when it starts and whenever a class changes: it was half of the time to the first frame.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual.color import Color

if TYPE_CHECKING:
    from textual.widget import Widget

BLACK = Color(0, 0, 0)


class Paint(NamedTuple):
    """Colours by their names in the theme, or as ``#rrggbb``; so for the background."""

    color: str
    background: str = ""
    """Empty: that of the widget."""
    bold: bool = False
    darker_on_light: float = 0.0
    """How much black is mixed into the colour on a light background, from 0 to 1."""


def style_of(paint: Paint, widget: "Widget") -> Style:
    """The style of a paint on a widget, in the present theme."""
    colors = widget.app.theme_variables
    color = colors.get(paint.color, paint.color)
    given = paint.background
    background = colors.get(given, given if given.startswith("#") else "")
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
        if paint.darker_on_light and ground.brightness > 0.5:
            text = text.blend(BLACK, paint.darker_on_light)
    return Style(
        color=(ground + text).rich_color, bgcolor=ground.rich_color, bold=paint.bold or None
    )
