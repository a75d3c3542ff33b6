"""What timm has in ``timm.scheduler``, as schedules of ours.

Step t is what ``scheduler.step(t)`` sets, or ``step_update(t)`` where ``t_in_epochs=False``.
"""

import math
from collections.abc import Callable
from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.k_decay_cosine import KDecayCosine
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.power_decay import PowerDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.family.tanh import Argument, TanhDecay
from lrtui.schedules.family.wsd import WarmupStableDecay
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.kinds import GivenOptimizer, Ignored, Nothing, joined
from lrtui.schedules.parameters import (
    Boundaries,
    Factor,
    Flag,
    Fraction,
    Invalid,
    LearningRate,
    Power,
    Steps,
    WarmupSteps,
)
from lrtui.schedules.quantities import Choice, Integer, Tenths
from lrtui.schedules.reading import Reading

TITLE = "timm"
QUALIFIERS = ("timm", "scheduler")

Limit = Annotated[int, Integer(high=200)]
Growth = Annotated[float, Tenths(low=1, high=100)]
Exponent = Annotated[float, Tenths(low=0.1, high=10)]
Decay = Annotated[str, Choice(choices=("linear", "1-sqrt", "cosine", "power"))]
Noise = Annotated[None, Nothing("must be left out: noise is random")]


def _warmed(curve: Schedule, rate: float, warmup_t: int, first: float, prefix: bool) -> Schedule:
    """A curve after timm's warmup; without a prefix the curve has gone on meanwhile."""
    if warmup_t == 0:
        return curve
    rise = LinearDecay(first, warmup_t, rate)
    return joined([(0, rise), (warmup_t, curve if prefix else Offset(curve, warmup_t))])


def _cycled(
    rate: float,
    steps: int,
    low: float,
    of: Callable[[float, int], Schedule],
    mul: float,
    decay: float,
    limit: int,
) -> Schedule | Reading:
    """A curve again and again, each time so much longer and lower; the last one stays at its end.

    Args:
        rate: the first rate.
        steps: the steps of the first cycle.
        low: the rate at the end of each cycle.
        of: one cycle, from its rate and steps.
        mul: how many times longer each is.
        decay: what its rate is multiplied by.
        limit: how many there are.
    """
    if mul != int(mul):
        raise Invalid("cycle_mul", "must be whole: others begin between two steps", mul)
    begin, parts, late = 0, [], []
    for cycle in range(limit):
        length = steps * int(mul) ** cycle
        if length > 10**11:
            break  # no training is that long
        first = begin
        while _cycle_of(first, steps, mul) < cycle:
            first += 1
        curve = of(rate * decay**cycle, length)
        parts.append((first, Offset(curve, first - begin) if first > begin else curve))
        late += [begin] if first > begin else []
        begin += length
    schedule = joined(parts) if parts else Constant(low)
    if not late:
        return schedule
    note = f"timm begins a cycle a step late by rounding, first at step {late[0]}: followed here."
    return Reading(schedule, (note,))


def _cycle_of(step: int, steps: int, mul: float) -> int:
    """The number of the cycle, as timm works it out."""
    if mul == 1:
        return step // steps
    return math.floor(math.log(1 - step / steps * (1 - mul), mul))


def _after_warmup(made: Schedule | Reading, wrap: Callable[[Schedule], Schedule]) -> Reading:
    reading = made if isinstance(made, Reading) else Reading(made)
    return Reading(wrap(reading.schedule), reading.notes)


@becomes(KDecayCosine, CosineAnnealing, Sequence)
def CosineLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    lr_min: LearningRate = 0.0,
    cycle_mul: Growth = 1.0,
    cycle_decay: Factor = 1.0,
    cycle_limit: Limit = 1,
    warmup_t: WarmupSteps = 0,
    warmup_lr_init: LearningRate = 0.0,
    warmup_prefix: Flag = False,
    t_in_epochs: Ignored = None,
    noise_range_t: Noise = None,
    noise_pct: Ignored = None,
    noise_std: Ignored = None,
    noise_seed: Ignored = None,
    k_decay: Exponent = 1.0,
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.CosineLRScheduler``."""
    rate = optimizer.begin()

    def of(high: float, steps: int) -> Schedule:
        if k_decay == 1:
            return CosineAnnealing(high, steps, lr_min)
        return KDecayCosine(high, steps, lr_min, k_decay)

    made = _cycled(rate, t_initial, lr_min, of, cycle_mul, cycle_decay, cycle_limit)
    return _after_warmup(
        made, lambda curve: _warmed(curve, rate, warmup_t, warmup_lr_init, warmup_prefix)
    )


@becomes(PowerDecay, PolynomialDecay, Sequence)
def PolyLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    power: Power = 0.5,
    lr_min: LearningRate = 0.0,
    cycle_mul: Growth = 1.0,
    cycle_decay: Factor = 1.0,
    cycle_limit: Limit = 1,
    warmup_t: WarmupSteps = 0,
    warmup_lr_init: LearningRate = 0.0,
    warmup_prefix: Flag = False,
    t_in_epochs: Ignored = None,
    noise_range_t: Noise = None,
    noise_pct: Ignored = None,
    noise_std: Ignored = None,
    noise_seed: Ignored = None,
    k_decay: Exponent = 1.0,
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.PolyLRScheduler``."""
    rate = optimizer.begin()
    made = _cycled(
        rate,
        t_initial,
        lr_min,
        lambda high, steps: PowerDecay(high, steps, lr_min, power, k_decay),
        cycle_mul,
        cycle_decay,
        cycle_limit,
    )
    return _after_warmup(
        made, lambda curve: _warmed(curve, rate, warmup_t, warmup_lr_init, warmup_prefix)
    )


