"""What comes back when the program is opened again: the sheet, the pins, how it was looked at."""

from typing import Annotated

from lrtui.kept import SECTION
from lrtui.protocol.settings import Settings
from lrtui.schedules import Described, Quantity
from lrtui.schedules.base import Inner
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.parameters import Flag, Turn
from lrtui.tui.form.form_state import Sheet
from lrtui.tui.form.form_values import Draft
from lrtui.tui.form.schedule_parts import Workbench
from lrtui.tui.form.view_settings import View
from lrtui.tui.plots.pins import MOST, Pin
from lrtui.tui.plots.plot_view_state import Axes, Look

Text = Annotated[str, Quantity(Turn.NONE)]

DARK = "textual-dark"
COMMENT = """\
What lrtui was left with. Written whenever something changes; what has its default is left out.
Schedules are written as in a training script: schedule = "CosineDecay(0.1, decay_steps=1000)"."""


class KeptPin(Described, frozen=True):
    """A curve that is kept beside the present one.

    Args:
        schedule: what is drawn.
        name: what it was named; empty: it is named by what differs.
        hidden: whether it is not shown.
    """

    schedule: Inner
    name: Text = ""
    hidden: Flag = False


class Sitting(Described, frozen=True):
    """What the file holds.

    Args:
        schedule: what the form shows.
        theme: Textual's name of the colours.
        settings: how a training is made.
        view: what is drawn, and how fast a training may go.
        axes: how curves are drawn.
        pins: the curves that are kept for comparison.
    """

    schedule: Inner = ExponentialDecay()
    theme: Text = DARK
    settings: Annotated[Settings, SECTION] = Settings()
    view: Annotated[View, SECTION] = View()
    axes: Annotated[Axes, SECTION] = Axes()
    pins: Annotated[tuple[KeptPin, ...], SECTION] = ()

    @classmethod
    def of(cls, sheet: Sheet, look: Look, theme: str) -> "Sitting":
        """What there is now, as far as it is without fault."""
        return cls(
            schedule=sheet.schedule,
            theme=theme,
            settings=sheet.settings.good,
            view=sheet.view.good,
            axes=look.axes,
            pins=tuple(KeptPin(pin.schedule, pin.given, pin.hidden) for pin in sheet.pins),
        )

    @property
    def sheet(self) -> Sheet:
        """The sheet as it was left."""
        pins = (
            Pin(pin.schedule, place, pin.name, pin.hidden)
            for place, pin in enumerate(self.pins[:MOST], 1)
        )
        return Sheet(
            Workbench.of(self.schedule),
            Draft.of(self.settings),
            Draft.of(self.view),
            tuple(pins),
        )
