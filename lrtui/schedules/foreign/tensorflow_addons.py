"""What TensorFlow Addons had in ``tfa.optimizers``, as schedules of ours."""

import ast
import re
from typing import Annotated, Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.cyclical import CyclicalRate, Growth
from lrtui.schedules.foreign.constructor import Kind, Line, becomes
from lrtui.schedules.foreign.kinds import Ignored, NameOfIt, RateWithPoint
from lrtui.schedules.parameters import Invalid, LearningRate, Steps
from lrtui.schedules.quantities import Choice

TITLE = "TensorFlow Addons"
QUALIFIERS = ("tfa", "tensorflow_addons")

ByCycle = Annotated[str, Choice(choices=("cycle",))]
ByStep = Annotated[str, Choice(choices=("iterations",))]


class _ScaleFunction(Kind):
    """A function of the cycle, known by its text; nothing of a line is ever run."""

    def read(self, name: str, node: ast.expr, line: Line) -> str:
        """The mode of ours with the same scale.

        Raises:
            Invalid: it is another function.
        """
        if isinstance(node, ast.Lambda) and len(node.args.args) == 1:
            argument = node.args.args[0].arg
            text = re.sub(rf"\b{argument}\b", "x", ast.unparse(node.body)).replace(".0", "")
            if text in _SCALES:
                return _SCALES[text]
        allowed = "must be lambda x: 1.0 or lambda x: 1 / (2.0 ** (x - 1)); else save the function"
        raise Invalid(name, f"{allowed} and open file.py:name", line.reader.source(node))


ScaleFunction = Annotated[Any, _ScaleFunction()]
_SCALES = {
    "1": "triangular",
    "1 / 2 ** (x - 1)": "triangular2",
    "0.5 ** (x - 1)": "triangular2",
}


@becomes(CyclicalRate)
def CyclicalLearningRate(
    initial_learning_rate: RateWithPoint,
    maximal_learning_rate: LearningRate,
    step_size: Steps,
    scale_fn: ScaleFunction,
    scale_mode: ByCycle = "cycle",
    name: NameOfIt = None,
) -> Schedule:
    """``tfa.optimizers.CyclicalLearningRate``, with the functions of its own examples."""
    return CyclicalRate(initial_learning_rate, maximal_learning_rate, step_size, mode=scale_fn)


@becomes(CyclicalRate)
def TriangularCyclicalLearningRate(
    initial_learning_rate: RateWithPoint,
    maximal_learning_rate: LearningRate,
    step_size: Steps,
    scale_mode: Ignored = None,
    name: NameOfIt = None,
) -> Schedule:
    """``tfa.optimizers.TriangularCyclicalLearningRate``."""
    return CyclicalRate(initial_learning_rate, maximal_learning_rate, step_size)


@becomes(CyclicalRate)
def Triangular2CyclicalLearningRate(
    initial_learning_rate: RateWithPoint,
    maximal_learning_rate: LearningRate,
    step_size: Steps,
    scale_mode: ByCycle = "cycle",
    name: NameOfIt = None,
) -> Schedule:
    """``tfa.optimizers.Triangular2CyclicalLearningRate``."""
    return CyclicalRate(initial_learning_rate, maximal_learning_rate, step_size, mode="triangular2")


@becomes(CyclicalRate)
def ExponentialCyclicalLearningRate(
    initial_learning_rate: RateWithPoint,
    maximal_learning_rate: LearningRate,
    step_size: Steps,
    scale_mode: ByStep = "iterations",
    gamma: Growth = 1.0,
    name: NameOfIt = None,
) -> Schedule:
    """``tfa.optimizers.ExponentialCyclicalLearningRate``."""
    return CyclicalRate(
        initial_learning_rate, maximal_learning_rate, step_size, None, "exp_range", gamma
    )


REFUSED = {"CyclicalLearningRate": "a scale_fn that is not among those of its own documentation"}
WITHOUT_CURVE: dict[str, str] = {}
