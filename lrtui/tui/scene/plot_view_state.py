"""How the plots are looked at, as a value: axes, range of steps, cursor. Pure."""

from typing import Annotated, Self

from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.plotting.markers import MARKERS
from lrtui.plotting.window import Window, clamped, panned, shown, zoomed
from lrtui.runs.record import LOSS
from lrtui.schedules import Described
from lrtui.schedules.parameters import Flag
from lrtui.schedules.quantities import Choice

UNITS = ("steps", "epochs", "fraction")
ZOOM = 2.0
"""How much closer one key comes."""
OVERLAYS = 3
"""Runs that can be laid over the present one at a time."""
PAN = 0.25
"""What one key pans by, as a fraction of what is seen."""


class Axes(Described, frozen=True):
    """How curves are drawn; kept from one session to the next.

    Args:
        log: a logarithmic axis of the rate.
        log_loss: a logarithmic axis of the loss.
        unit: what the axis below counts: steps, epochs, or the fraction of the training.
        marker: what curves are made of: braille dots, hd for quarter blocks, or ascii; auto: what
            the terminal can show.
    """

    log: Flag = False
    log_loss: Flag = False
    unit: Annotated[str, Choice(choices=UNITS)] = "steps"
    marker: Annotated[str, Choice(choices=("auto", *MARKERS))] = "auto"


class PlotViewState(Struct, frozen=True):
    """What a person chose to see of the plots."""

    axes: Axes = field(default_factory=Axes)
    window: Window | None = None
    """The steps that are seen; None: all."""
    cursor: int | None = None
    """The step whose rates are read out; None: none is."""
    fan: bool = False
    """Whether the family of curves of the present parameter is drawn."""

    overlaid: tuple[int, ...] = ()
    """The numbers, from 0, of the runs that are laid over the present one."""
    smooth: bool = False
    """Whether the losses of batches are smoothed."""
    measure: str = LOSS
    """The loss or the metric that is drawn, of the runs that have it."""

    def window_of(self, total: int) -> Window:
        """The steps that are seen of so many."""
        return clamped(self.window or Window(0, total), total)

    def zoomed(self, factor: float, total: int) -> Self:
        """With `factor` times as many steps, around the cursor or the middle."""
        window = self.window_of(total)
        middle = (window.start + window.stop) // 2
        around = self.cursor if self.cursor is not None else middle
        return self._with(zoomed(window, factor, around, total), total)

    def panned(self, share: float, total: int) -> Self:
        """Moved by this share of what is seen; the cursor stays in sight."""
        window = panned(self.window_of(total), share, total)
        moved = self._with(window, total)
        if self.cursor is None:
            return moved
        return replace(moved, cursor=min(max(self.cursor, window.start), window.stop - 1))

    def at(self, cursor: int, total: int) -> Self:
        """With the cursor there, in sight."""
        cursor = min(max(cursor, 0), total - 1)
        return replace(self, cursor=cursor)._with(
            shown(self.window_of(total), cursor, total), total
        )

    def _with(self, window: Window, total: int) -> Self:
        return replace(self, window=None if window.steps == total else window)
