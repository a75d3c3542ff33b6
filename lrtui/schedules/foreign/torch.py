"""What PyTorch has in ``torch.optim.lr_scheduler``, as schedules of ours.

PyTorch's schedulers change the rate of an optimizer, one after another also in how they are made:
``CyclicLR`` and ``OneCycleLR`` leave another first rate to the next one. :class:`Scheduler` is what
one of them does alone, within a ``SequentialLR``, and within a ``ChainedScheduler``.
"""

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing_restarts import CosineAnnealingRestarts
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.product import Product
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.joining import begun
from lrtui.schedules.foreign.kinds import (
    CountedMultiplier,
    CountedSteps,
    GivenOptimizer,
    LastEpoch,
    Verbose,
)
from lrtui.schedules.foreign.optimizers import Group
from lrtui.schedules.foreign.torch_composing import (
    Members,
    NotResumed,
    Scheduler,
    chained,
    in_sequence,
    scheduler_of,
)
from lrtui.schedules.foreign.torch_cycles import SWALR as SWALR
from lrtui.schedules.foreign.torch_cycles import CyclicLR as CyclicLR
from lrtui.schedules.foreign.torch_cycles import OneCycleLR as OneCycleLR
from lrtui.schedules.parameters import (
    Boundaries,
    Factor,
    Fraction,
    Invalid,
    LearningRate,
    Power,
    Steps,
    WarmupSteps,
)
from lrtui.schedules.quantities.numbers import FLOAT32_TINY

TITLE = "PyTorch"
QUALIFIERS = ("torch", "lr_scheduler", "swa_utils")


@becomes(StepDecay)
def StepLR(
    optimizer: GivenOptimizer,
    step_size: Steps,
    gamma: Factor = 0.1,
    last_epoch: LastEpoch = -1,
    verbose: Verbose = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.StepLR``."""
    one = 0 if gamma == 1 else None
    return scheduler_of(
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
    verbose: Verbose = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.MultiStepLR``."""
    return scheduler_of(
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
    verbose: Verbose = None,
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
    return scheduler_of("ConstantLR", optimizer, of, last_epoch, one_from=total_iters)


@becomes(LinearDecay)
def LinearLR(
    optimizer: GivenOptimizer,
    start_factor: Fraction = 1 / 3,
    end_factor: Fraction = 1.0,
    total_iters: WarmupSteps = 5,
    last_epoch: LastEpoch = -1,
    verbose: Verbose = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.LinearLR``."""
    if start_factor < FLOAT32_TINY:
        raise Invalid("start_factor", "must be above 0", start_factor)
    if total_iters == 0:
        return scheduler_of(
            "LinearLR",
            optimizer,
            lambda rate: Constant(rate * start_factor),
            last_epoch,
            enter=None,
        )
    return scheduler_of(
        "LinearLR",
        optimizer,
        lambda rate: LinearDecay(rate * start_factor, total_iters, rate * end_factor),
        last_epoch,
        one_from=total_iters if end_factor == 1 else None,
    )


@becomes(StepDecay)
def ExponentialLR(
    optimizer: GivenOptimizer, gamma: Factor, last_epoch: LastEpoch = -1, verbose: Verbose = None
) -> Scheduler:
    """``torch.optim.lr_scheduler.ExponentialLR``."""
    return scheduler_of(
        "ExponentialLR", optimizer, lambda rate: StepDecay(rate, 1, gamma), last_epoch
    )


@becomes(PolynomialDecay)
def PolynomialLR(
    optimizer: GivenOptimizer,
    total_iters: WarmupSteps = 5,
    power: Power = 1.0,
    last_epoch: LastEpoch = -1,
    verbose: Verbose = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.PolynomialLR``."""
    if total_iters == 0:
        return scheduler_of("PolynomialLR", optimizer, Constant, last_epoch, enter=None)
    return scheduler_of(
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
    verbose: Verbose = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.CosineAnnealingLR``. After T_max it rises again."""
    return scheduler_of(
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
    T_0: CountedSteps,
    T_mult: CountedMultiplier = 1,
    eta_min: LearningRate = 0.0,
    last_epoch: LastEpoch = -1,
    verbose: Verbose = None,
) -> Scheduler:
    """``torch.optim.lr_scheduler.CosineAnnealingWarmRestarts``."""
    base = optimizer.begin()
    return scheduler_of(
        "CosineAnnealingWarmRestarts",
        optimizer,
        lambda _: CosineAnnealingRestarts(base, T_0, T_mult, eta_min),
        last_epoch,
        absolute=True,
    )


@becomes(Sequence)
def SequentialLR(
    optimizer: GivenOptimizer,
    schedulers: Members,
    milestones: Boundaries,
    last_epoch: NotResumed = -1,
    verbose: Verbose = None,
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
