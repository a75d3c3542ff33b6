"""What timm has in ``timm.scheduler``, as schedules of ours.

Step t is what ``scheduler.step(t)`` sets, or ``step_update(t)`` where ``t_in_epochs=False``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
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
from lrtui.schedules.family.power_law import PowerLaw
from lrtui.schedules.family.product import Product
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.family.tanh import Argument, TanhDecay
from lrtui.schedules.family.wsd import WarmupStableDecay
from lrtui.schedules.foreign.constructor import Bundle, becomes
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.kinds import GivenOptimizer, Ignored, Nothing
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
Stable = Annotated[str, Choice(choices=("constant", "rsqrt", "power"))]
Noise = Annotated[None, Nothing("must be left out: noise is random")]
Curve = Callable[[float, int], Schedule]
"""One cycle, from its rate and steps."""


@dataclass(frozen=True)
class Cycles(Bundle):
    """A curve again and again, each time so much longer and lower; the last stays at its end."""

    cycle_mul: Growth = 1.0
    cycle_decay: Factor = 1.0
    cycle_limit: Limit = 1

    def of(self, rate: float, steps: int, low: float, curve: Curve) -> Reading:
        """The cycles.

        Args:
            rate: the first rate.
            steps: the steps of the first cycle.
            low: the rate at the end of each cycle.
            curve: one cycle, from its rate and steps.
        """
        mul = self.cycle_mul
        if mul != int(mul):
            raise Invalid("cycle_mul", "must be whole: others begin between two steps", mul)
        curve(rate, steps)  # refuses what timm refuses, also where there is no cycle
        begin, parts, late = 0, [], []
        for cycle in range(self.cycle_limit):
            length = steps * int(mul) ** cycle
            if length > 10**11:
                break  # no training is that long
            first = begin
            while _cycle_of(first, steps, mul) < cycle:
                first += 1
            one = curve(rate * self.cycle_decay**cycle, length)
            parts.append((first, Offset(one, first - begin) if first > begin else one))
            late += [begin] if first > begin else []
            begin += length
        schedule = joined(parts) if parts else Constant(low)
        note = "timm begins a cycle a step late by rounding, first at step {}: followed here."
        return Reading(schedule, (note.format(late[0]),) if late else ())


def _cycle_of(step: int, steps: int, mul: float) -> int:
    """The number of the cycle, as timm works it out."""
    if mul == 1:
        return step // steps
    return math.floor(math.log(1 - step / steps * (1 - mul), mul))


@dataclass(frozen=True)
class TimmWarmup(Bundle):
    """A straight line before the curve; without a prefix the curve has gone on meanwhile."""

    warmup_t: WarmupSteps = 0
    warmup_lr_init: LearningRate = 0.0
    warmup_prefix: Flag = False

    def before(self, curve: Schedule, rate: float) -> Schedule:
        """The curve after the warmup, which goes up to a rate."""
        return _warmed(curve, rate, self.warmup_t, self.warmup_lr_init, self.warmup_prefix)


@dataclass(frozen=True)
class TimmWarmupBefore(TimmWarmup):
    """The same, with a prefix unless it is turned off."""

    warmup_prefix: Flag = True


def _warmed(curve: Schedule, rate: float, steps: int, first: float, prefix: bool) -> Schedule:
    if steps == 0:
        return curve
    rise = LinearDecay(first, steps, rate)
    return joined([(0, rise), (steps, curve if prefix else Offset(curve, steps))])


@dataclass(frozen=True)
class Rest(Bundle):
    """What says nothing about the curve, and noise, which is refused."""

    t_in_epochs: Ignored = None
    noise_range_t: Noise = None
    noise_pct: Ignored = None
    noise_std: Ignored = None
    noise_seed: Ignored = None


@becomes(KDecayCosine, CosineAnnealing, Sequence)
def CosineLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    lr_min: LearningRate = 0.0,
    cycles: Cycles = Cycles(),
    warmup: TimmWarmup = TimmWarmup(),
    rest: Rest = Rest(),
    k_decay: Exponent = 1.0,
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.CosineLRScheduler``."""
    rate = optimizer.begin()

    def of(high: float, steps: int) -> Schedule:
        if k_decay == 1:
            return CosineAnnealing(high, steps, lr_min)
        return KDecayCosine(high, steps, lr_min, k_decay)

    made = cycles.of(rate, t_initial, lr_min, of)
    return Reading(warmup.before(made.schedule, rate), made.notes)


