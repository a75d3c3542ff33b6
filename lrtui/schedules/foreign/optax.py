"""What optax has in ``optax.schedules``, as schedules of ours."""

from typing import Annotated

from lrtui.schedules.base import Inners, Schedule
from lrtui.schedules.division import moved_edges
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_power import CosinePower
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.floor import Floor
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.foreign.constructor import becomes, constructors
from lrtui.schedules.foreign.joining import begun, joined
from lrtui.schedules.foreign.kinds import ManyEntries, Whole, call_of
from lrtui.schedules.foreign.optax_pieces import (
    cosine_onecycle_schedule as cosine_onecycle_schedule,
)
from lrtui.schedules.foreign.optax_pieces import (
    linear_onecycle_schedule as linear_onecycle_schedule,
)
from lrtui.schedules.foreign.optax_pieces import (
    piecewise_constant_schedule as piecewise_constant_schedule,
)
from lrtui.schedules.foreign.optax_pieces import (
    piecewise_interpolate_schedule as piecewise_interpolate_schedule,
)
from lrtui.schedules.parameters import (
    Factor,
    Flag,
    Invalid,
    LearningRate,
    Power,
    Steps,
    WarmupSteps,
    parameter_of,
)
from lrtui.schedules.quantities import Number, OneTwoFive
from lrtui.schedules.reading import Reading

TITLE = "optax"
QUALIFIERS = ("optax", "schedules")

_DECAY_STEPS = parameter_of("decay_steps", Steps, None)
AnyBoundaries = Annotated[
    tuple[int, ...], Number("steps", low=-(10**12), high=10**12, example="300, 600")
]
Divisor = Annotated[float, OneTwoFive(low=1e-9, high=1e12)]


@becomes(Constant)
def constant_schedule(value: LearningRate) -> Schedule:
    """``optax.constant_schedule``."""
    return Constant(value)


@becomes(LinearDecay)
def linear_schedule(
    init_value: LearningRate,
    end_value: LearningRate,
    transition_steps: Whole,
    transition_begin: Whole = 0,
) -> Schedule:
    """``optax.linear_schedule``. Without steps it stays at its first rate."""
    if transition_steps <= 0:
        return Constant(init_value)
    return LinearDecay(init_value, transition_steps, end_value, max(0, transition_begin))


@becomes(PolynomialDecay)
def polynomial_schedule(
    init_value: LearningRate,
    end_value: LearningRate,
    power: Power,
    transition_steps: Whole,
    transition_begin: Whole = 0,
) -> Schedule:
    """``optax.polynomial_schedule``. Without steps it stays at its first rate."""
    if transition_steps <= 0:
        return Constant(init_value)
    decay = PolynomialDecay(init_value, transition_steps, end_value, power)
    return begun(decay, init_value, transition_begin)


def _exponential(
    init_value: float,
    transition_steps: int,
    decay_rate: float,
    transition_begin: int,
    staircase: bool,
    end_value: float | None,
) -> Schedule:
    if transition_steps <= 0 or decay_rate == 0:
        return Constant(init_value)
    decay = ExponentialDecay(init_value, transition_steps, decay_rate, staircase)
    if end_value is None:
        return begun(decay, init_value, transition_begin)
    if decay_rate < 1:
        return Floor(begun(decay, init_value, transition_begin), end_value)
    if init_value >= end_value or decay_rate == 1 or init_value == 0:
        return Constant(min(init_value, end_value))
    reached = _first_step_from(decay, end_value)
    begin = max(0, transition_begin)
    held: list[tuple[int, Schedule]] = [(0, Constant(init_value))] if begin else []
    return joined([*held, (begin, decay), (begin + reached, Constant(end_value))])


def _late_stairs(schedule: Schedule, staircase: bool, transition_steps: int) -> Schedule | Reading:
    """With a note where a compiler moves the stairs of optax."""
    moved = moved_edges(transition_steps) if staircase and transition_steps > 0 else []
    if not moved:
        return schedule
    note = (
        f"In a compiled step optax drops a step late, first at {moved[0]} steps after its begin: "
        f"XLA multiplies by the rounded 1 / {transition_steps}."
    )
    return Reading(schedule, (note,))


