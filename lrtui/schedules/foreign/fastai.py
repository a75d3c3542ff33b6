"""What fastai has in ``fastai.callback.schedule``, as schedules of ours.

fastai counts in parts of a training. How many steps that has is given beside the original's
arguments: ``total_steps=``, or ``steps_per_epoch=`` where there are epochs.
"""

import ast
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cosine_annealing_restarts import (
    CosineAnnealingRestarts,
    WholeMultiplier,
)
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.flat_cosine import FlatCosine
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.one_cycle import OneCycle
from lrtui.schedules.family.power_decay import PowerDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.foreign.constructor import Bundle, Kind, Line, becomes
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.kinds import Ignored
from lrtui.schedules.parameters import (
    Fraction,
    Invalid,
    LearningRate,
    Steps,
    WarmupSteps,
    parameter_of,
)
from lrtui.schedules.quantities import OneTwoFive, Tenths
from lrtui.schedules.reading import Reading

TITLE = "fastai"
QUALIFIERS = ("fastai", "schedule", "learn", "learner")

_RATE = 0.001
_ASSUMED = "The learner's rate is not in the line: fastai's default, 0.001, is assumed."
_MOST_CYCLES = 20
"""More double a training's length too often for any."""
Divisor = Annotated[float, OneTwoFive(low=0.001, high=1e12)]
Bend = Annotated[float, Tenths(low=0.1, high=10)]


class _RateOrSlice(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> float | None:
        """The rate; of ``slice(first, last)`` that of the last layers, and a note on the others."""
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "slice"):
            rate: float | None = line.reader.value(
                parameter_of(name, LearningRate | None, None), node
            )
            return rate
        if node.keywords or not 1 <= len(node.args) <= 2:
            allowed = "must be slice(last) or slice(first, last)"
            raise Invalid(name, allowed, line.reader.source(node))
        *first, last = (
            line.reader.value(parameter_of(name, LearningRate, None), one) for one in node.args
        )
        others = f"the first ones have {first[0]:g}" if first else "all others have a tenth of it"
        line.reader.note(f"{name}: the curve is that of the last layers; {others}.")
        return float(last)


RateOrSlice = Annotated[Any, _RateOrSlice()]


@dataclass(frozen=True)
class FitArguments(Bundle):
    """What says nothing about the rate."""

    cbs: Ignored = None
    reset_opt: Ignored = None


def _rate(given: float | None) -> tuple[float, tuple[str, ...]]:
    return (_RATE, (_ASSUMED,)) if given is None else (given, ())


def _from_epoch(schedule: Schedule, start: int, epochs: int, steps_per_epoch: int) -> Schedule:
    """What is left of it when the training skips so many epochs."""
    if start >= epochs:
        raise Invalid("start_epoch", f"must be below the {epochs} epochs", start)
    return Offset(schedule, start * steps_per_epoch) if start else schedule


def _within(pct: float) -> None:
    if not 0 < pct < 1:
        raise Invalid("pct_start", "must be above 0 and below 1", pct)


@becomes(OneCycle)
def fit_one_cycle(
    n_epoch: Steps,
    lr_max: RateOrSlice = None,
    div: Divisor = 25.0,
    div_final: Divisor = 1e5,
    pct_start: Fraction = 0.25,
    wd: Ignored = None,
    moms: Ignored = None,
    fit: FitArguments = FitArguments(),
    start_epoch: WarmupSteps = 0,
    *,
    steps_per_epoch: Steps,
) -> Reading:
    """``Learner.fit_one_cycle``."""
    rate, notes = _rate(lr_max)
    cycle = _cycle(rate, n_epoch * steps_per_epoch, pct_start, div, div_final)
    return Reading(_from_epoch(cycle, start_epoch, n_epoch, steps_per_epoch), notes)


@becomes(Sequence)
def fine_tune(
    epochs: Steps,
    base_lr: LearningRate = 0.002,
    freeze_epochs: Steps = 1,
    lr_mult: Divisor = 100.0,
    pct_start: Fraction = 0.3,
    div: Divisor = 5.0,
    *,
    div_final: Divisor = 1e5,
    wd: Ignored = None,
    moms: Ignored = None,
    cbs: Ignored = None,
    reset_opt: Ignored = None,
    steps_per_epoch: Steps,
) -> Reading:
    """``Learner.fine_tune``: a cycle with all but the last layers frozen, then one with all."""
    frozen = _cycle(base_lr, freeze_epochs * steps_per_epoch, 0.99, 25.0, div_final)
    whole = _cycle(base_lr / 2, epochs * steps_per_epoch, pct_start, div, div_final)
    note = (
        f"fine_tune: the curve is that of the last layers; the first ones have 1/{lr_mult:g} of it."
    )
    return Reading(joined([(0, frozen), (freeze_epochs * steps_per_epoch, whole)]), (note,))


def _cycle(
    rate: float, steps: int, pct_start: float, div: float, div_final: float = 1e5
) -> OneCycle:
    """Fastai's cycle, whose peak and end lie a step later than PyTorch's."""
    _within(pct_start)
    peak = (pct_start * steps + 1) / (steps + 1)
    return OneCycle(rate, steps + 1, peak, "cos", div, div_final / div)


