"""The schedules that optax has itself, and when they mean the same at every step.

Their conventions differ: optax counts a warmup into `decay_steps`, and at a boundary it has already
switched. What is written accounts for that.
"""

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

from lrtui.export.code.functions import BuiltinSchedule
from lrtui.export.code.layout import call, literal
from lrtui.export.numbers import shortest
from lrtui.schedules import Schedule
from lrtui.schedules.division import moved_edges
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cosine_power import CosinePower
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.interpolation import PiecewiseInterpolation
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.one_cycle import OneCycle
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.family.warmup import Warmup

Add = Callable[[Schedule], str]
"""Writes down an inner schedule and returns its name."""

INT32 = 2**31


def builtin_schedule(schedule: Schedule, add: Add) -> BuiltinSchedule | None:
    """Optax's own schedule that gives these rates; None: it has none."""
    make = _BUILTINS.get(type(schedule))
    return make(schedule, add) if make else None


def _constant(schedule: Constant, add: Add) -> BuiltinSchedule:
    return BuiltinSchedule(f"optax.constant_schedule({literal(schedule.learning_rate)})")


def _exponential(schedule: ExponentialDecay, add: Add) -> BuiltinSchedule | None:
    if schedule.decay_rate == 0:
        return None  # optax takes that for "does not decay"
    if schedule.staircase and moved_edges(schedule.decay_steps):
        return None  # compiled, optax would be a step late there
    named: dict[str, Any] = {
        "transition_steps": _steps(schedule.decay_steps),
        "decay_rate": schedule.decay_rate,
    }
    if schedule.staircase:
        named["staircase"] = True
    return BuiltinSchedule(
        call("optax.exponential_decay", literal(schedule.initial_learning_rate), **named)
    )


def _cosine(schedule: CosineDecay, add: Add) -> BuiltinSchedule | None:
    target, warmup, decay = schedule.warmup_target, schedule.warmup_steps, schedule.decay_steps
    if target is None or warmup == 0:
        peak = schedule.initial_learning_rate if target is None else target
        named: dict[str, Any] = {"alpha": schedule.alpha} if schedule.alpha else {}
        made = call(
            "optax.cosine_decay_schedule", literal(peak), decay_steps=_steps(decay), **named
        )
        return BuiltinSchedule(made)
    if warmup + decay >= INT32:
        return None
    total = f"decay_steps={warmup + decay}"
    end = f"end_value={literal(schedule.alpha)} * {literal(target)}"
    parts = [
        f"init_value={literal(schedule.initial_learning_rate)}",
        f"peak_value={literal(target)}",
        f"warmup_steps={warmup}",
        total,
        *([end] if schedule.alpha else []),
    ]
    note = "optax counts the warmup into decay_steps, Keras does not."
    return BuiltinSchedule(f"optax.warmup_cosine_decay_schedule({', '.join(parts)})", note)


def _piecewise(schedule: PiecewiseConstantDecay, add: Add) -> BuiltinSchedule | None:
    """Scales where their product is the rate in float32 too, else joined constants."""
    boundaries, values = schedule.boundaries, schedule.values
    rising = all(low < high for low, high in pairwise(boundaries))
    if not rising or boundaries[-1] + 1 >= INT32:
        return None
    note = "At a boundary optax has switched and Keras has not: boundaries + 1."
    later = [step + 1 for step in boundaries]
    if all(values[:-1]):
        scales = [float(f"{high / low:.9g}") for low, high in pairwise(values)]
        products = accumulate(scales, lambda rate, scale: rate * scale, initial=values[0])
        near = all(abs(a - b) <= 3e-7 * b for a, b in zip(products, values, strict=True))
        if near and len(values) <= 5:
            pairs = zip(later, scales, strict=True)
            scaled = ", ".join(f"{step}: {literal(scale)}" for step, scale in pairs)
            made = f"optax.piecewise_constant_schedule({literal(values[0])}, {{{scaled}}})"
            return BuiltinSchedule(
                made, f"{note} Each rate is given as a fraction of the one before."
            )
    constants = ", ".join(f"optax.constant_schedule({literal(rate)})" for rate in values)
    return BuiltinSchedule(f"optax.join_schedules([{constants}], boundaries={later})", note)


def _polynomial(schedule: PolynomialDecay, add: Add) -> BuiltinSchedule | None:
    if schedule.cycle or not schedule.power.is_integer():
        return None  # compiled, optax takes 1 - 3 / 3 for less than 0, which has no root
    made = call(
        "optax.polynomial_schedule",
        literal(schedule.initial_learning_rate),
        end_value=schedule.end_learning_rate,
        power=schedule.power,
        transition_steps=_steps(schedule.decay_steps),
    )
    return BuiltinSchedule(made)


def _steps(steps: int) -> float:
    """Steps that fit into 32 bits, or as a float."""
    return steps if steps < INT32 else float(steps)


def _linear(schedule: LinearDecay, add: Add) -> BuiltinSchedule:
    named = {"transition_begin": _steps(schedule.decay_begin)} if schedule.decay_begin else {}
    made = call(
        "optax.linear_schedule",
        literal(schedule.initial_learning_rate),
        end_value=schedule.end_learning_rate,
        transition_steps=_steps(schedule.decay_steps),
        **named,
    )
    return BuiltinSchedule(made)


def _step(schedule: StepDecay, add: Add) -> BuiltinSchedule | None:
    if schedule.gamma == 0 or moved_edges(schedule.step_size):
        return None  # optax takes 0 for "does not decay"; compiled, it would be a step late
    made = call(
        "optax.exponential_decay",
        literal(schedule.initial_learning_rate),
        transition_steps=_steps(schedule.step_size),
        decay_rate=schedule.gamma,
        staircase=True,
    )
    return BuiltinSchedule(made)


