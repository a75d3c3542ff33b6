"""What PyTorch has in ``torch.optim.lr_scheduler``, as schedules of ours.

PyTorch's schedulers change the rate of an optimizer, one after another also in how they are made:
``CyclicLR`` and ``OneCycleLR`` leave another first rate to the next one. :class:`Scheduler` is what
one of them does alone, within a ``SequentialLR``, and within a ``ChainedScheduler``.
"""

from collections.abc import Callable
from typing import Annotated, Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cosine_annealing_restarts import (
    CosineAnnealingRestarts,
    WholeMultiplier,
)
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.cyclical import CyclicalRate, Growth, Mode
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.one_cycle import Divisor, OneCycle, Strategy
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.product import Product
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.kinds import GivenOptimizer, GroupRate, Ignored, NoFunction, begun
from lrtui.schedules.foreign.optimizers import WITHOUT_MOMENTUM, Group
from lrtui.schedules.foreign.torch_composing import Members, Scheduler, chained, in_sequence
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
from lrtui.schedules.quantities import Number

TITLE = "PyTorch"
QUALIFIERS = ("torch", "lr_scheduler", "swa_utils")

LastEpoch = Annotated[int, Number(low=-1, high=10**12)]
NotResumed = Annotated[int, Number(low=-1, high=-1)]


def _scheduler(
    name: str, group: Group, of: Callable[[float], Schedule], last_epoch: int = -1, **more: Any
) -> Scheduler:
    """A scheduler whose rates are those of a schedule that begins with the optimizer's."""
    base = group.begin()
    if last_epoch >= 0:
        return Scheduler(name, lambda rate: Offset(of(rate), last_epoch + 1), **more, resumed=True)
    return Scheduler(name, of, **{"enter": lambda _: of(base), **more})