@becomes(FlatCosine)
def fit_flat_cos(
    n_epoch: Steps,
    lr: RateOrSlice = None,
    div_final: Divisor = 1e5,
    pct_start: Fraction = 0.75,
    wd: Ignored = None,
    fit: FitArguments = FitArguments(),
    start_epoch: Ignored = None,
    *,
    steps_per_epoch: Steps,
) -> Reading:
    """``Learner.fit_flat_cos``, which takes a `start_epoch` and begins at epoch 0 all the same."""
    _within(pct_start)
    rate, notes = _rate(lr)
    return Reading(FlatCosine(rate, n_epoch * steps_per_epoch, pct_start, div_final), notes)


@becomes(CosineAnnealingRestarts, Sequence)
def fit_sgdr(
    n_cycles: Steps,
    cycle_len: Steps,
    lr_max: RateOrSlice = None,
    cycle_mult: WholeMultiplier = 2,
    fit: FitArguments = FitArguments(),
    wd: Ignored = None,
    start_epoch: WarmupSteps = 0,
    *,
    steps_per_epoch: Steps,
) -> Reading:
    """``Learner.fit_sgdr``, with the restarts that its rounding puts off by a step."""
    if cycle_mult == 1:
        raise Invalid("cycle_mult", "must be above 1: fastai divides by 0", cycle_mult)
    if n_cycles > _MOST_CYCLES:
        raise Invalid("n_cycles", f"must be at most {_MOST_CYCLES}", n_cycles)
    rate, notes = _rate(lr_max)
    lengths = [cycle_len * cycle_mult**cycle for cycle in range(n_cycles)]
    epochs = sum(lengths)
    late = _late(lengths)
    schedule: Schedule = CosineAnnealingRestarts(rate, cycle_len * steps_per_epoch, cycle_mult)
    if any(late):
        schedule = _with_late_restarts(rate, [one * steps_per_epoch for one in lengths], late)
        begun = [sum(lengths[:cycle]) * steps_per_epoch for cycle in range(n_cycles)]
        steps = ", ".join(str(step) for step, one in zip(begun, late, strict=True) if one)
        notes = (
            *notes,
            f"fit_sgdr: fastai's rounding puts the restart at step {steps} a step off.",
        )
    return Reading(_from_epoch(schedule, start_epoch, epochs, steps_per_epoch), notes)


def _late(lengths: list[int]) -> list[bool]:
    """Whether each cycle begins a step late: its begin is compared in float32.

    Raises:
        Invalid: their parts of the training do not add up to 1, which fastai demands.
    """
    epochs = sum(lengths)
    parts = [length / epochs for length in lengths]
    if sum(parts) != 1:
        allowed = (
            "must be others: the parts of the cycles do not add up to 1 in fastai, by rounding"
        )
        raise Invalid("n_cycles", allowed, len(lengths))
    begins = np.cumsum(np.array([0, *parts[:-1]], np.float32), dtype=np.float64)
    exact = np.cumsum([0, *lengths[:-1]]) / epochs
    late: list[bool] = (begins.astype(np.float32) > exact.astype(np.float32)).tolist()
    return late


def _with_late_restarts(rate: float, lengths: list[int], late: list[bool]) -> Schedule:
    pieces, begin = [], 0
    for length, one in zip(lengths, late, strict=True):
        cycle: Schedule = CosineAnnealing(rate, length, 0.0)
        pieces.append((begin + one, Offset(cycle, 1) if one else cycle))
        begin += length
    return joined(pieces)


@becomes(Sequence)
def combined_cos(
    pct: Fraction,
    start: LearningRate,
    middle: LearningRate,
    end: LearningRate,
    *,
    total_steps: Steps,
) -> Schedule:
    """``combined_cos``: half a cosine to the middle, and another to the end."""
    peak = round(pct * total_steps)
    if abs(peak - pct * total_steps) > 1e-6 or not 0 < peak < total_steps:
        raise Invalid("pct", f"must be a whole part of the {total_steps} steps", pct)
    first = CosineAnnealing(start, peak, middle)
    return joined([(0, first), (peak, CosineAnnealing(middle, total_steps - peak, end))])


@becomes(CosineAnnealing)
def SchedCos(start: LearningRate, end: LearningRate, *, total_steps: Steps) -> Schedule:
    """``SchedCos``."""
    return CosineAnnealing(start, total_steps, end)


@becomes(LinearDecay)
def SchedLin(start: LearningRate, end: LearningRate, *, total_steps: Steps) -> Schedule:
    """``SchedLin``."""
    return LinearDecay(start, total_steps, end)


@becomes(Constant)
def SchedNo(start: LearningRate, end: LearningRate, *, total_steps: Steps = 1) -> Schedule:
    """``SchedNo``."""
    return Constant(start)


@becomes(ExponentialDecay)
def SchedExp(start: LearningRate, end: LearningRate, *, total_steps: Steps) -> Schedule:
    """``SchedExp``. Beyond the training, where fastai does not go, it goes on."""
    if not start:
        raise Invalid("start", "must be above 0: fastai divides by it", start)
    return ExponentialDecay(start, total_steps, end / start)


@becomes(PowerDecay)
def SchedPoly(
    start: LearningRate, end: LearningRate, power: Bend, *, total_steps: Steps
) -> Schedule:
    """``SchedPoly``."""
    return PowerDecay(start, total_steps, end, 1.0, power)


WITHOUT_CURVE = {
    "combine_scheds": "takes functions: open combined_cos, or a function of your own",
}
