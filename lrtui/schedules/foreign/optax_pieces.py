"""Schedules of optax that are made of pieces between given steps, each a multiple of the last."""

from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.interpolation import Between, PiecewiseInterpolation
from lrtui.schedules.family.one_cycle import OneCycle
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.kinds import Pairs
from lrtui.schedules.parameters import Fraction, Invalid, LearningRate, Steps
from lrtui.schedules.quantities import OneTwoFive

Divisor = Annotated[float, OneTwoFive(low=1e-9, high=1e12)]


def _interpolation(shape: str, first: float, scales: dict[int, float]) -> Schedule:
    """Rates at steps, each a multiple of the one before."""
    boundaries, values = [0], [first]
    for boundary, scale in sorted(scales.items()):
        if boundary == 0:
            values[-1] *= scale
        else:
            boundaries.append(boundary)
            values.append(values[-1] * scale)
    if len(boundaries) == 1:
        return Constant(values[0])
    return PiecewiseInterpolation(tuple(boundaries[1:]), tuple(values), shape)


@becomes(PiecewiseInterpolation)
def piecewise_interpolate_schedule(
    interpolate_type: Between, init_value: LearningRate, boundaries_and_scales: Pairs | None = None
) -> Schedule:
    """``optax.piecewise_interpolate_schedule``."""
    return _interpolation(interpolate_type, init_value, _scales(boundaries_and_scales or (), 0))


@becomes(OneCycle, PiecewiseInterpolation)
def cosine_onecycle_schedule(
    transition_steps: Steps,
    peak_value: LearningRate,
    pct_start: Fraction = 0.3,
    div_factor: Divisor = 25.0,
    final_div_factor: Divisor = 1e4,
) -> Schedule:
    """``optax.cosine_onecycle_schedule``. Peak and end lie a step later than PyTorch's."""
    peak = int(pct_start * transition_steps)
    if 0 < peak < transition_steps and min(div_factor, final_div_factor) >= 0.001:
        total = transition_steps + 1
        return OneCycle(peak_value, total, (peak + 1) / total, "cos", div_factor, final_div_factor)
    scales = {peak: div_factor}
    scales[transition_steps] = 1 / (div_factor * final_div_factor)
    return _interpolation("cosine", peak_value / div_factor, scales)


@becomes(PiecewiseInterpolation)
def linear_onecycle_schedule(
    transition_steps: Steps,
    peak_value: LearningRate,
    pct_start: Fraction = 0.3,
    pct_final: Fraction = 0.85,
    div_factor: Divisor = 25.0,
    final_div_factor: Divisor = 1e4,
) -> Schedule:
    """``optax.linear_onecycle_schedule``. Three lines, which meet at whole steps."""
    scales = {int(pct_start * transition_steps): div_factor}
    scales[int(pct_final * transition_steps)] = 1 / div_factor
    scales[transition_steps] = 1 / final_div_factor
    return _interpolation("linear", peak_value / div_factor, scales)


def _scales(pairs: tuple[float, ...], low: float) -> dict[int, float]:
    """Steps and factors from a row of both."""
    found = dict(zip(pairs[::2], pairs[1::2], strict=True))
    for step, scale in found.items():
        if step != int(step) or step < low:
            allowed = f"must have whole steps from {low:g} on as keys"
            raise Invalid("boundaries_and_scales", allowed, step)
        if scale < 0:
            raise Invalid("boundaries_and_scales", "must have factors of 0 and more", scale)
    return {int(step): scale for step, scale in found.items()}


@becomes(PiecewiseConstantDecay)
def piecewise_constant_schedule(
    init_value: LearningRate, boundaries_and_scales: Pairs | None = None
) -> Schedule:
    """``optax.piecewise_constant_schedule``. At a boundary it has switched, Keras has not."""
    rate, values, boundaries = init_value, [init_value], []
    for boundary, scale in sorted(_scales(boundaries_and_scales or (), -1e12).items()):
        rate *= scale
        if boundary <= 0:
            values[-1] = rate
        else:
            values.append(rate)
            boundaries.append(boundary - 1)
    if not boundaries:
        return Constant(values[0])
    return PiecewiseConstantDecay(tuple(boundaries), tuple(values))