def _multi_step(schedule: MultiStepDecay, add: Add) -> BuiltinSchedule | None:
    milestones = sorted(schedule.milestones)
    if len(set(milestones)) < len(milestones) or max(milestones, default=0) >= INT32:
        return None
    scaled = ", ".join(f"{step}: {literal(schedule.gamma)}" for step in milestones)
    start = literal(schedule.initial_learning_rate)
    return BuiltinSchedule(f"optax.piecewise_constant_schedule({start}, {{{scaled}}})")


def _annealing(schedule: CosineAnnealing, add: Add) -> BuiltinSchedule | None:
    start, end = schedule.initial_learning_rate, schedule.end_learning_rate
    if end > start:
        return None
    alpha = f", alpha={literal(end)} / {literal(start)}" if end else ""
    steps = literal(_steps(schedule.decay_steps))
    note = "alpha is a fraction of the first rate." if end else ""
    expression = f"optax.cosine_decay_schedule({literal(start)}, decay_steps={steps}{alpha})"
    return BuiltinSchedule(expression, note)


def _cosine_power(schedule: CosinePower, add: Add) -> BuiltinSchedule | None:
    start, end = schedule.initial_learning_rate, schedule.end_learning_rate
    if start == 0 or not schedule.exponent.is_integer():
        return None  # compiled, optax may take 1 + cos for less than 0, which has no root
    alpha = f", alpha={literal(end)} / {literal(start)}" if end else ""
    steps = literal(_steps(schedule.decay_steps))
    expression = (
        f"optax.cosine_decay_schedule({literal(start)}, decay_steps={steps}{alpha}, "
        f"exponent={literal(schedule.exponent)})"
    )
    return BuiltinSchedule(expression, "alpha is a fraction of the first rate." if end else "")


def _interpolation(schedule: PiecewiseInterpolation, add: Add) -> BuiltinSchedule | None:
    """Each rate as a fraction of the one before, where none before is 0."""
    values = schedule.values
    if not all(values[:-1]) or schedule.boundaries[-1] >= INT32 or len(values) > 5:
        return None
    scales = [float(f"{high / low:.9g}") for low, high in pairwise(values)]
    pairs = zip(schedule.boundaries, scales, strict=True)
    scaled = ", ".join(f"{step}: {literal(scale)}" for step, scale in pairs)
    kind, first = literal(schedule.shape), literal(values[0])
    made = f"optax.piecewise_interpolate_schedule({kind}, {first}, {{{scaled}}})"
    return BuiltinSchedule(made, "Each rate is given as a fraction of the one before.")


def _one_cycle(schedule: OneCycle, add: Add) -> BuiltinSchedule | None:
    """Optax has cosines in two phases and lines in three, with the ends of phases at steps."""
    last, peak = schedule.total_steps - 1, schedule.pct_start * schedule.total_steps - 1
    cosine = schedule.anneal_strategy == "cos"
    if cosine is schedule.three_phase or last >= INT32:
        return None
    ends = [peak] if cosine else [peak, 2 * peak]
    shares = [end / last if last else 0.0 for end in ends]
    whole = all(int(share * last) == end for share, end in zip(shares, ends, strict=True))
    if not (whole and peak > 0 and ends[-1] < last):
        return None
    names = ["pct_start", "pct_final"]
    written = [f"{name}={int(end)} / {last}" for name, end in zip(names, ends, strict=False)]
    parts = [
        f"transition_steps={last}",
        f"peak_value={literal(schedule.max_learning_rate)}",
        *written,
        f"div_factor={literal(schedule.div_factor)}",
        f"final_div_factor={literal(schedule.final_div_factor)}",
    ]
    kind = "cosine" if cosine else "linear"
    note = "optax counts to the last step and the peak; PyTorch, as here, one less each."
    return BuiltinSchedule(f"optax.{kind}_onecycle_schedule({', '.join(parts)})", note)


def _sequence(schedule: Sequence, add: Add) -> BuiltinSchedule | None:
    if any(boundary >= INT32 for boundary in schedule.boundaries):
        return None
    names = ", ".join(add(one) for one in schedule.schedules)
    boundaries = literal(schedule.boundaries)
    return BuiltinSchedule(f"optax.join_schedules([{names}], boundaries={boundaries})")


def _warmup(schedule: Warmup, add: Add) -> BuiltinSchedule | None:
    if schedule.shape != "linear" or schedule.steps >= INT32:
        return None
    parts = [
        literal(schedule.initial_learning_rate),
        f"end_value={shortest(float(schedule.schedule(0)))}",
        f"transition_steps={schedule.steps}",
    ]
    warmup = f"optax.linear_schedule({', '.join(parts)})"
    joined = f"[{warmup}, {add(schedule.schedule)}], boundaries=[{schedule.steps}]"
    return BuiltinSchedule(f"optax.join_schedules({joined})")


_BUILTINS: dict[type[Schedule], Callable[[Any, Add], BuiltinSchedule | None]] = {
    Constant: _constant,
    CosineAnnealing: _annealing,
    CosineDecay: _cosine,
    CosinePower: _cosine_power,
    ExponentialDecay: _exponential,
    LinearDecay: _linear,
    MultiStepDecay: _multi_step,
    OneCycle: _one_cycle,
    PiecewiseConstantDecay: _piecewise,
    PiecewiseInterpolation: _interpolation,
    PolynomialDecay: _polynomial,
    Sequence: _sequence,
    StepDecay: _step,
    Warmup: _warmup,
}