@becomes(StepDecay)
def StepLR(
    optimizer: GivenOptimizer,
    step_size: Steps,
    gamma: Factor = 0.1,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.StepLR``."""
    one = 0 if gamma == 1 else None
    return _scheduler(
        "StepLR",
        optimizer,
        lambda rate: StepDecay(rate, step_size, gamma),
        last_epoch,
        one_from=one,
    )


@becomes(MultiStepDecay)
def MultiStepLR(
    optimizer: GivenOptimizer,
    milestones: Boundaries,
    gamma: Factor = 0.1,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.MultiStepLR``."""
    return _scheduler(
        "MultiStepLR",
        optimizer,
        lambda rate: MultiStepDecay(rate, milestones, gamma),
        last_epoch,
        one_from=0 if gamma == 1 else None,
    )


@becomes(Sequence, Constant)
def ConstantLR(
    optimizer: GivenOptimizer,
    factor: Fraction = 1 / 3,
    total_iters: WarmupSteps = 5,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.ConstantLR``. With total_iters=0 it never leaves its factor."""
    if total_iters and not factor:
        raise Invalid("factor", "must be above 0: PyTorch divides by it", factor)
    base = optimizer.begin()

    def of(rate: float) -> Schedule:
        return begun(Constant(rate), rate * factor, total_iters)

    if total_iters == 0 and last_epoch < 0:
        return Scheduler(
            "ConstantLR", lambda rate: Constant(rate * factor), lambda _: Constant(base)
        )
    return _scheduler("ConstantLR", optimizer, of, last_epoch, one_from=total_iters)


@becomes(LinearDecay)
def LinearLR(
    optimizer: GivenOptimizer,
    start_factor: Fraction = 1 / 3,
    end_factor: Fraction = 1.0,
    total_iters: WarmupSteps = 5,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.LinearLR``."""
    if not start_factor:
        raise Invalid("start_factor", "must be above 0", start_factor)
    if total_iters == 0:
        return _scheduler(
            "LinearLR",
            optimizer,
            lambda rate: Constant(rate * start_factor),
            last_epoch,
            enter=None,
        )
    return _scheduler(
        "LinearLR",
        optimizer,
        lambda rate: LinearDecay(rate * start_factor, total_iters, rate * end_factor),
        last_epoch,
        one_from=total_iters if end_factor == 1 else None,
    )


@becomes(StepDecay)
def ExponentialLR(
    optimizer: GivenOptimizer, gamma: Factor, last_epoch: LastEpoch = -1, verbose: Ignored = None
) -> Scheduler:
    """``torch.optim.lr_scheduler.ExponentialLR``."""
    return _scheduler(
        "ExponentialLR", optimizer, lambda rate: StepDecay(rate, 1, gamma), last_epoch
    )


@becomes(PolynomialDecay)
def PolynomialLR(
    optimizer: GivenOptimizer,
    total_iters: WarmupSteps = 5,
    power: Power = 1.0,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.PolynomialLR``."""
    if total_iters == 0:
        return _scheduler("PolynomialLR", optimizer, Constant, last_epoch, enter=None)
    return _scheduler(
        "PolynomialLR",
        optimizer,
        lambda rate: PolynomialDecay(rate, total_iters, 0.0, power),
        last_epoch,
    )


@becomes(CosineSwing)
def CosineAnnealingLR(
    optimizer: GivenOptimizer,
    T_max: Steps,
    eta_min: LearningRate = 0.0,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.CosineAnnealingLR``. After T_max it rises again."""
    return _scheduler(
        "CosineAnnealingLR",
        optimizer,
        lambda rate: CosineSwing(rate, T_max, eta_min),
        last_epoch,
        product=not eta_min,
        zero_at=T_max,
        zero_based=optimizer.begin(),
    )


@becomes(CosineAnnealingRestarts)
def CosineAnnealingWarmRestarts(
    optimizer: GivenOptimizer,
    T_0: Steps,
    T_mult: WholeMultiplier = 1,
    eta_min: LearningRate = 0.0,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.CosineAnnealingWarmRestarts``."""
    base = optimizer.begin()
    return _scheduler(
        "CosineAnnealingWarmRestarts",
        optimizer,
        lambda _: CosineAnnealingRestarts(base, T_0, T_mult, eta_min),
        last_epoch,
        absolute=True,
    )


@becomes(OneCycle)
def OneCycleLR(
    optimizer: GivenOptimizer,
    max_lr: GroupRate,
    total_steps: Steps | None = None,
    epochs: Steps | None = None,
    steps_per_epoch: Steps | None = None,
    pct_start: Fraction = 0.3,
    anneal_strategy: Strategy = "cos",
    cycle_momentum: Flag = True,
    base_momentum: Ignored = None,
    max_momentum: Ignored = None,
    div_factor: Divisor = 25.0,
    final_div_factor: Divisor = 1e4,
    three_phase: Flag = False,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.OneCycleLR``. It sets the optimizer's first rate itself."""
    steps = total_steps or (epochs or 0) * (steps_per_epoch or 0)
    if not steps:
        allowed = "must be given, or both epochs and steps_per_epoch"
        raise Invalid("total_steps", allowed, total_steps)
    if pct_start * steps == 1:
        raise Invalid("pct_start", "must leave the rise more than a step: PyTorch divides by it", 1)
    _needs_momentum(cycle_momentum, optimizer)
    optimizer.initial = max_lr / div_factor
    rates = {"high": max_lr, "div": div_factor, "final_div": final_div_factor}
    optimizer.settings.update(rates)

    def of(_: float) -> Schedule:
        high, div, final = (optimizer.settings[name] for name in rates)
        return OneCycle(high, steps, pct_start, anneal_strategy, div, final, three_phase)

    return _scheduler("OneCycleLR", optimizer, of, last_epoch, absolute=True, steps=steps)


@becomes(CyclicalRate)
def CyclicLR(
    optimizer: GivenOptimizer,
    base_lr: GroupRate,
    max_lr: GroupRate,
    step_size_up: Steps = 2000,
    step_size_down: Steps | None = None,
    mode: Mode = "triangular",
    gamma: Growth = 1.0,
    scale_fn: NoFunction = None,
    scale_mode: Ignored = None,
    cycle_momentum: Flag = True,
    base_momentum: Ignored = None,
    max_momentum: Ignored = None,
    last_epoch: LastEpoch = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.CyclicLR``. It sets the optimizer's first rate itself."""
    _needs_momentum(cycle_momentum, optimizer)
    if optimizer.initial is None:
        optimizer.initial = base_lr
    schedule = CyclicalRate(base_lr, max_lr, step_size_up, step_size_down, mode, gamma)
    return _scheduler("CyclicLR", optimizer, lambda _: schedule, last_epoch, absolute=True)


def _needs_momentum(cycled: bool, optimizer: Group) -> None:
    if cycled and optimizer.optimizer in WITHOUT_MOMENTUM:
        allowed = f"must be False: {optimizer.optimizer} has no momentum"
        raise Invalid("cycle_momentum", allowed, cycled)


@becomes(CosineAnnealing, LinearDecay, Constant)
def SWALR(
    optimizer: GivenOptimizer,
    swa_lr: GroupRate,
    anneal_epochs: WarmupSteps = 10,
    anneal_strategy: Strategy = "cos",
    last_epoch: NotResumed = -1,
) -> Scheduler:
    """``torch.optim.swa_utils.SWALR``. It goes on from the rate that it finds."""
    optimizer.begin()
    optimizer.settings["swa_lr"] = swa_lr

    def of(rate: float) -> Schedule:
        end = optimizer.settings["swa_lr"]
        if anneal_epochs == 0:
            return Constant(end)
        kind = CosineAnnealing if anneal_strategy == "cos" else LinearDecay
        return kind(rate, anneal_epochs, end)

    return Scheduler("SWALR", of, of, product=False)


@becomes(Sequence)
def SequentialLR(
    optimizer: GivenOptimizer,
    schedulers: Members,
    milestones: Boundaries,
    last_epoch: NotResumed = -1,
    verbose: Ignored = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.SequentialLR``."""
    schedule = in_sequence(schedulers, milestones, optimizer.begin())
    return Scheduler("SequentialLR", lambda _: schedule, composed=True)


@becomes(Product)
def ChainedScheduler(schedulers: Members, optimizer: GivenOptimizer = None) -> Scheduler:
    """``torch.optim.lr_scheduler.ChainedScheduler``: each scales what the one before it left."""
    return Scheduler("ChainedScheduler", lambda rate: chained(schedulers, rate), composed=True)


_FUNCTION = "is a function of your own: save it and open file.py:name"
WITHOUT_CURVE = {
    "ReduceLROnPlateau": "depends on the loss, so it has no curve of its own",
    "LambdaLR": _FUNCTION,
    "MultiplicativeLR": _FUNCTION,
}


def finish(made: Scheduler, group: Group) -> Schedule:
    """The schedule of a scheduler that stands alone."""
    return made.begin(group.rate)
