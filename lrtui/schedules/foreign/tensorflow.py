"""What TensorFlow 1 had in ``tf.train``, and Keras around its schedules, as schedules of ours.

The six schedules that Keras has today are classes of ours, with Keras' own arguments.
"""

import math
from dataclasses import dataclass
from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.cyclical import CyclicalRate, Growth, Mode
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.inverse_time import InverseTimeDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.product import Product
from lrtui.schedules.foreign.constructor import Bundle, becomes
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.kinds import Ignored, NameOfIt, NoFunction, RateWithPoint, StepItself
from lrtui.schedules.parameters import (
    Boundaries,
    Factor,
    Flag,
    Fraction,
    Invalid,
    LearningRate,
    Multiplier,
    Power,
    Rates,
    Steps,
)
from lrtui.schedules.quantities import Tenths

TITLE = "TensorFlow 1, and Keras around its schedules"
QUALIFIERS = ("tf", "tensorflow", "keras", "train", "v1", "compat")

Periods = Annotated[float, Tenths(low=0.001, high=1e4)]
DecayRate = Annotated[float, Tenths(high=80)]


@dataclass(frozen=True)
class Decay(Bundle):
    """What the decays by a rate take."""

    learning_rate: RateWithPoint
    global_step: StepItself
    decay_steps: Steps
    decay_rate: Factor
    staircase: Flag = False
    name: NameOfIt = None

    def of(self, cls: type[ExponentialDecay | InverseTimeDecay], decay_rate: float) -> Schedule:
        """One of ours with these arguments."""
        return cls(self.learning_rate, self.decay_steps, decay_rate, self.staircase)


@dataclass(frozen=True)
class SteepDecay(Decay):
    """The same with a rate that becomes an exponent."""

    decay_rate: DecayRate


@becomes(ExponentialDecay)
def exponential_decay(decay: Decay) -> Schedule:
    """``tf.compat.v1.train.exponential_decay``."""
    return decay.of(ExponentialDecay, decay.decay_rate)


@becomes(ExponentialDecay)
def natural_exp_decay(decay: SteepDecay) -> Schedule:
    """``tf.compat.v1.train.natural_exp_decay``."""
    return decay.of(ExponentialDecay, math.exp(-decay.decay_rate))


@becomes(InverseTimeDecay)
def inverse_time_decay(decay: Decay) -> Schedule:
    """``tf.compat.v1.train.inverse_time_decay``."""
    return decay.of(InverseTimeDecay, decay.decay_rate)


@becomes(PolynomialDecay)
def polynomial_decay(
    learning_rate: RateWithPoint,
    global_step: StepItself,
    decay_steps: Steps,
    end_learning_rate: LearningRate = 0.0001,
    power: Power = 1.0,
    cycle: Flag = False,
    name: NameOfIt = None,
) -> Schedule:
    """``tf.compat.v1.train.polynomial_decay``."""
    return PolynomialDecay(learning_rate, decay_steps, end_learning_rate, power, cycle)


@becomes(PiecewiseConstantDecay)
def piecewise_constant(
    x: StepItself, boundaries: Boundaries, values: Rates, name: NameOfIt = None
) -> Schedule:
    """``tf.compat.v1.train.piecewise_constant``."""
    return PiecewiseConstantDecay(boundaries, values)


@becomes(CosineDecay)
def cosine_decay(
    learning_rate: RateWithPoint,
    global_step: StepItself,
    decay_steps: Steps,
    alpha: Fraction = 0.0,
    name: NameOfIt = None,
) -> Schedule:
    """``tf.compat.v1.train.cosine_decay``."""
    return CosineDecay(learning_rate, decay_steps, alpha)


@becomes(CosineDecayRestarts)
def cosine_decay_restarts(
    learning_rate: RateWithPoint,
    global_step: StepItself,
    first_decay_steps: Steps,
    t_mul: Multiplier = 2.0,
    m_mul: Factor = 1.0,
    alpha: Fraction = 0.0,
    name: NameOfIt = None,
) -> Schedule:
    """``tf.compat.v1.train.cosine_decay_restarts``."""
    return CosineDecayRestarts(learning_rate, first_decay_steps, t_mul, m_mul, alpha)


@becomes(Product)
def linear_cosine_decay(
    learning_rate: RateWithPoint,
    global_step: StepItself,
    decay_steps: Steps,
    num_periods: Periods = 0.5,
    alpha: Fraction = 0.0,
    beta: Fraction = 0.001,
    name: NameOfIt = None,
) -> Schedule:
    """``tf.compat.v1.train.linear_cosine_decay``."""
    return _linear_cosine(learning_rate, decay_steps, num_periods, alpha, beta)


@becomes(Product)
def LinearCosineDecay(
    initial_learning_rate: RateWithPoint,
    decay_steps: Steps,
    num_periods: Periods = 0.5,
    alpha: Fraction = 0.0,
    beta: Fraction = 0.001,
    name: NameOfIt = None,
) -> Schedule:
    """``tf.keras.experimental.LinearCosineDecay``."""
    return _linear_cosine(initial_learning_rate, decay_steps, num_periods, alpha, beta)


def _linear_cosine(rate: float, steps: int, periods: float, alpha: float, beta: float) -> Schedule:
    """``rate * (alpha + 1 - step / steps) * (1 + cos(2 * pi * periods * step / steps)) / 2``."""
    if beta:
        allowed = "must be 0, to which nothing is added: else save a function and open file.py:name"
        raise Invalid("beta", allowed, beta)
    line = LinearDecay(rate * (1 + alpha), steps, rate * alpha)
    curve = Product((line, CosineSwing(1.0, steps, 0.0, 2 * periods)))
    return joined([(0, curve), (steps, Constant(float(curve(steps))))])


@becomes(CyclicalRate)
def CyclicLR(
    base_lr: LearningRate = 0.001,
    max_lr: LearningRate = 0.006,
    step_size: Steps = 2000,
    mode: Mode = "triangular",
    gamma: Growth = 1.0,
    scale_fn: NoFunction = None,
    scale_mode: Ignored = None,
) -> Schedule:
    """The callback of Keras' users, ``clr_callback.CyclicLR``."""
    return CyclicalRate(base_lr, max_lr, step_size, None, mode, gamma)


ALIASES = {"piecewise_constant_decay": "piecewise_constant"}
REFUSED = dict.fromkeys(("linear_cosine_decay", "LinearCosineDecay"), "a beta above 0")
WITHOUT_CURVE = {
    "NoisyLinearCosineDecay": "is random, another in every training",
    "noisy_linear_cosine_decay": "is random, another in every training",
}
