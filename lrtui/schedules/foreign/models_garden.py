"""What TensorFlow's Models Garden has in ``official.modeling.optimization``, as schedules of ours.

Its warmups do not put the schedule off: what follows has gone on meanwhile.
"""

import ast
import math
from typing import Annotated, Any

from lrtui.schedules.base import Inner, Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.power_decay import PowerDecay
from lrtui.schedules.family.power_law import Exponent, PowerLaw
from lrtui.schedules.family.product import Product
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.foreign.constructor import Kind, Line, becomes
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.kinds import NameOfIt
from lrtui.schedules.parameters import (
    Boundaries,
    Factor,
    Flag,
    Fraction,
    Invalid,
    LearningRate,
    Power,
    Rates,
    Steps,
    WarmupSteps,
    parameter_of,
)
from lrtui.schedules.quantities import Tenths
from lrtui.schedules.reading import Reading

TITLE = "TensorFlow Models Garden"
QUALIFIERS = ("official", "optimization", "lr_schedule", "tfm")

Bend = Annotated[float, Tenths(low=0.1, high=10)]


class _ScheduleOrRate(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> Schedule:
        """The schedule; a plain rate is constant."""
        if isinstance(node, ast.Constant):
            return Constant(line.reader.value(parameter_of(name, LearningRate, None), node))
        schedule: Schedule = line.reader.value(parameter_of(name, Inner, None), node)
        return schedule


ScheduleOrRate = Annotated[Any, _ScheduleOrRate()]


def _on(schedule: Schedule, steps: int) -> Schedule:
    """A schedule that has gone on for so many steps."""
    constant = isinstance(schedule, Constant) or steps == 0
    return schedule if constant else Offset(schedule, steps)


@becomes(Sequence)
def LinearWarmup(
    after_warmup_lr_sched: ScheduleOrRate,
    warmup_steps: WarmupSteps,
    warmup_learning_rate: LearningRate,
    name: NameOfIt = None,
) -> Schedule:
    """``LinearWarmup``: to what the schedule is when the warmup ends."""
    after = after_warmup_lr_sched
    if warmup_steps == 0:
        return _schedule(after)
    rise = LinearDecay(warmup_learning_rate, warmup_steps, float(after(warmup_steps)))
    return joined([(0, rise), (warmup_steps, _on(after, warmup_steps))])


def _schedule(schedule: Any) -> Schedule:
    assert isinstance(schedule, Schedule)
    return schedule


@becomes(Sequence)
def PolynomialWarmUp(
    after_warmup_lr_sched: ScheduleOrRate,
    warmup_steps: WarmupSteps,
    power: Bend = 1.0,
    name: NameOfIt = None,
) -> Schedule:
    """``PolynomialWarmUp``. Its step 0 has the rate of step 1."""
    after = after_warmup_lr_sched
    if warmup_steps == 0:
        return _schedule(after)
    rise = PowerDecay(0.0, warmup_steps, float(after(warmup_steps)), 1.0, power)
    first = Constant(float(rise(1)))
    return joined([(0, first), (1, Offset(rise, 1)), (warmup_steps, _on(after, warmup_steps))])


@becomes(Sequence)
def WarmUp(
    initial_learning_rate: LearningRate,
    decay_schedule_fn: ScheduleOrRate,
    warmup_steps: Steps,
    power: Bend = 1.0,
    name: NameOfIt = None,
) -> Reading:
    """``official.nlp.optimization.WarmUp``. transformers' class of that name puts the decay off."""
    rise: Schedule = LinearDecay(0.0, warmup_steps, initial_learning_rate)
    if power != 1:
        rise = PowerDecay(0.0, warmup_steps, initial_learning_rate, 1.0, power)
    schedule = joined([(0, rise), (warmup_steps, _on(decay_schedule_fn, warmup_steps))])
    note = (
        "WarmUp is read as Models Garden's, whose decay counts from step 0; that of transformers "
        f"begins after the warmup: for it open Warmup({decay_schedule_fn}, {warmup_steps})."
    )
    return Reading(schedule, () if isinstance(decay_schedule_fn, Constant) else (note,))


@becomes(PiecewiseConstantDecay)
def PiecewiseConstantDecayWithOffset(
    offset: WarmupSteps = 0, *, boundaries: Boundaries, values: Rates, name: NameOfIt = None
) -> Schedule:
    """Keras' ``PiecewiseConstantDecay`` at step - offset."""
    return PiecewiseConstantDecay(tuple(one + offset for one in boundaries), values)


@becomes(PolynomialDecay)
def PolynomialDecayWithOffset(
    offset: WarmupSteps = 0,
    *,
    initial_learning_rate: LearningRate,
    decay_steps: Steps,
    end_learning_rate: LearningRate = 0.0001,
    power: Power = 1.0,
    cycle: Flag = False,
    name: NameOfIt = None,
) -> Schedule:
    """Keras' ``PolynomialDecay`` at step - offset. Before the offset it is above its first rate."""
    if cycle and offset:
        raise Invalid("cycle", "must be False with an offset", cycle)
    grown = (1 + offset / decay_steps) ** power
    start = end_learning_rate + (initial_learning_rate - end_learning_rate) * grown
    if start < 0:
        raise Invalid("offset", "gives rates below 0 before it, as the rate rises", offset)
    return PolynomialDecay(start, decay_steps + offset, end_learning_rate, power, cycle)


@becomes(ExponentialDecay)
def ExponentialDecayWithOffset(
    offset: WarmupSteps = 0,
    *,
    initial_learning_rate: LearningRate,
    decay_steps: Steps,
    decay_rate: Factor,
    staircase: Flag = False,
    name: NameOfIt = None,
) -> Schedule:
    """Keras' ``ExponentialDecay`` at step - offset. Before it the rate is above its first one."""
    if offset and not decay_rate:
        raise Invalid("decay_rate", "must be above 0 with an offset", decay_rate)
    if staircase and offset % decay_steps:
        raise Invalid("offset", "must be a multiple of decay_steps with staircase", offset)
    start = initial_learning_rate * (decay_rate ** (-offset / decay_steps) if offset else 1)
    return ExponentialDecay(start, decay_steps, decay_rate, staircase)


@becomes(CosineDecay, Sequence)
def CosineDecayWithOffset(
    offset: WarmupSteps = 0,
    *,
    initial_learning_rate: LearningRate,
    decay_steps: Steps,
    alpha: Fraction = 0.0,
    name: NameOfIt = None,
) -> Schedule:
    """Keras' ``CosineDecay`` at step - offset. Before the offset it is the cosine's other side."""
    decay = CosineDecay(initial_learning_rate, decay_steps, alpha)
    before = CosineSwing(initial_learning_rate, decay_steps, alpha * initial_learning_rate)
    shift = 2 * decay_steps * math.ceil(offset / (2 * decay_steps)) - offset
    return joined([(0, _on(before, shift)), (offset, decay)])


@becomes(PowerLaw)
def DirectPowerDecay(
    initial_learning_rate: LearningRate, power: Exponent = 1.0, name: NameOfIt = None
) -> Schedule:
    """``DirectPowerDecay``."""
    return PowerLaw(initial_learning_rate, power)


@becomes(Product)
def PowerAndLinearDecay(
    initial_learning_rate: LearningRate,
    total_decay_steps: Steps,
    power: Exponent = 1.0,
    linear_decay_fraction: Fraction = 0.1,
    offset: WarmupSteps = 0,
    name: NameOfIt = None,
) -> Schedule:
    """``PowerAndLinearDecay``."""
    law: Schedule = PowerLaw(initial_learning_rate, power)
    law = joined([(0, Constant(initial_learning_rate)), (offset, law)])
    steps = total_decay_steps * linear_decay_fraction
    if steps == 0:
        return law
    if abs(steps - round(steps)) > 1e-6:
        allowed = "must give a whole number of steps"
        raise Invalid("linear_decay_fraction", allowed, linear_decay_fraction)
    begin = offset + total_decay_steps - round(steps)
    return Product((law, LinearDecay(1.0, round(steps), 0.0, begin)))


@becomes(Sequence, PowerLaw)
def PowerDecayWithOffset(
    initial_learning_rate: LearningRate,
    power: Exponent = 1.0,
    offset: WarmupSteps = 0,
    pre_offset_learning_rate: LearningRate = 1e6,
    name: NameOfIt = None,
) -> Schedule:
    """``PowerDecayWithOffset``. At the offset itself the rate before it still holds."""
    if power > 0 or initial_learning_rate > pre_offset_learning_rate:
        allowed = "must be above all that follows: it also caps that"
        raise Invalid("pre_offset_learning_rate", allowed, pre_offset_learning_rate)
    law = Offset(PowerLaw(initial_learning_rate, power), 1)
    return joined([(0, Constant(pre_offset_learning_rate)), (offset + 1, law)])


REFUSED = {
    "PolynomialDecayWithOffset": "a cycle with an offset; rates below 0 before it",
    "ExponentialDecayWithOffset": "stairs with an offset in the middle of one",
    "PowerAndLinearDecay": "a part of the steps that is no whole number of them",
    "PowerDecayWithOffset": "a pre_offset_learning_rate that what follows exceeds",
}
WITHOUT_CURVE = {
    "StepCosineDecayWithOffset": "divides by 0 from its last boundary on",
}
