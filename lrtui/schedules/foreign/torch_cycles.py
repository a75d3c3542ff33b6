"""Schedulers of PyTorch that set the optimizer's rate themselves, whatever it was."""

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cyclical import CyclicalRate, Growth, Mode
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.one_cycle import Divisor, OneCycle, Strategy
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.kinds import (
    CountedWarmupSteps,
    GivenOptimizer,
    GroupRate,
    Ignored,
    IgnoredNumber,
    LastEpoch,
    MaybeCountedSteps,
    NoFunction,
    Verbose,
)
from lrtui.schedules.foreign.optimizers import WITHOUT_MOMENTUM, Group
from lrtui.schedules.foreign.torch_composing import NotResumed, Scheduler, scheduler_of
from lrtui.schedules.parameters import Flag, Fraction, Invalid, Steps


@becomes(OneCycle)
def OneCycleLR(
    optimizer: GivenOptimizer,
    max_lr: GroupRate,
    total_steps: MaybeCountedSteps = None,
    epochs: MaybeCountedSteps = None,
    steps_per_epoch: MaybeCountedSteps = None,
    pct_start: Fraction = 0.3,
    anneal_strategy: Strategy = "cos",
    cycle_momentum: Flag = True,
    base_momentum: IgnoredNumber = None,
    max_momentum: IgnoredNumber = None,
    div_factor: Divisor = 25.0,
    final_div_factor: Divisor = 1e4,
    three_phase: Flag = False,
    last_epoch: LastEpoch = -1,
    verbose: Verbose = None,
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

    return scheduler_of("OneCycleLR", optimizer, of, last_epoch, absolute=True, steps=steps)


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
    base_momentum: IgnoredNumber = None,
    max_momentum: IgnoredNumber = None,
    last_epoch: LastEpoch = -1,
    verbose: Verbose = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.CyclicLR``. It sets the optimizer's first rate itself."""
    _needs_momentum(cycle_momentum, optimizer)
    if optimizer.initial is None:
        optimizer.initial = base_lr
    schedule = CyclicalRate(base_lr, max_lr, step_size_up, step_size_down, mode, gamma)
    return scheduler_of(
        "CyclicLR",
        optimizer,
        lambda _: schedule,
        last_epoch,
        absolute=True,
        made_with=optimizer.initial,
    )


def _needs_momentum(cycled: bool, optimizer: Group) -> None:
    if cycled and optimizer.optimizer in WITHOUT_MOMENTUM:
        allowed = f"must be False: {optimizer.optimizer} has no momentum"
        raise Invalid("cycle_momentum", allowed, cycled)


@becomes(CosineAnnealing, LinearDecay, Constant)
def SWALR(
    optimizer: GivenOptimizer,
    swa_lr: GroupRate,
    anneal_epochs: CountedWarmupSteps = 10,
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
