"""What a person sets of the plots, and of how fast a training goes; lines of the form."""

from typing import Annotated

from lrtui.schedules import Described
from lrtui.schedules.quantities import Integer, OneTwoFive
from lrtui.tui.scene.scene import MOST_STEPS

StepsPerSecond = Annotated[int, OneTwoFive("steps a second", low=1, high=10**6)]
TotalSteps = Annotated[int, OneTwoFive("steps", low=1, high=MOST_STEPS)]


class ViewSettings(Described, frozen=True):
    """What the plots show while nothing trains, and how fast a training may go.

    Args:
        steps_per_second: at most so many, so that there is time to watch and to reset; none: as
            fast as it can. The numbers are the same.
        total_steps: steps that are drawn; none: as many as a training takes, epochs times
            steps_per_epoch.
        seeds: of the losses that are had at once, and of each value of a response.
    """

    steps_per_second: StepsPerSecond | None = 100
    total_steps: TotalSteps | None = None
    seeds: Annotated[int, Integer(low=1, high=64)] = 8
