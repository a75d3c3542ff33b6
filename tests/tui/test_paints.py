"""Paint is what Textual's own style sheets make of the same colours, in every theme."""

from textual.app import App, ComposeResult
from textual.theme import BUILTIN_THEMES
from textual.widgets import Label

from lrtui.tui import paints
from lrtui.tui.terminal.paint import Paint, style_of

NAMED = {
    name: paint
    for name, paint in vars(paints).items()
    if isinstance(paint, Paint) and not paint.on_light
}


def rule(paint: Paint) -> str:
    background = f"background: ${paint.background};" if paint.background else ""
    color = paint.color if paint.color.startswith("auto") else f"${paint.color}"
    return f"color: {color}; {background} text-style: {'bold' if paint.bold else 'none'};"


class Painted(App[None]):
    CSS = "".join(f"#{name} {{ {rule(paint)} }}\n" for name, paint in NAMED.items())

    def compose(self) -> ComposeResult:
        for name in NAMED:
            yield Label(name, id=name)


async def test_every_paint_in_every_theme() -> None:
    app = Painted()
    async with app.run_test() as pilot:
        for theme in BUILTIN_THEMES:
            app.theme = theme
            await pilot.pause()
            for name, paint in NAMED.items():
                expected = app.query_one(f"#{name}").rich_style
                style = style_of(paint, app.screen)
                assert (style.color, style.bgcolor) == (expected.color, expected.bgcolor), theme
                assert bool(style.bold) == bool(expected.bold)


async def test_curves_beyond_the_last_colour_take_the_first_again() -> None:
    assert paints.curve(1) != paints.curve(2)
    assert paints.curve(len(paints.CURVES) + 1) == paints.curve(1)
