"""The schedulers that PyTorch has itself, and when they mean the same at every step.

What it lacks, or has with another meaning, is not here and becomes a LambdaLR: CosineAnnealingLR,
for one, rises again after its end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lrtui.export.code.layout import call, literal
from lrtui.schedules import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing_restarts import CosineAnnealingRestarts
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.cyclical import CyclicalRate
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.one_cycle import OneCycle
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.step import StepDecay


@dataclass(frozen=True)
class BuiltinScheduler:
    """A scheduler that PyTorch has itself.

    Args:
        name: its class.
        arguments: source of the arguments after the optimizer.
        rate: the rate of the optimizer that it starts from; None: it sets that itself.
        note: what differs from the schedule's own arguments.
    """

    name: str
    arguments: str
    rate: float | None = None
    note: str = ""


def builtin_scheduler(schedule: Schedule) -> BuiltinScheduler | None:
    """PyTorch's own scheduler that gives these rates; None: it has none."""
    make = _BUILTINS.get(type(schedule))
    return make(schedule) if make else None


def _arguments(**named: Any) -> str:
    return call("", **named)[1:-1]


def _constant(schedule: Constant) -> BuiltinScheduler:
    return BuiltinScheduler("ConstantLR", "factor=1.0", schedule.learning_rate)


def _exponential(schedule: ExponentialDecay) -> BuiltinScheduler:
    start, steps, rate = (
        schedule.initial_learning_rate,
        schedule.decay_steps,
        schedule.decay_rate,
    )
    if schedule.staircase:
        return BuiltinScheduler("StepLR", _arguments(step_size=steps, gamma=rate), start)
    gamma = literal(rate) if steps == 1 else f"{literal(rate)} ** (1 / {steps})"
    note = "" if steps == 1 else f"gamma is for one step: {literal(rate)} in {steps} of them."
    return BuiltinScheduler("ExponentialLR", f"gamma={gamma}", start, note)


def _piecewise(schedule: PiecewiseConstantDecay) -> BuiltinScheduler | None:
    """MultiStepLR, where every rate is the same fraction of the one before."""
    boundaries, values = schedule.boundaries, schedule.values
    rising = all(low < high for low, high in pairwise(boundaries))
    gamma = float(f"{values[1] / values[0]:.12g}") if values[0] else 0.0
    steady = all(abs(low * gamma - high) <= 1e-7 * high for low, high in pairwise(values))
    if not (rising and steady and all(values)):
        return None
    milestones = tuple(step + 1 for step in boundaries)
    note = "At a milestone PyTorch has switched, at a boundary Keras has not: boundaries + 1."
    return BuiltinScheduler(
        "MultiStepLR", _arguments(milestones=milestones, gamma=gamma), values[0], note
    )


def _polynomial(schedule: PolynomialDecay) -> BuiltinScheduler | None:
    if schedule.cycle or schedule.end_learning_rate:
        return None
    arguments = _arguments(total_iters=schedule.decay_steps, power=schedule.power)
    return BuiltinScheduler("PolynomialLR", arguments, schedule.initial_learning_rate)


def _linear(schedule: LinearDecay) -> BuiltinScheduler | None:
    """LinearLR takes fractions of one rate, of which the first must be above 0."""
    start, end = schedule.initial_learning_rate, schedule.end_learning_rate
    if schedule.decay_begin or start == 0:
        return None
    high = max(start, end)
    factors = {"start_factor": start, "end_factor": end}
    written = [
        f"{name}={'1.0' if rate == high else f'{literal(rate)} / {literal(high)}'}"
        for name, rate in factors.items()
    ]
    return BuiltinScheduler(
        "LinearLR", ", ".join([*written, f"total_iters={schedule.decay_steps}"]), high
    )


def _step(schedule: StepDecay) -> BuiltinScheduler:
    arguments = _arguments(step_size=schedule.step_size, gamma=schedule.gamma)
    return BuiltinScheduler("StepLR", arguments, schedule.initial_learning_rate)


def _multi_step(schedule: MultiStepDecay) -> BuiltinScheduler | None:
    if 0 in schedule.milestones:
        return None  # PyTorch passes over a milestone at step 0, or does not, by its version
    arguments = _arguments(milestones=schedule.milestones, gamma=schedule.gamma)
    return BuiltinScheduler("MultiStepLR", arguments, schedule.initial_learning_rate)


def _restarts(schedule: CosineAnnealingRestarts) -> BuiltinScheduler:
    arguments = _arguments(
        T_0=schedule.first_decay_steps, T_mult=schedule.t_mul, eta_min=schedule.end_learning_rate
    )
    return BuiltinScheduler(
        "CosineAnnealingWarmRestarts", arguments, schedule.initial_learning_rate
    )


def _swing(schedule: CosineSwing) -> BuiltinScheduler | None:
    if schedule.half_swings != 1:
        return None
    arguments = _arguments(T_max=schedule.decay_steps, eta_min=schedule.end_learning_rate)
    return BuiltinScheduler("CosineAnnealingLR", arguments, schedule.initial_learning_rate)


def _cyclical(schedule: CyclicalRate) -> BuiltinScheduler:
    named: dict[str, Any] = {
        "base_lr": schedule.base_learning_rate,
        "max_lr": schedule.max_learning_rate,
        "step_size_up": schedule.step_size_up,
    }
    if schedule.step_size_down is not None:
        named["step_size_down"] = schedule.step_size_down
    if schedule.mode != "triangular":
        named["mode"] = schedule.mode
    if schedule.mode == "exp_range":
        named["gamma"] = schedule.gamma
    return BuiltinScheduler("CyclicLR", _arguments(**named, cycle_momentum=False), note=_MOMENTUM)


def _one_cycle(schedule: OneCycle) -> BuiltinScheduler | None:
    """OneCycleLR, but where a phase has no length: there it divides by zero."""
    peak, last = schedule.pct_start * schedule.total_steps - 1, schedule.total_steps - 1
    ends = [0, peak, 2 * peak, last] if schedule.three_phase else [0, peak, last]
    if last == 0 or any(end == begin for begin, end in pairwise(ends)):
        return None
    named: dict[str, Any] = {
        "max_lr": schedule.max_learning_rate,
        "total_steps": schedule.total_steps,
        "pct_start": schedule.pct_start,
        "anneal_strategy": schedule.anneal_strategy,
        "cycle_momentum": False,
        "div_factor": schedule.div_factor,
        "final_div_factor": schedule.final_div_factor,
    }
    if schedule.three_phase:
        named["three_phase"] = True
    note = f"PyTorch refuses steps after total_steps. {_MOMENTUM}"
    return BuiltinScheduler("OneCycleLR", _arguments(**named), note=note)


_MOMENTUM = "A schedule leaves the momentum alone: cycle_momentum=False."
_BUILTINS: dict[type[Schedule], Callable[[Any], BuiltinScheduler | None]] = {
    Constant: _constant,
    CosineAnnealingRestarts: _restarts,
    CosineSwing: _swing,
    CyclicalRate: _cyclical,
    ExponentialDecay: _exponential,
    LinearDecay: _linear,
    MultiStepDecay: _multi_step,
    OneCycle: _one_cycle,
    PiecewiseConstantDecay: _piecewise,
    PolynomialDecay: _polynomial,
    StepDecay: _step,
}
