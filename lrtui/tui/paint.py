"""What things are painted in, by name: from the theme's colours to styles.

Component classes of CSS would do as well; but Textual works out each of them for each widget that
has some, when it starts and whenever a class changes: it was half of the time to the first frame.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from rich.style import Style
from textual.color import Color
from textual.widget import Widget


class Paint(NamedTuple):
    """Names of colours of the theme, or colours."""

    color: str
    background: str = ""
    """Empty: that of the widget."""
    bold: bool = False


BLACK = Color(0, 0, 0)
PINS = ("e69f00", "cc79a7", "009e73", "d55e00", "9a7fc0", "b08d57", "5fb3b3", "8a9a5b")
"""Of pins: told apart by most eyes (after Okabe and Ito)."""
DARKER = 0.4
"""How much black is in them on a light ground, where they would hardly be seen."""
BEHIND = Paint("auto 45%")
"""Of what stands back: the theme's text-disabled is hardly seen on a light ground."""
CURVES = (
    Paint("text-primary"),
    Paint("text-warning", bold=True),
    Paint("text-success"),
    BEHIND,
    *(Paint(f"#{shade}") for shade in PINS),
    BEHIND,
    Paint("text-success"),
    Paint("text-error"),
    Paint("text-secondary"),
)
"""In the order of their styles; a further curve takes the first one again."""

PAINTS: Mapping[str, Paint] = {
    "plain": Paint("foreground"),
    "frame": Paint("text-muted"),
    "frame-focused": Paint("foreground"),
    "cursor": Paint("text-accent"),
    "mark": Paint("text-error", bold=True),
    "label": Paint("text-muted"),
    "value": Paint("foreground"),
    "fault": Paint("text-error"),
    "heading": Paint("text-muted"),
    "field": Paint("foreground", "surface-lighten-1"),
    "present-label": Paint("foreground", "panel"),
    "present-value": Paint("foreground", "panel"),
    "present-fault": Paint("text-error", "panel"),
    "strong": Paint("foreground", bold=True),
    "faint": Paint("text-muted"),
    "key": Paint("foreground", bold=True),
    "notice": Paint("text-warning", "surface-lighten-1", bold=True),
}


def paint(widget: Widget, name: str) -> Style:
    """The style of a paint on a widget, in the present theme.

    Args:
        widget: whose background is painted on.
        name: one of :data:`PAINTS`, or ``curve-1`` and so on.
    """
    colors = widget.app.theme_variables
    used = _curve(name) if name.startswith("curve-") else PAINTS[name]
    ground = widget.background_colors[1]
    return _style(
        colors.get(used.color, used.color), colors.get(used.background, ""), used.bold, ground
    )


def _curve(name: str) -> Paint:
    return CURVES[(int(name.removeprefix("curve-")) - 1) % len(CURVES)]


@lru_cache(maxsize=256)
def _style(color: str, background: str, bold: bool, ground: Color) -> Style:
    if background:
        ground = ground + Color.parse(background)
    shade, _, percent = color.partition(" ")
    alpha = float(percent.rstrip("%") or 100) / 100
    if shade == "auto":
        text = ground.get_contrast_text(alpha)
    else:
        text = Color.parse(shade).multiply_alpha(alpha)
        if shade.strip("#") in PINS and ground.brightness > 0.5:
            text = text.blend(BLACK, DARKER)
    return Style(color=(ground + text).rich_color, bgcolor=ground.rich_color, bold=bold or None)
