"""What TensorFlow Addons had in ``tfa.optimizers``, as schedules of ours."""

from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.cyclical import CyclicalRate, Growth
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.kinds import Ignored
from lrtui.schedules.parameters import LearningRate, Steps
from lrtui.schedules.quantities import Choice

TITLE = "TensorFlow Addons"
QUALIFIERS = ("tfa", "tensorflow_addons")

ByCycle = Annotated[str, Choice(choices=("cycle",))]
ByStep = Annotated[str, Choice(choices=("iterations",))]


@becomes(CyclicalRate)
def TriangularCyclicalLearningRate(
    initial_learning_rate: LearningRate,
    maximal_learning_rate: LearningRate,
    step_size: Steps,
    scale_mode: Ignored = None,
    name: Ignored = None,
) -> Schedule:
    """``tfa.optimizers.TriangularCyclicalLearningRate``."""
    return CyclicalRate(initial_learning_rate, maximal_learning_rate, step_size)


@becomes(CyclicalRate)
def Triangular2CyclicalLearningRate(
    initial_learning_rate: LearningRate,
    maximal_learning_rate: LearningRate,
    step_size: Steps,
    scale_mode: ByCycle = "cycle",
    name: Ignored = None,
) -> Schedule:
    """``tfa.optimizers.Triangular2CyclicalLearningRate``."""
    return CyclicalRate(initial_learning_rate, maximal_learning_rate, step_size, mode="triangular2")


@becomes(CyclicalRate)
def ExponentialCyclicalLearningRate(
    initial_learning_rate: LearningRate,
    maximal_learning_rate: LearningRate,
    step_size: Steps,
    scale_mode: ByStep = "iterations",
    gamma: Growth = 1.0,
    name: Ignored = None,
) -> Schedule:
    """``tfa.optimizers.ExponentialCyclicalLearningRate``."""
    return CyclicalRate(
        initial_learning_rate, maximal_learning_rate, step_size, None, "exp_range", gamma
    )


WITHOUT_CURVE = {
    "CyclicalLearningRate": (
        "is scaled by a function of your own: take Triangular… or Exponential…, or save the "
        "function and open file.py:name"
    ),
}
