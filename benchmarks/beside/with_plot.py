"""The two curves in textual-plot."""

from textual.app import App, ComposeResult
from textual_plot import HiResMode, PlotWidget

from benchmarks.beside.curves import asked


class Beside(App[None]):
    BINDINGS = [("right", "turn", "turn")]

    def compose(self) -> ComposeResult:
        yield PlotWidget()

    def on_mount(self) -> None:
        self._pinned, self._turned = asked()
        self.action_turn()

    def action_turn(self) -> None:
        plot = self.query_one(PlotWidget)
        plot.clear()
        plot.plot(*self._pinned, hires_mode=HiResMode.BRAILLE, line_style="blue")
        plot.plot(*next(self._turned), hires_mode=HiResMode.BRAILLE, line_style="yellow")
        plot.refresh()


if __name__ == "__main__":
    Beside().run()
