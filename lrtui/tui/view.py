"""How a schedule is looked at, as described values for the form."""

from typing import Annotated

from lrtui.schedules import Described, Quantity
from lrtui.schedules.parameters import Turn

TotalSteps = Annotated[int, Quantity(Turn.ONE_TWO_FIVE, "steps", low=1, high=10**9)]


class View(Described, frozen=True):
    """What the plot of rates shows while nothing trains.

    Args:
        total_steps: steps that are drawn; none: as many as a training takes, epochs times
            steps_per_epoch.
    """

    total_steps: TotalSteps | None = None
