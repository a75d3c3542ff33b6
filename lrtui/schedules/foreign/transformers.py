"""What transformers has in ``transformers.optimization``, as schedules of ours.

Each scales the optimizer's rate by a function of the step.
"""

from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_hard_restarts import CosineHardRestarts, Cycles
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.inverse_sqrt import InverseSquareRoot
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.scaled import Scaled
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.family.wsd import WarmupStableDecay
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.joining import joined, warmed
from lrtui.schedules.foreign.kinds import GivenOptimizer, LastEpoch, Whole
from lrtui.schedules.foreign.optimizers import Group
from lrtui.schedules.foreign.transformers_by_name import get_scheduler as get_scheduler
from lrtui.schedules.parameters import (
    Fraction,
    Invalid,
    LearningRate,
    Power,
    Steps,
    WarmupSteps,
)
from lrtui.schedules.quantities import Choice, Number

TITLE = "transformers"
QUALIFIERS = ("transformers", "optimization")

Shape = Annotated[str, Choice(choices=("linear", "cosine", "1-sqrt"))]
Swings = Annotated[float, Number(low=0, high=1e6)]


def _resumed(schedule: Schedule, last_epoch: int) -> Schedule:
    return Offset(schedule, last_epoch + 1) if last_epoch >= 0 else schedule


def _swing(rate: float, steps: int, num_cycles: float, end: float) -> Schedule:
    """A cosine of so many whole swings in so many steps, and on after them."""
    if num_cycles == 0:
        return Constant(rate)
    return CosineSwing(rate, max(1, steps), end, 2 * num_cycles)


@becomes(Constant)
def get_constant_schedule(optimizer: GivenOptimizer, last_epoch: LastEpoch = -1) -> Schedule:
    """``transformers.get_constant_schedule``."""
    return Constant(optimizer.begin())


@becomes(Warmup, Constant)
def get_constant_schedule_with_warmup(
    optimizer: GivenOptimizer, num_warmup_steps: Whole, last_epoch: LastEpoch = -1
) -> Schedule:
    """``transformers.get_constant_schedule_with_warmup``."""
    rate = optimizer.begin()
    return _resumed(warmed(Constant(rate), num_warmup_steps, rate), last_epoch)


@becomes(Warmup, LinearDecay)
def get_linear_schedule_with_warmup(
    optimizer: GivenOptimizer,
    num_warmup_steps: Whole,
    num_training_steps: Whole,
    last_epoch: LastEpoch = -1,
) -> Schedule:
    """``transformers.get_linear_schedule_with_warmup``."""
    rate, warmup = optimizer.begin(), max(0, num_warmup_steps)
    after = num_training_steps - warmup
    decay = LinearDecay(rate, after) if after > 0 else Constant(0.0)
    return _resumed(warmed(decay, warmup, rate), last_epoch)


@becomes(Warmup, CosineSwing)
def get_cosine_schedule_with_warmup(
    optimizer: GivenOptimizer,
    num_warmup_steps: WarmupSteps,
    num_training_steps: Whole,
    num_cycles: Swings = 0.5,
    last_epoch: LastEpoch = -1,
) -> Schedule:
    """``transformers.get_cosine_schedule_with_warmup``. After its end it rises again."""
    rate = optimizer.begin()
    swing = _swing(rate, num_training_steps - num_warmup_steps, num_cycles, 0.0)
    return _resumed(warmed(swing, num_warmup_steps, rate), last_epoch)


@becomes(Warmup, CosineHardRestarts)
def get_cosine_with_hard_restarts_schedule_with_warmup(
    optimizer: GivenOptimizer,
    num_warmup_steps: WarmupSteps,
    num_training_steps: Whole,
    num_cycles: Cycles = 1,
    last_epoch: LastEpoch = -1,
) -> Schedule:
    """``transformers.get_cosine_with_hard_restarts_schedule_with_warmup``."""
    rate, after = optimizer.begin(), max(1, num_training_steps - num_warmup_steps)
    decay = CosineHardRestarts(rate, after, num_cycles)
    return _resumed(warmed(decay, num_warmup_steps, rate), last_epoch)


@becomes(Warmup, PolynomialDecay)
def get_polynomial_decay_schedule_with_warmup(
    optimizer: GivenOptimizer,
    num_warmup_steps: WarmupSteps,
    num_training_steps: Whole,
    lr_end: LearningRate = 1e-7,
    power: Power = 1.0,
    last_epoch: LastEpoch = -1,
) -> Schedule:
    """``transformers.get_polynomial_decay_schedule_with_warmup``."""
    rate, highest = optimizer.begin(), optimizer.default
    if lr_end >= highest:
        raise Invalid("lr_end", f"must be below the optimizer's rate, {highest:g}", lr_end)
    after = num_training_steps - num_warmup_steps
    if after == 0:
        raise Invalid("num_training_steps", "must not be num_warmup_steps: it divides by 0", 0)
    decay = PolynomialDecay(highest, after, lr_end, power) if after > 0 else Constant(lr_end)
    schedule = warmed(decay, num_warmup_steps, highest)
    return _resumed(schedule if rate == highest else Scaled(schedule, rate / highest), last_epoch)


@becomes(InverseSquareRoot)
def get_inverse_sqrt_schedule(
    optimizer: GivenOptimizer,
    num_warmup_steps: WarmupSteps,
    timescale: Steps | None = None,
    last_epoch: LastEpoch = -1,
) -> Schedule:
    """``transformers.get_inverse_sqrt_schedule``."""
    schedule = InverseSquareRoot(optimizer.begin(), num_warmup_steps, timescale)
    return _resumed(schedule, last_epoch)


