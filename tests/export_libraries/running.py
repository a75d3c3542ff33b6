"""Running exported code in the library it is for, and the bounds within which it must agree."""

import math
import warnings
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import tensorflow as tf
import torch

from lrtui.export.code import code
from lrtui.schedules import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.cosine_wave import CosineWave
from lrtui.schedules.family.cyclical import CyclicalRate
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.inverse_time import InverseTimeDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.family.warmup import Warmup

STEPS = np.arange(640)
"""One length for all: jax compiles once a shape."""

EPSILON = 2.0**-23
TINY = 2.0**-126
Floats = np.ndarray[Any, Any]


def namespace_of(source: str) -> dict[str, Any]:
    """What the source defines, run by itself."""
    found: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported", "exec"), found)
    return found


def by_keras(schedule: Schedule, steps: Floats = STEPS) -> Floats:
    source = code(schedule, "keras")
    made = namespace_of(source)["schedule"]
    assert isinstance(made, keras.optimizers.schedules.LearningRateSchedule)
    if "warmup_target" in source:  # Keras' cosine takes one step at a time then
        compiled = tf.function(lambda many: tf.map_fn(made, many, fn_output_signature=tf.float32))
        return np.asarray(compiled(tf.constant(steps, tf.int64)))
    return np.asarray(made(tf.constant(steps, tf.int64)))


def by_torch(schedule: Schedule, steps: Floats = STEPS) -> Floats:
    """The rate that each step of an optimizer uses, its own rate having been another.

    PyTorch's OneCycleLR stops a training after its steps; then so many rates are returned.
    """
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(()))], lr=0.0123)
    source = code(schedule, "torch")
    scheduler = namespace_of(source)["make_scheduler"](optimizer)
    if " OneCycleLR" in source:
        steps = steps[: schedule.total_steps]  # type: ignore[attr-defined]
    rates = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        for _ in steps:
            (group,) = optimizer.param_groups
            assert type(group["lr"]) is float
            rates.append(group["lr"])
            optimizer.step()
            scheduler.step()
    return np.array(rates)


def by_optax(schedule: Schedule, steps: Floats = STEPS) -> Floats:
    """One step at a time in a compiled loop, as in a training."""
    made = namespace_of(code(schedule, "optax"))["schedule"]
    loop = jax.jit(lambda many: jax.lax.map(lambda step: jnp.float32(made(step)), many))
    rates: Floats = np.asarray(loop(jnp.asarray(steps, jnp.int32)))
    return rates


RUNNERS = {"keras": by_keras, "torch": by_torch, "optax": by_optax}


def relative(schedule: Schedule, steps: Floats) -> Floats:
    """How far rates may be apart by rounding, as a fraction of the rate.

    1e-6, and where the rate is a power of a factor more: half a unit in the last place of the
    factor counts once for each time it is applied, and one of the exponent times its logarithm.
    """
    match schedule:
        case ExponentialDecay(decay_steps=times, decay_rate=factor):
            applied = steps / times
        case StepDecay(step_size=times, gamma=factor):
            applied = steps / times
        case MultiStepDecay(gamma=factor):
            applied = np.array([sum(one <= step for one in schedule.milestones) for step in steps])
        case CyclicalRate(mode="exp_range", gamma=factor):
            applied = steps
        case _:
            return np.full(len(steps), 1e-6)
    return np.asarray(1e-6 + EPSILON * applied * (1 - math.log(min(max(factor, TINY), 1))))


def absolute(schedule: Schedule, steps: Floats, rates: Floats) -> Any:
    """How far they may be apart by cancellation: some last places of the highest rate.

    A number, or one for each step. Where every term of a formula is positive, nothing cancels.
    Numbers below the smallest normal one are 0 in TensorFlow and XLA, also on the way: that number
    times the highest rate counts too.
    """
    peak = float(rates.max())
    tiny = TINY * max(1.0, peak)
    match schedule:
        case (
            Constant()
            | ExponentialDecay()
            | StepDecay()
            | MultiStepDecay()
            | InverseTimeDecay()
            | PiecewiseConstantDecay()
        ):
            return tiny
        case CosineWave(amplitude=amplitude, steps_per_radian=times):
            # It never ends: the last place of its angle grows with the steps.
            return EPSILON * (4 * peak + amplitude * steps[:, None] / times) + tiny
        case CosineSwing(decay_steps=times, half_swings=swings):
            return EPSILON * peak * (4 + 2 * swings * steps[:, None] / times) + tiny
        case CosineDecayRestarts(m_mul=m_mul):
            return 16 * EPSILON * rounding(schedule) * max(1.0, m_mul) * peak + tiny
        case Warmup(shape="exponential", schedule=later):
            # Powers pass on the relative error of the first rate, which cancels against the peak.
            first = max(float(later(0)), TINY)
            return 4 * EPSILON * peak * max(1.0, peak / first) + tiny
    return 4 * EPSILON * peak + tiny


def rounding(schedule: CosineDecayRestarts) -> float:
    """What is done of a period is a difference of numbers so many times as large."""
    return 1 + (0 if schedule.t_mul == 1 else 1 / (schedule.t_mul - 1))


def shown(schedule: Schedule, steps: Floats) -> Floats:
    """The rates that are shown, a row a step; where one cannot know better, several.

    CosineDecayRestarts finds its period by a logarithm: where a restart lies within the rounding of
    a step, the rate on either side of it is as good.
    """
    if not isinstance(schedule, CosineDecayRestarts) or schedule.t_mul == 1:
        return np.asarray(schedule(steps), np.float64)[:, None]
    shifts = 1 + 2 * EPSILON * rounding(schedule) * np.linspace(-3, 3, 13)
    with np.errstate(all="ignore"):
        near = schedule.formula(np.float32(steps[:, None] * shifts), np)
    return np.asarray(near, np.float64)


def assert_same(schedule: Schedule, found: Floats) -> None:
    """`found` are the rates of the schedule at the first steps, within rounding."""
    steps = STEPS[: len(found)]
    ours, theirs = shown(schedule, steps), np.asarray(found, np.float64)[:, None]
    bound = relative(schedule, steps)[:, None] * np.abs(ours) + absolute(schedule, steps, ours)
    wrong = ~(np.abs(ours - theirs) <= bound).any(axis=1)
    assert not wrong.any(), (
        f"{schedule} at {steps[wrong][:5]}: {ours[wrong][:5, -1]} shown, {theirs[wrong][:5, 0]} run"
    )
