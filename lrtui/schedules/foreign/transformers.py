"""What transformers has, as schedules of ours; `lr` is the optimizer's rate."""

from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.inverse_sqrt import InverseSquareRoot
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.wsd import Shape, WarmupStableDecay
from lrtui.schedules.foreign.kinds import (
    OUR_RATE,
    FromStart,
    Half,
    after_warmup,
    warmed,
)
from lrtui.schedules.parameters import Fraction, LearningRate, Steps, WarmupSteps
from lrtui.schedules.quantities import Choice


def constant_with_warmup(
    num_warmup_steps: WarmupSteps, last_epoch: FromStart = -1, *, lr: LearningRate = OUR_RATE
) -> Schedule:
    """``transformers.get_constant_schedule_with_warmup``."""
    return warmed(Constant(lr), num_warmup_steps)


def linear_with_warmup(
    num_warmup_steps: WarmupSteps,
    num_training_steps: Steps,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> Schedule:
    """``transformers.get_linear_schedule_with_warmup``."""
    after = after_warmup(num_training_steps, num_warmup_steps, "num_training_steps")
    return warmed(LinearDecay(lr, after), num_warmup_steps)


def cosine_with_warmup(
    num_warmup_steps: WarmupSteps,
    num_training_steps: Steps,
    num_cycles: Half = 0.5,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
    min_lr: LearningRate = 0.0,
) -> Schedule:
    """``transformers.get_cosine_schedule_with_warmup``."""
    after = after_warmup(num_training_steps, num_warmup_steps, "num_training_steps")
    return warmed(CosineAnnealing(lr, after, min_lr), num_warmup_steps)


def inverse_sqrt(
    num_warmup_steps: WarmupSteps,
    timescale: Steps | None = None,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> InverseSquareRoot:
    """``transformers.get_inverse_sqrt_schedule``."""
    return InverseSquareRoot(lr, num_warmup_steps, timescale)


def wsd(
    num_warmup_steps: WarmupSteps,
    num_decay_steps: Steps,
    num_training_steps: Steps | None = None,
    num_stable_steps: WarmupSteps | None = None,
    warmup_type: Annotated[str, Choice(choices=("linear",))] = "linear",
    decay_type: Shape = "cosine",
    min_lr_ratio: Fraction = 0.0,
    num_cycles: Half = 0.5,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> WarmupStableDecay:
    """``transformers.get_wsd_schedule``. transformers starts the warmup at the floor."""
    if num_stable_steps is None:
        taken = num_warmup_steps + num_decay_steps
        num_stable_steps = (num_training_steps or taken) - taken
    return WarmupStableDecay(
        lr,
        num_warmup_steps,
        num_stable_steps,
        num_decay_steps,
        decay_type,
        alpha=min_lr_ratio,
        warmup_learning_rate=min_lr_ratio * lr,
    )


CONSTRUCTORS = {
    "get_constant_schedule_with_warmup": constant_with_warmup,
    "get_linear_schedule_with_warmup": linear_with_warmup,
    "get_cosine_schedule_with_warmup": cosine_with_warmup,
    "get_inverse_sqrt_schedule": inverse_sqrt,
    "get_wsd_schedule": wsd,
}
