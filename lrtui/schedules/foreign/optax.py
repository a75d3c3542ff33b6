"""What optax has, as schedules of ours."""

from lrtui.schedules.base import Inners, Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.floor import Floor
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.one_cycle import Divisor, OneCycle
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.foreign.kinds import One, Pairs, after_warmup, begun
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


def constant_schedule(value: LearningRate) -> Constant:
    """``optax.constant_schedule``."""
    return Constant(value)


def linear_schedule(
    init_value: LearningRate,
    end_value: LearningRate,
    transition_steps: Steps,
    transition_begin: WarmupSteps = 0,
) -> LinearDecay:
    """``optax.linear_schedule``."""
    return LinearDecay(init_value, transition_steps, end_value, transition_begin)


def polynomial_schedule(
    init_value: LearningRate,
    end_value: LearningRate,
    power: Power,
    transition_steps: Steps,
    transition_begin: WarmupSteps = 0,
) -> Schedule:
    """``optax.polynomial_schedule``."""
    return begun(
        PolynomialDecay(init_value, transition_steps, end_value, power),
        init_value,
        transition_begin,
    )


def exponential_decay(
    init_value: LearningRate,
    transition_steps: Steps,
    decay_rate: Factor,
    transition_begin: WarmupSteps = 0,
    staircase: Flag = False,
    end_value: LearningRate | None = None,
) -> Schedule:
    """``optax.exponential_decay``."""
    if end_value is not None and decay_rate >= 1:
        raise Invalid("end_value", "must be left out where decay_rate is not below 1", end_value)
    decay = ExponentialDecay(init_value, transition_steps, decay_rate or 1.0, staircase)
    schedule = begun(decay, init_value, transition_begin)
    return schedule if end_value is None else Floor(schedule, end_value)


def cosine_decay_schedule(
    init_value: LearningRate, decay_steps: Steps, alpha: Fraction = 0.0, exponent: One = 1.0
) -> CosineDecay:
    """``optax.cosine_decay_schedule``."""
    return CosineDecay(init_value, decay_steps, alpha)


def warmup_constant_schedule(
    init_value: LearningRate, peak_value: LearningRate, warmup_steps: Steps
) -> LinearDecay:
    """``optax.warmup_constant_schedule``."""
    return LinearDecay(init_value, warmup_steps, peak_value)


def warmup_cosine_decay_schedule(
    init_value: LearningRate,
    peak_value: LearningRate,
    warmup_steps: WarmupSteps,
    decay_steps: Steps,
    end_value: LearningRate = 0.0,
    exponent: One = 1.0,
) -> CosineDecay:
    """``optax.warmup_cosine_decay_schedule``. It counts the warmup into decay_steps."""
    alpha = end_value / peak_value if peak_value else 0.0
    after = after_warmup(decay_steps, warmup_steps, "decay_steps")
    return CosineDecay(init_value, after, alpha, peak_value, warmup_steps)


def warmup_exponential_decay_schedule(
    init_value: LearningRate,
    peak_value: LearningRate,
    warmup_steps: WarmupSteps,
    transition_steps: Steps,
    decay_rate: Factor,
    transition_begin: WarmupSteps = 0,
    staircase: Flag = False,
    end_value: LearningRate | None = None,
) -> Schedule:
    """``optax.warmup_exponential_decay_schedule``."""
    decay = exponential_decay(
        peak_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    return Warmup(decay, warmup_steps, init_value) if warmup_steps else decay


def cosine_onecycle_schedule(
    transition_steps: Steps,
    peak_value: LearningRate,
    pct_start: Fraction = 0.3,
    div_factor: Divisor = 25.0,
    final_div_factor: Divisor = 1e4,
) -> OneCycle:
    """``optax.cosine_onecycle_schedule``. Peak and end lie a step later than PyTorch's."""
    total = transition_steps + 1
    peak = (int(pct_start * transition_steps) + 1) / total
    return OneCycle(peak_value, total, peak, "cos", div_factor, final_div_factor)


def linear_onecycle_schedule(
    transition_steps: Steps,
    peak_value: LearningRate,
    pct_start: Fraction = 0.3,
    pct_final: Fraction = 0.85,
    div_factor: Divisor = 25.0,
    final_div_factor: Divisor = 1e4,
) -> Sequence:
    """``optax.linear_onecycle_schedule``. Three lines, which optax lets meet at whole steps."""
    low = peak_value / div_factor
    peak, back = int(pct_start * transition_steps), int(pct_final * transition_steps)
    if not 0 < peak < back < transition_steps:
        raise Invalid("pct_final", "must leave steps to each of the three phases", pct_final)
    lines = (
        LinearDecay(low, peak, peak_value),
        LinearDecay(peak_value, back - peak, low),
        LinearDecay(low, transition_steps - back, low / final_div_factor),
    )
    return Sequence(lines, (peak, back))


def piecewise_constant_schedule(
    init_value: LearningRate, boundaries_and_scales: Pairs = ()
) -> Schedule:
    """``optax.piecewise_constant_schedule``. At a boundary it has switched, Keras has not."""
    scales = sorted(zip(boundaries_and_scales[::2], boundaries_and_scales[1::2], strict=True))
    values: tuple[float, ...] = (init_value,)
    boundaries: tuple[int, ...] = ()
    for boundary, scale in scales:
        if boundary < 1 or boundary != int(boundary):
            raise Invalid("boundaries_and_scales", "must have steps from 1 on as keys", boundary)
        values += (values[-1] * scale,)
        boundaries += (int(boundary) - 1,)
    return PiecewiseConstantDecay(boundaries, values) if boundaries else Constant(init_value)


def join_schedules(schedules: Inners, boundaries: Boundaries) -> Sequence:
    """``optax.join_schedules``."""
    return Sequence(schedules, boundaries)


CONSTRUCTORS = {
    "constant_schedule": constant_schedule,
    "linear_schedule": linear_schedule,
    "polynomial_schedule": polynomial_schedule,
    "exponential_decay": exponential_decay,
    "cosine_decay_schedule": cosine_decay_schedule,
    "warmup_constant_schedule": warmup_constant_schedule,
    "warmup_cosine_decay_schedule": warmup_cosine_decay_schedule,
    "warmup_exponential_decay_schedule": warmup_exponential_decay_schedule,
    "cosine_onecycle_schedule": cosine_onecycle_schedule,
    "linear_onecycle_schedule": linear_onecycle_schedule,
    "piecewise_constant_schedule": piecewise_constant_schedule,
    "join_schedules": join_schedules,
}
