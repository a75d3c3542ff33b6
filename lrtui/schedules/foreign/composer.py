"""What Composer has in ``composer.optim``, as schedules of ours, in batches.

Its schedulers scale the optimizer's rate over times such as ``10ep`` or ``0.1dur``. What they count
on is given beside the original's arguments: ``lr=``, ``steps_per_epoch=``, ``max_duration=``.
"""

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cosine_annealing_restarts import (
    CosineAnnealingRestarts,
    WholeMultiplier,
)
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.foreign.composer_times import WHOLE, Beside, Time, Times, TimeText
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.joining import begun, joined
from lrtui.schedules.foreign.kinds import Ignored
from lrtui.schedules.parameters import Factor, Fraction, Power
from lrtui.schedules.reading import Reading

TITLE = "Composer"
QUALIFIERS = ("composer", "optim", "scheduler")

_AN_EPOCH = Time("decay_period", 1, "ep")


@becomes(StepDecay)
def StepScheduler(
    step_size: TimeText,
    gamma: Factor = 0.1,
    *,
    beside: Beside,
) -> Reading:
    """``StepScheduler``."""
    steps = beside.some_batches(step_size)
    return beside.reading(StepDecay(beside.rate, steps, gamma))


@becomes(MultiStepDecay)
def MultiStepScheduler(
    milestones: Times,
    gamma: Factor = 0.1,
    *,
    beside: Beside,
) -> Reading:
    """``MultiStepScheduler``."""
    found = tuple(beside.batches(one) for one in milestones)
    return beside.reading(MultiStepDecay(beside.rate, found, gamma))


@becomes(Sequence, Constant)
def ConstantScheduler(
    alpha: Factor = 1.0,
    t_max: TimeText = WHOLE,
    *,
    beside: Beside,
) -> Reading:
    """``ConstantScheduler``."""
    rate = beside.rate
    if alpha == 1:
        return beside.reading(Constant(rate))
    steps = beside.batches(t_max)
    return beside.reading(begun(Constant(rate), alpha * rate, steps))


@becomes(LinearDecay)
def LinearScheduler(
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: TimeText = WHOLE,
    *,
    beside: Beside,
) -> Reading:
    """``LinearScheduler``."""
    rate, steps = beside.rate, beside.some_batches(t_max)
    return beside.reading(LinearDecay(alpha_i * rate, steps, alpha_f * rate))


@becomes(ExponentialDecay)
def ExponentialScheduler(
    gamma: Factor,
    decay_period: TimeText = _AN_EPOCH,
    *,
    beside: Beside,
) -> Reading:
    """``ExponentialScheduler``."""
    steps = beside.some_batches(decay_period)
    return beside.reading(ExponentialDecay(beside.rate, steps, gamma))


@becomes(CosineAnnealing)
def CosineAnnealingScheduler(
    t_max: TimeText = WHOLE,
    alpha_f: Factor = 0.0,
    *,
    beside: Beside,
) -> Reading:
    """``CosineAnnealingScheduler``."""
    rate, steps = beside.rate, beside.some_batches(t_max)
    return beside.reading(CosineAnnealing(rate, steps, alpha_f * rate))


@becomes(CosineAnnealingRestarts)
def CosineAnnealingWarmRestartsScheduler(
    t_0: TimeText,
    t_mult: WholeMultiplier = 1,
    alpha_f: Factor = 0.0,
    *,
    beside: Beside,
) -> Reading:
    """``CosineAnnealingWarmRestartsScheduler``."""
    rate, steps = beside.rate, beside.some_batches(t_0)
    return beside.reading(CosineAnnealingRestarts(rate, steps, t_mult, alpha_f * rate))


@becomes(PolynomialDecay)
def PolynomialScheduler(
    power: Power,
    t_max: TimeText = WHOLE,
    alpha_f: Fraction = 0.0,
    *,
    beside: Beside,
) -> Reading:
    """``PolynomialScheduler``. Beyond its time, where Composer's is not defined, it stays."""
    rate, steps = beside.rate, beside.some_batches(t_max)
    return beside.reading(PolynomialDecay(rate, steps, alpha_f * rate, power))


@becomes(Sequence, MultiStepDecay)
def MultiStepWithWarmupScheduler(
    t_warmup: TimeText,
    milestones: Times,
    gamma: Factor = 0.1,
    scale_warmup: Ignored = None,
    *,
    beside: Beside,
) -> Reading:
    """``MultiStepWithWarmupScheduler``. Milestones count from the start of the warmup."""
    rate, warmup = beside.rate, beside.batches(t_warmup)
    found = tuple(beside.batches(one) for one in milestones)
    decay = MultiStepDecay(rate, found, gamma)
    if warmup == 0:
        return beside.reading(decay)
    parts = [(0, LinearDecay(0.0, warmup, rate)), (warmup, Offset(decay, warmup))]
    return beside.reading(joined(parts))


@becomes(Warmup, LinearDecay)
def LinearWithWarmupScheduler(
    t_warmup: TimeText,
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: TimeText = WHOLE,
    scale_warmup: Ignored = None,
    *,
    beside: Beside,
) -> Reading:
    """``LinearWithWarmupScheduler``. t_max counts from the start of the warmup."""
    rate, (warmup, after) = beside.rate, beside.phases(t_warmup, t_max)
    decay = LinearDecay(alpha_i * rate, after, alpha_f * rate)
    return beside.reading(Warmup(decay, warmup) if warmup else decay)


@becomes(Warmup, CosineAnnealing)
def CosineAnnealingWithWarmupScheduler(
    t_warmup: TimeText,
    t_max: TimeText = WHOLE,
    alpha_f: Factor = 0.0,
    scale_warmup: Ignored = None,
    *,
    beside: Beside,
) -> Reading:
    """``CosineAnnealingWithWarmupScheduler``. t_max counts from the start of the warmup."""
    rate, (warmup, after) = beside.rate, beside.phases(t_warmup, t_max)
    decay = CosineAnnealing(rate, after, alpha_f * rate)
    return beside.reading(Warmup(decay, warmup) if warmup else decay)


@becomes(Warmup, PolynomialDecay)
def PolynomialWithWarmupScheduler(
    t_warmup: TimeText,
    power: Power = 2.0,
    t_max: TimeText = WHOLE,
    alpha_f: Fraction = 0.0,
    scale_warmup: Ignored = None,
    *,
    beside: Beside,
) -> Reading:
    """``PolynomialWithWarmupScheduler``. t_max counts from the start of the warmup."""
    rate, (warmup, after) = beside.rate, beside.phases(t_warmup, t_max)
    decay = PolynomialDecay(rate, after, alpha_f * rate, power)
    return beside.reading(Warmup(decay, warmup) if warmup else decay)


@becomes(Sequence, Warmup)
def ConstantWithWarmupScheduler(
    t_warmup: TimeText,
    alpha: Factor = 1.0,
    t_max: TimeText = WHOLE,
    scale_warmup: Ignored = None,
    *,
    beside: Beside,
) -> Reading:
    """``ConstantWithWarmupScheduler``. It refuses a training that is longer than t_max."""
    rate, warmup = beside.rate, beside.batches(t_warmup)
    held = Constant(alpha * rate)
    parts: list[tuple[int, Schedule]] = (
        [(0, LinearDecay(0.0, warmup, alpha * rate))] if warmup else []
    )
    parts.append((warmup, held))
    return beside.reading(joined(parts))


WITHOUT_CURVE: dict[str, str] = {}
