"""Paint is what Textual's own style sheets make of the same colours, in every theme."""

from textual.app import App, ComposeResult
from textual.theme import BUILTIN_THEMES
from textual.widgets import Label

from lrtui.tui.paint import CURVES, PAINTS, Paint, paint


def rule(paint: Paint) -> str:
    background = f"background: ${paint.background};" if paint.background else ""
    return f"color: ${paint.color}; {background} text-style: {'bold' if paint.bold else 'none'};"


class Painted(App[None]):
    CSS = "".join(f"#{name} {{ {rule(paint)} }}\n" for name, paint in PAINTS.items())

    def compose(self) -> ComposeResult:
        for name in PAINTS:
            yield Label(name, id=name)


async def test_every_paint_in_every_theme() -> None:
    app = Painted()
    async with app.run_test() as pilot:
        for theme in BUILTIN_THEMES:
            app.theme = theme
            await pilot.pause()
            for name in PAINTS:
                expected = app.query_one(f"#{name}").rich_style
                style = paint(app.screen, name)
                assert (style.color, style.bgcolor) == (expected.color, expected.bgcolor), theme
                assert bool(style.bold) == bool(expected.bold)


async def test_curves_beyond_the_last_colour_take_the_first_again() -> None:
    async with Painted().run_test() as pilot:
        screen = pilot.app.screen
        assert paint(screen, "curve-1") != paint(screen, "curve-2")
        assert paint(screen, f"curve-{len(CURVES) + 1}") == paint(screen, "curve-1")