@becomes(ExponentialDecay)
def exponential_decay(
    init_value: LearningRate,
    transition_steps: Whole,
    decay_rate: Factor,
    transition_begin: Whole = 0,
    staircase: Flag = False,
    end_value: LearningRate | None = None,
) -> Schedule | Reading:
    """``optax.exponential_decay``. With a decay_rate of 0, or without steps, it does nothing."""
    decay = _exponential(
        init_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    return _late_stairs(decay, staircase, transition_steps)


def _first_step_from(growth: ExponentialDecay, rate: float) -> int:
    """The first step at which a growing schedule has reached a rate."""
    high = 1
    while float(growth(high)) < rate:
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if float(growth(middle)) < rate else (low, middle)
    return high


@becomes(CosineDecay, CosinePower)
def cosine_decay_schedule(
    init_value: LearningRate, decay_steps: Steps, alpha: LearningRate = 0.0, exponent: Power = 1.0
) -> Schedule:
    """``optax.cosine_decay_schedule``."""
    if exponent == 1 and alpha <= 1:
        return CosineDecay(init_value, decay_steps, alpha)
    return CosinePower(init_value, decay_steps, alpha * init_value, exponent)


@becomes(LinearDecay)
def warmup_constant_schedule(
    init_value: LearningRate, peak_value: LearningRate, warmup_steps: Whole
) -> Schedule:
    """``optax.warmup_constant_schedule``."""
    return linear_schedule(init_value, peak_value, warmup_steps)


@becomes(CosineDecay, Sequence)
def warmup_cosine_decay_schedule(
    init_value: LearningRate,
    peak_value: LearningRate,
    warmup_steps: WarmupSteps,
    decay_steps: WarmupSteps,
    end_value: LearningRate = 0.0,
    exponent: Power = 1.0,
) -> Schedule:
    """``optax.warmup_cosine_decay_schedule``. It counts the warmup into decay_steps."""
    if decay_steps <= warmup_steps:
        raise Invalid("decay_steps", "must be more than the warmup, which it includes", decay_steps)
    alpha, after = end_value / peak_value if peak_value else 0.0, decay_steps - warmup_steps
    if exponent == 1 and alpha <= 1:
        return CosineDecay(init_value, after, alpha, peak_value, warmup_steps)
    decay = CosinePower(peak_value, after, end_value if peak_value else 0.0, exponent)
    return joined(
        [(0, linear_schedule(init_value, peak_value, warmup_steps)), (warmup_steps, decay)]
    )


@becomes(Sequence, ExponentialDecay)
def warmup_exponential_decay_schedule(
    init_value: LearningRate,
    peak_value: LearningRate,
    warmup_steps: WarmupSteps,
    transition_steps: Whole,
    decay_rate: Factor,
    transition_begin: Whole = 0,
    staircase: Flag = False,
    end_value: LearningRate | None = None,
) -> Schedule | Reading:
    """``optax.warmup_exponential_decay_schedule``. The warmup ends at the peak, always."""
    decay = _exponential(
        peak_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    rise = linear_schedule(init_value, peak_value, warmup_steps)
    schedule = joined([(0, rise), (warmup_steps, decay)])
    return _late_stairs(schedule, staircase, transition_steps)


@becomes(Sequence)
def join_schedules(schedules: Inners, boundaries: AnyBoundaries) -> Schedule:
    """``optax.join_schedules``. Of a schedule or a boundary too many optax takes no notice."""
    if not schedules:
        raise Invalid("schedules", "must hold at least one schedule", [])
    return joined([*zip((0, *boundaries), schedules, strict=False)])


@becomes(Sequence)
def sgdr_schedule(cosine_kwargs: ManyEntries) -> Schedule:
    """``optax.sgdr_schedule``: warmups and cosines, one after another."""
    dicts, line = cosine_kwargs
    make = constructors(line.library)["warmup_cosine_decay_schedule"]
    begin, parts = 0, []
    for given in dicts:
        parts.append((begin, make(call_of(given), line)))
        begin += line.reader.value(_DECAY_STEPS, given["decay_steps"])
    return joined(parts)


WITHOUT_CURVE = {
    "reduce_on_plateau": "depends on the loss, so it has no curve of its own",
    "inject_hyperparams": "makes a rate that can be set: open the schedule that is given to it",
    "schedule_free": "averages the weights: open the schedule that is given to it",
}
