"""How a schedule and a training are looked at, as described values for the form."""

from typing import Annotated

from lrtui.schedules import Described
from lrtui.schedules.quantities import OneTwoFive

Pace = Annotated[int, OneTwoFive("steps a second", low=1, high=10**6)]
TotalSteps = Annotated[int, OneTwoFive("steps", low=1, high=10**9)]


class ViewSettings(Described, frozen=True):
    """What the plot of rates shows while nothing trains, and how fast a training may go.

    Args:
        steps_per_second: at most so many, so that there is time to watch and to reset; none: as
            fast as it can. The numbers are the same.
        total_steps: steps that are drawn; none: as many as a training takes, epochs times
            steps_per_epoch.
    """

    steps_per_second: Pace | None = 100
    total_steps: TotalSteps | None = None
