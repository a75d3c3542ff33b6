"""The two curves in textual-plotext."""

from textual.app import App, ComposeResult
from textual_plotext import PlotextPlot

from benchmarks.beside.curves import asked


class Beside(App[None]):
    BINDINGS = [("right", "turn", "turn")]

    def compose(self) -> ComposeResult:
        yield PlotextPlot()

    def on_mount(self) -> None:
        self._pinned, self._turned = asked()
        self.query_one(PlotextPlot).plt.title("learning rate")
        self.action_turn()

    def action_turn(self) -> None:
        widget = self.query_one(PlotextPlot)
        widget.plt.clear_data()
        widget.plt.plot(*self._pinned, marker="braille", label="pinned")
        widget.plt.plot(*next(self._turned), marker="braille", label="turned")
        widget.refresh()


if __name__ == "__main__":
    Beside().run()