def _lowest(optimizer: Group, min_lr: float | None, min_lr_rate: float | None) -> float:
    """The lowest rate as a fraction of the optimizer's."""
    if min_lr is not None and min_lr_rate is not None:
        raise Invalid("min_lr", "must be left out where min_lr_rate is given", min_lr)
    if min_lr is not None:
        return min_lr / optimizer.default
    if min_lr_rate is None:
        raise Invalid("min_lr", "must be given, or min_lr_rate", None)
    return min_lr_rate


@becomes(Warmup, CosineSwing)
def get_cosine_with_min_lr_schedule_with_warmup(
    optimizer: GivenOptimizer,
    num_warmup_steps: WarmupSteps,
    num_training_steps: Whole,
    num_cycles: Swings = 0.5,
    last_epoch: LastEpoch = -1,
    min_lr: LearningRate | None = None,
    min_lr_rate: LearningRate | None = None,
) -> Schedule:
    """``transformers.get_cosine_with_min_lr_schedule_with_warmup``. It rises again, too."""
    rate = optimizer.begin()
    lowest = rate * _lowest(optimizer, min_lr, min_lr_rate)
    swing = _swing(rate, num_training_steps - num_warmup_steps, num_cycles, lowest)
    return _resumed(warmed(swing, num_warmup_steps, rate), last_epoch)


@becomes(Sequence, CosineSwing)
def get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    optimizer: GivenOptimizer,
    num_warmup_steps: WarmupSteps,
    num_training_steps: Whole,
    num_cycles: Swings = 0.5,
    last_epoch: LastEpoch = -1,
    min_lr: LearningRate | None = None,
    min_lr_rate: LearningRate | None = None,
    warmup_lr_rate: LearningRate | None = None,
) -> Schedule:
    """``cosine_warmup_with_min_lr``: the warmup is at its end, and the cosine on, a step sooner."""
    rate, warmup = optimizer.begin(), num_warmup_steps
    lowest = rate * _lowest(optimizer, min_lr, min_lr_rate)
    swing = _swing(rate, num_training_steps - warmup, num_cycles, lowest)
    decay = Offset(swing, 1) if num_cycles else swing
    first = rate / warmup if warmup else 0.0
    if warmup_lr_rate is not None:
        first = rate * warmup_lr_rate
    rise = Constant(first) if warmup == 1 else LinearDecay(first, max(1, warmup - 1), rate)
    return _resumed(joined([(0, rise), (warmup, decay)]), last_epoch)


@becomes(WarmupStableDecay, Sequence)
def get_wsd_schedule(
    optimizer: GivenOptimizer,
    num_warmup_steps: WarmupSteps,
    num_decay_steps: WarmupSteps,
    num_training_steps: Whole | None = None,
    num_stable_steps: WarmupSteps | None = None,
    warmup_type: Shape = "linear",
    decay_type: Shape = "cosine",
    min_lr_ratio: Fraction = 0.0,
    num_cycles: Swings = 0.5,
    last_epoch: LastEpoch = -1,
) -> Schedule:
    """``transformers.get_wsd_schedule``. transformers starts the warmup at the floor."""
    rate, warmup, decay = optimizer.begin(), num_warmup_steps, num_decay_steps
    stable = num_stable_steps
    if stable is None:
        if num_training_steps is None:
            raise Invalid("num_stable_steps", "must be given, or num_training_steps", None)
        stable = num_training_steps - warmup - decay
    low = min_lr_ratio * rate
    if warmup_type == "linear" and stable >= 0 and decay and num_cycles == 0.5:
        schedule: Schedule = WarmupStableDecay(
            rate, warmup, stable, decay, decay_type, 0.0, min_lr_ratio, low
        )
        return _resumed(schedule, last_epoch)
    parts: list[tuple[int, Schedule]] = [(0, Constant(rate))]
    if warmup:
        parts[0] = (0, _between(warmup_type, low, rate, warmup))
        parts.append((warmup, Constant(rate)))
    late = max(0, -stable)  # the decay is that far on when the warmup ends
    begin, end = warmup + max(stable, 0), max(warmup, warmup + stable + decay)
    if decay > late:
        curve = _decay(decay_type, rate, low, decay, num_cycles)
        parts.append((begin, Offset(curve, late) if late else curve))
    parts.append((end, Constant(low)))
    return _resumed(joined(parts), last_epoch)


def _between(shape: str, low: float, high: float, steps: int) -> Schedule:
    """A warmup of transformers' WSD."""
    if shape == "linear":
        return LinearDecay(low, steps, high)
    if shape == "cosine":
        return CosineSwing(low, steps, high)
    return PolynomialDecay(low, steps, high, 0.5)


def _decay(shape: str, high: float, low: float, steps: int, num_cycles: float) -> Schedule:
    """A decay of transformers' WSD."""
    if shape == "cosine":
        return _swing(high, steps, num_cycles, low)
    return WarmupStableDecay(high, 0, 0, steps, shape, low)


_LOSS = "depends on the loss, so it has no curve of its own"
WITHOUT_CURVE = {
    "get_reduce_on_plateau_schedule": _LOSS,
    "get_greedy_schedule": _LOSS,
    "GreedyLR": _LOSS,
    "get_adafactor_schedule": "shows what Adafactor works out from the weights in a training",
    "AdafactorSchedule": "shows what Adafactor works out from the weights in a training",
}