@becomes(PowerDecay, PolynomialDecay, Sequence)
def PolyLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    power: Power = 0.5,
    lr_min: LearningRate = 0.0,
    cycles: Cycles = Cycles(),
    warmup: TimmWarmup = TimmWarmup(),
    rest: Rest = Rest(),
    k_decay: Exponent = 1.0,
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.PolyLRScheduler``."""
    rate = optimizer.begin()

    def of(high: float, steps: int) -> Schedule:
        return PowerDecay(high, steps, lr_min, power, k_decay)

    made = cycles.of(rate, t_initial, lr_min, of)
    return Reading(warmup.before(made.schedule, rate), made.notes)


@becomes(TanhDecay, Sequence)
def TanhLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    lb: Argument = -7.0,
    ub: Argument = 3.0,
    lr_min: LearningRate = 0.0,
    cycles: Cycles = Cycles(),
    warmup: TimmWarmup = TimmWarmup(),
    rest: Rest = Rest(),
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.TanhLRScheduler``. Without a prefix it warms up to its curve."""
    rate = optimizer.begin()

    def of(high: float, steps: int) -> Schedule:
        return TanhDecay(high, steps, lr_min, lb, ub)

    made = cycles.of(rate, t_initial, lr_min, of)
    reached = rate if warmup.warmup_prefix else float(made.schedule(warmup.warmup_t))
    return Reading(warmup.before(made.schedule, reached), made.notes)


@becomes(StepDecay, Sequence)
def StepLRScheduler(
    optimizer: GivenOptimizer,
    decay_t: Steps,
    decay_rate: Factor = 1.0,
    warmup: TimmWarmupBefore = TimmWarmupBefore(),
    rest: Rest = Rest(),
    initialize: Ignored = None,
) -> Schedule:
    """``timm.scheduler.StepLRScheduler``."""
    rate = optimizer.begin()
    return warmup.before(StepDecay(rate, decay_t, decay_rate), rate)


@becomes(MultiStepDecay, Sequence)
def MultiStepLRScheduler(
    optimizer: GivenOptimizer,
    decay_t: Boundaries,
    decay_rate: Factor = 1.0,
    warmup: TimmWarmupBefore = TimmWarmupBefore(),
    rest: Rest = Rest(),
    initialize: Ignored = None,
) -> Reading:
    """``timm.scheduler.MultiStepLRScheduler``. It drops a step before each of decay_t."""
    if list(decay_t) != sorted(decay_t):
        raise Invalid("decay_t", "must rise", decay_t)
    rate = optimizer.begin()
    curve = MultiStepDecay(rate, tuple(max(0, step - 1) for step in decay_t), decay_rate)
    note = "timm drops the rate a step before each of decay_t: followed here."
    return Reading(warmup.before(curve, rate), (note,) if decay_t else ())


@becomes(WarmupStableDecay, Sequence)
def WSDLRScheduler(
    optimizer: GivenOptimizer,
    t_initial: Steps,
    decay_t: Steps,
    lr_min: LearningRate = 0.0,
    stable_fn: Stable = "constant",
    stable_timescale: Steps | None = None,
    stable_power: Exponent = 0.5,
    decay_fn: Decay = "1-sqrt",
    decay_power: Exponent = 0.5,
    decay_ratio: Fraction = 0.1,
    warmup_t: WarmupSteps = 0,
    warmup_lr_init: LearningRate = 0.0,
    rest: Rest = Rest(),
    initialize: Ignored = None,
) -> Schedule:
    """``timm.scheduler.WSDLRScheduler``. Of a stable phase that falls, lr_min must be 0."""
    if decay_t > t_initial:
        raise Invalid("decay_t", f"must be at most t_initial, which is {t_initial}", decay_t)
    if not 0 < decay_ratio < 1:
        raise Invalid("decay_ratio", "must be above 0 and below 1", decay_ratio)
    rate, stable = max(optimizer.begin(), lr_min), t_initial - decay_t
    falls = stable_fn != "constant"
    high = 1.0 if falls else rate
    if decay_fn == "power":
        curve: Schedule = PowerDecay(high, decay_t, lr_min, 1.0, decay_power)
        curve = joined([(0, Constant(high)), (stable, curve)])
    else:
        curve = WarmupStableDecay(high, 0, stable, decay_t, decay_fn, lr_min)
    if falls:
        if lr_min:
            raise Invalid("lr_min", f"must be 0 with stable_fn={stable_fn!r}", lr_min)
        power = 0.5 if stable_fn == "rsqrt" else stable_power
        curve = Product((_falling(rate, stable_timescale or warmup_t, power), curve))
    return _warmed(curve, optimizer.rate, warmup_t, warmup_lr_init, True)


def _falling(rate: float, timescale: int, power: float) -> Schedule:
    """``rate * (1 + step / timescale) ** -power``."""
    if timescale == 0:
        raise Invalid("stable_timescale", "must be given where there is no warmup", timescale)
    return Offset(PowerLaw(rate * float(timescale) ** power, -power), timescale)


_LOSS = "depends on the loss, so it has no curve of its own"
REFUSED = {
    **dict.fromkeys(
        ("CosineLRScheduler", "PolyLRScheduler", "TanhLRScheduler"),
        "a cycle_mul that is no whole number, whose cycles begin between two steps",
    ),
    "WSDLRScheduler": "an lr_min above 0 with a stable phase that falls, which is added to it",
}
WITHOUT_CURVE = {
    "PlateauLRScheduler": _LOSS,
    "create_scheduler": "reads what it makes from arguments that the line does not show",
}
