"""What ``torch.optim.lr_scheduler`` has, as schedules of ours.

They take their rate from the optimizer. Where that is made in the same line its `lr` holds; else
`lr=` may be added to the call, and without it the rate is ours, 0.1.
"""

from lrtui.schedules.base import Inners
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cosine_annealing_restarts import (
    CosineAnnealingRestarts,
    WholeMultiplier,
)
from lrtui.schedules.family.cyclical import CyclicalRate, Growth, Mode
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.one_cycle import Divisor, OneCycle, Strategy
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.foreign.kinds import (
    OUR_RATE,
    FromStart,
)
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


def step_lr(
    step_size: Steps,
    gamma: Factor = 0.1,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> StepDecay:
    """``torch.optim.lr_scheduler.StepLR``."""
    return StepDecay(lr, step_size, gamma)


def multi_step_lr(
    milestones: Boundaries,
    gamma: Factor = 0.1,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> MultiStepDecay:
    """``torch.optim.lr_scheduler.MultiStepLR``."""
    return MultiStepDecay(lr, milestones, gamma)


def constant_lr(
    factor: Fraction = 1 / 3,
    total_iters: WarmupSteps = 5,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> Sequence:
    """``torch.optim.lr_scheduler.ConstantLR``."""
    return Sequence((Constant(lr * factor), Constant(lr)), (total_iters,))


def linear_lr(
    start_factor: Fraction = 1 / 3,
    end_factor: Fraction = 1.0,
    total_iters: Steps = 5,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> LinearDecay:
    """``torch.optim.lr_scheduler.LinearLR``."""
    return LinearDecay(lr * start_factor, total_iters, lr * end_factor)


def exponential_lr(
    gamma: Factor, last_epoch: FromStart = -1, *, lr: LearningRate = OUR_RATE
) -> ExponentialDecay:
    """``torch.optim.lr_scheduler.ExponentialLR``."""
    return ExponentialDecay(lr, 1, gamma)


def polynomial_lr(
    total_iters: Steps = 5,
    power: Power = 1.0,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> PolynomialDecay:
    """``torch.optim.lr_scheduler.PolynomialLR``."""
    return PolynomialDecay(lr, total_iters, 0.0, power)


def cosine_annealing_lr(
    T_max: Steps,  # noqa: N803
    eta_min: LearningRate = 0.0,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> CosineAnnealing:
    """``torch.optim.lr_scheduler.CosineAnnealingLR``."""
    return CosineAnnealing(lr, T_max, eta_min)


def cosine_annealing_warm_restarts(
    T_0: Steps,  # noqa: N803
    T_mult: WholeMultiplier = 1,  # noqa: N803
    eta_min: LearningRate = 0.0,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> CosineAnnealingRestarts:
    """``torch.optim.lr_scheduler.CosineAnnealingWarmRestarts``."""
    return CosineAnnealingRestarts(lr, T_0, T_mult, eta_min)


def one_cycle_lr(
    max_lr: LearningRate,
    total_steps: Steps | None = None,
    epochs: Steps | None = None,
    steps_per_epoch: Steps | None = None,
    pct_start: Fraction = 0.3,
    anneal_strategy: Strategy = "cos",
    cycle_momentum: Flag = True,
    base_momentum: Factor = 0.85,
    max_momentum: Factor = 0.95,
    div_factor: Divisor = 25.0,
    final_div_factor: Divisor = 1e4,
    three_phase: Flag = False,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> OneCycle:
    """``torch.optim.lr_scheduler.OneCycleLR``."""
    steps = total_steps or (epochs or 0) * (steps_per_epoch or 0)
    if not steps:
        allowed = "must be given, or both epochs and steps_per_epoch"
        raise Invalid("total_steps", allowed, total_steps)
    return OneCycle(
        max_lr, steps, pct_start, anneal_strategy, div_factor, final_div_factor, three_phase
    )


def cyclic_lr(
    base_lr: LearningRate,
    max_lr: LearningRate,
    step_size_up: Steps = 2000,
    step_size_down: Steps | None = None,
    mode: Mode = "triangular",
    gamma: Growth = 1.0,
    *,
    last_epoch: FromStart = -1,
    lr: LearningRate = OUR_RATE,
) -> CyclicalRate:
    """``torch.optim.lr_scheduler.CyclicLR``."""
    return CyclicalRate(base_lr, max_lr, step_size_up, step_size_down, mode, gamma)


def sequential_lr(
    schedulers: Inners,
    milestones: Boundaries,
    last_epoch: FromStart = -1,
    *,
    lr: LearningRate = OUR_RATE,
) -> Sequence:
    """``torch.optim.lr_scheduler.SequentialLR``."""
    return Sequence(schedulers, milestones)


CONSTRUCTORS = {
    "StepLR": step_lr,
    "MultiStepLR": multi_step_lr,
    "ConstantLR": constant_lr,
    "LinearLR": linear_lr,
    "ExponentialLR": exponential_lr,
    "PolynomialLR": polynomial_lr,
    "CosineAnnealingLR": cosine_annealing_lr,
    "CosineAnnealingWarmRestarts": cosine_annealing_warm_restarts,
    "OneCycleLR": one_cycle_lr,
    "CyclicLR": cyclic_lr,
    "SequentialLR": sequential_lr,
}