@becomes(TanhDecay, Sequence)
def TanhLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    lb: Argument = -7.0,
    ub: Argument = 3.0,
    lr_min: LearningRate = 0.0,
    cycle_mul: Growth = 1.0,
    cycle_decay: Factor = 1.0,
    cycle_limit: Limit = 1,
    warmup_t: WarmupSteps = 0,
    warmup_lr_init: LearningRate = 0.0,
    warmup_prefix: Flag = False,
    t_in_epochs: Ignored = None,
    noise_range_t: Noise = None,
    noise_pct: Ignored = None,
    noise_std: Ignored = None,
    noise_seed: Ignored = None,
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.TanhLRScheduler``. Without a prefix it warms up to its curve."""
    rate = optimizer.begin()
    made = _cycled(
        rate,
        t_initial,
        lr_min,
        lambda high, steps: TanhDecay(high, steps, lr_min, lb, ub),
        cycle_mul,
        cycle_decay,
        cycle_limit,
    )

    def warm(curve: Schedule) -> Schedule:
        reached = rate if warmup_prefix else float(curve(warmup_t))
        return _warmed(curve, reached, warmup_t, warmup_lr_init, warmup_prefix)

    return _after_warmup(made, warm)


@becomes(StepDecay, Sequence)
def StepLRScheduler(
    optimizer: GivenOptimizer,
    decay_t: Steps,
    decay_rate: Factor = 1.0,
    warmup_t: WarmupSteps = 0,
    warmup_lr_init: LearningRate = 0.0,
    warmup_prefix: Flag = True,
    t_in_epochs: Ignored = None,
    noise_range_t: Noise = None,
    noise_pct: Ignored = None,
    noise_std: Ignored = None,
    noise_seed: Ignored = None,
    initialize: Ignored = None,
) -> Schedule:
    """``timm.scheduler.StepLRScheduler``."""
    rate = optimizer.begin()
    curve = StepDecay(rate, decay_t, decay_rate)
    return _warmed(curve, rate, warmup_t, warmup_lr_init, warmup_prefix)


@becomes(MultiStepDecay, Sequence)
def MultiStepLRScheduler(
    optimizer: GivenOptimizer,
    decay_t: Boundaries,
    decay_rate: Factor = 1.0,
    warmup_t: WarmupSteps = 0,
    warmup_lr_init: LearningRate = 0.0,
    warmup_prefix: Flag = True,
    t_in_epochs: Ignored = None,
    noise_range_t: Noise = None,
    noise_pct: Ignored = None,
    noise_std: Ignored = None,
    noise_seed: Ignored = None,
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.MultiStepLRScheduler``. It drops a step before each of decay_t."""
    if list(decay_t) != sorted(decay_t):
        raise Invalid("decay_t", "must rise", decay_t)
    rate = optimizer.begin()
    curve = MultiStepDecay(rate, tuple(max(0, step - 1) for step in decay_t), decay_rate)
    schedule = _warmed(curve, rate, warmup_t, warmup_lr_init, warmup_prefix)
    note = "timm drops the rate a step before each of decay_t: followed here."
    return Reading(schedule, (note,) if decay_t else ())


@becomes(WarmupStableDecay, Sequence)
def WSDLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    decay_t: Steps,
    lr_min: LearningRate = 0.0,
    stable_fn: Annotated[str, Choice(choices=("constant",))] = "constant",
    stable_timescale: Ignored = None,
    stable_power: Ignored = None,
    decay_fn: Decay = "1-sqrt",
    decay_power: Exponent = 0.5,
    decay_ratio: Fraction = 0.1,
    warmup_t: WarmupSteps = 0,
    warmup_lr_init: LearningRate = 0.0,
    t_in_epochs: Ignored = None,
    noise_range_t: Noise = None,
    noise_pct: Ignored = None,
    noise_std: Ignored = None,
    noise_seed: Ignored = None,
    initialize: Ignored = None,
) -> Schedule:
    """``timm.scheduler.WSDLRScheduler``, with a stable phase that is constant."""
    if decay_t > t_initial:
        raise Invalid("decay_t", f"must be at most t_initial, which is {t_initial}", decay_t)
    if not 0 < decay_ratio < 1:
        raise Invalid("decay_ratio", "must be above 0 and below 1", decay_ratio)
    rate = max(optimizer.begin(), lr_min)
    stable = t_initial - decay_t
    if decay_fn == "power":
        curve: Schedule = PowerDecay(rate, decay_t, lr_min, 1.0, decay_power)
        curve = joined([(0, Constant(rate)), (stable, curve)])
    else:
        curve = WarmupStableDecay(rate, 0, stable, decay_t, decay_fn, lr_min)
    return _warmed(curve, optimizer.rate, warmup_t, warmup_lr_init, True)


_LOSS = "depends on the loss, so it has no curve of its own"
WITHOUT_CURVE = {
    "PlateauLRScheduler": _LOSS,
    "create_scheduler": "reads what it makes from arguments that the line does not show",
}
