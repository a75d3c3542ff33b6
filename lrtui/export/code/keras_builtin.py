"""The schedules that Keras has itself, and where compiling them changes a rate.

Keras compiles with XLA wherever there is a GPU, unless told `jit_compile=False`.
"""

from lrtui.schedules import Schedule
from lrtui.schedules.base import Composition
from lrtui.schedules.division import moved_edges
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.inverse_time import InverseTimeDecay
from lrtui.schedules.family.polynomial import PolynomialDecay

OWN = frozenset(
    {
        "CosineDecay",
        "CosineDecayRestarts",
        "ExponentialDecay",
        "InverseTimeDecay",
        "PiecewiseConstantDecay",
        "PolynomialDecay",
    }
)
"""The classes that Keras has itself, under the same names, with the same arguments."""


def caveat(schedule: Schedule) -> str:
    """What to know of a class of Keras' own in a compiled step; mostly nothing."""
    match schedule:
        case Composition():
            return next(filter(None, map(caveat, schedule.inner())), "")
        case PolynomialDecay(decay_steps=period, power=power) if not power.is_integer():
            return (
                f"With XLA 1 - {period} / {period} may come out below 0, which has no power "
                f"{power:g}: the rate is then nan from step {period} on, and so are the weights. "
                "Pass jit_compile=False to model.compile."
            )
        case PolynomialDecay(decay_steps=period, cycle=True):
            edges = moved_edges(period, up=True)
        case (
            ExponentialDecay(decay_steps=period, staircase=True)
            | InverseTimeDecay(decay_steps=period, staircase=True)
            | CosineDecayRestarts(first_decay_steps=period, t_mul=1.0)
        ):
            edges = moved_edges(period)
        case CosineDecayRestarts():
            return (
                "Keras finds the restarts by a logarithm: compiled, one of them may lie a step "
                "from where it lies otherwise."
            )
        case _:
            return ""
    if not edges:
        return ""
    steps = ", ".join(map(str, edges))
    return (
        f"Compiled, TensorFlow may multiply by the rounded 1 / {period} where Keras divides: at "
        f"steps {steps}... the rate of a neighbouring period is then used, for one step."
    )
