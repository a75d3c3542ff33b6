"""What Composer has in ``composer.optim``, as schedules of ours, in batches.

Its schedulers scale the optimizer's rate over times such as ``10ep`` or ``0.1dur``. What they count
on is given beside the original's arguments: ``lr=``, ``steps_per_epoch=``, ``max_duration=``.
"""

import ast
import re
from dataclasses import dataclass
from typing import Annotated, Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cosine_annealing_restarts import (
    CosineAnnealingRestarts,
    WholeMultiplier,
)
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.multi_step import MultiStepDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.step import StepDecay
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.foreign.constructor import Bundle, Kind, Line, becomes
from lrtui.schedules.foreign.kinds import begun, joined
from lrtui.schedules.foreign.optimizers import OUR_RATE
from lrtui.schedules.parameters import Factor, Fraction, Invalid, LearningRate, Power, Steps
from lrtui.schedules.reading import Reading

TITLE = "Composer"
QUALIFIERS = ("composer", "optim", "scheduler")


@dataclass(frozen=True, repr=False)
class Time:
    """A time of Composer, of the argument `name`."""

    name: str
    value: float
    unit: str

    def batches(self, per_epoch: int | None, whole: "Time | None") -> int:
        """The batches that it takes, rounded down as Composer does.

        Raises:
            Invalid: what it counts on is not given.
        """
        if self.unit == "ba":
            return int(self.value)
        if self.unit == "dur":
            if whole is None or whole.unit == "dur":
                raise Invalid("max_duration", 'must be given for "dur", as in "10ep"', self.text)
            if whole.unit == "ba":
                return int(self.value * whole.value)
        if per_epoch is None:
            raise Invalid("steps_per_epoch", f"must be given for {self.text}", None)
        if self.unit == "ep":
            return int(self.value) * per_epoch
        assert whole is not None
        return int(self.value * per_epoch * whole.value)

    def __repr__(self) -> str:
        """As it is written in a line."""
        return repr(self.text)

    @property
    def text(self) -> str:
        """``10ep``."""
        return f"{self.value:g}{self.unit}"


class _TimeText(Kind):
    """A time as Composer writes it."""

    def read(self, name: str, node: ast.expr, line: Line) -> Time:
        """The time.

        Raises:
            Invalid: it is none, or of a unit that is not counted here.
        """
        text = node.value if isinstance(node, ast.Constant) else None
        found = re.fullmatch(r"(\d+(?:\.\d+)?(?:e-?\d+)?)(ep|ba|dur)", str(text))
        if not isinstance(text, str) or not found:
            allowed = 'must be a time in "ep", "ba" or "dur"'
            raise Invalid(name, allowed, line.reader.source(node))
        return Time(name, float(found[1]), found[2])


class _ManyTimes(_TimeText):
    """Several."""

    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """The times."""
        if not isinstance(node, (ast.List, ast.Tuple)):
            raise Invalid(name, 'must be times, as in ["10ep"]', line.reader.source(node))
        return [super(_ManyTimes, self).read(name, one, line) for one in node.elts]


TimeText = Annotated[Any, _TimeText()]
Times = Annotated[Any, _ManyTimes()]
_WHOLE = Time("t_max", 1, "dur")


@dataclass(frozen=True)
class Beside(Bundle):
    """What Composer takes from its trainer, given beside the original's arguments."""

    lr: LearningRate | None = None
    steps_per_epoch: Steps | None = None
    max_duration: TimeText = None

    @property
    def rate(self) -> float:
        """The optimizer's, or what is assumed."""
        return OUR_RATE if self.lr is None else self.lr

    def batches(self, time: Time) -> int:
        """The batches that a time takes, as :meth:`Time.batches`."""
        return time.batches(self.steps_per_epoch, self.max_duration)

    def some_batches(self, time: Time) -> int:
        """The same, at least one."""
        batches = self.batches(time)
        if batches < 1:
            raise Invalid(time.name, "must be at least one batch", time.text)
        return batches

    def phases(self, t_warmup: Time, t_max: Time) -> tuple[int, int]:
        """The batches of a warmup, and those after it."""
        warmup = self.batches(t_warmup)
        after = self.batches(t_max) - warmup
        if after < 1:
            allowed = "must be longer than the warmup, which it includes"
            raise Invalid(t_max.name, allowed, t_max.text)
        return warmup, after

    def reading(self, schedule: Schedule) -> Reading:
        """The schedule, with a note where its rate is assumed."""
        if self.lr is not None:
            return Reading(schedule)
        note = f"The optimizer's rate is not in the line: {OUR_RATE:g} is assumed; give it as lr=."
        return Reading(schedule, (note,))


@becomes(StepDecay)
def StepScheduler(
    step_size: TimeText,
    gamma: Factor = 0.1,
    *,
    beside: Beside,
) -> Reading:
    """``StepScheduler``."""
    steps = beside.some_batches(step_size)
    return beside.reading(StepDecay(beside.rate, steps, gamma))


@becomes(MultiStepDecay)
def MultiStepScheduler(
    milestones: Times,
    gamma: Factor = 0.1,
    *,
    beside: Beside,
) -> Reading:
    """``MultiStepScheduler``."""
    found = tuple(beside.batches(one) for one in milestones)
    return beside.reading(MultiStepDecay(beside.rate, found, gamma))


@becomes(Sequence, Constant)
def ConstantScheduler(
    alpha: Factor = 1.0,
    t_max: TimeText = _WHOLE,
    *,
    beside: Beside,
) -> Reading:
    """``ConstantScheduler``."""
    rate = beside.rate
    if alpha == 1:
        return beside.reading(Constant(rate))
    steps = beside.batches(t_max)
    return beside.reading(begun(Constant(rate), alpha * rate, steps))


@becomes(LinearDecay)
def LinearScheduler(
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: TimeText = _WHOLE,
    *,
    beside: Beside,
) -> Reading:
    """``LinearScheduler``."""
    rate, steps = beside.rate, beside.some_batches(t_max)
    return beside.reading(LinearDecay(alpha_i * rate, steps, alpha_f * rate))


@becomes(ExponentialDecay)
def ExponentialScheduler(
    gamma: Factor,
    decay_period: TimeText = Time("decay_period", 1, "ep"),
    *,
    beside: Beside,
) -> Reading:
    """``ExponentialScheduler``."""
    steps = beside.some_batches(decay_period)
    return beside.reading(ExponentialDecay(beside.rate, steps, gamma))


@becomes(CosineAnnealing)
def CosineAnnealingScheduler(
    t_max: TimeText = _WHOLE,
    alpha_f: Factor = 0.0,
    *,
    beside: Beside,
) -> Reading:
    """``CosineAnnealingScheduler``."""
    rate, steps = beside.rate, beside.some_batches(t_max)
    return beside.reading(CosineAnnealing(rate, steps, alpha_f * rate))


@becomes(CosineAnnealingRestarts)
def CosineAnnealingWarmRestartsScheduler(
    t_0: TimeText,
    t_mult: WholeMultiplier = 1,
    alpha_f: Factor = 0.0,
    *,
    beside: Beside,
) -> Reading:
    """``CosineAnnealingWarmRestartsScheduler``."""
    rate, steps = beside.rate, beside.some_batches(t_0)
    return beside.reading(CosineAnnealingRestarts(rate, steps, t_mult, alpha_f * rate))


@becomes(PolynomialDecay)
def PolynomialScheduler(
    power: Power,
    t_max: TimeText = _WHOLE,
    alpha_f: Fraction = 0.0,
    *,
    beside: Beside,
) -> Reading:
    """``PolynomialScheduler``. Beyond its time, where Composer's is not defined, it stays."""
    rate, steps = beside.rate, beside.some_batches(t_max)
    return beside.reading(PolynomialDecay(rate, steps, alpha_f * rate, power))


@becomes(Sequence, MultiStepDecay)
def MultiStepWithWarmupScheduler(
    t_warmup: TimeText,
    milestones: Times,
    gamma: Factor = 0.1,
    *,
    beside: Beside,
) -> Reading:
    """``MultiStepWithWarmupScheduler``. Milestones count from the start of the warmup."""
    rate, warmup = beside.rate, beside.batches(t_warmup)
    found = tuple(beside.batches(one) for one in milestones)
    decay = MultiStepDecay(rate, found, gamma)
    if warmup == 0:
        return beside.reading(decay)
    parts = [(0, LinearDecay(0.0, warmup, rate)), (warmup, Offset(decay, warmup))]
    return beside.reading(joined(parts))


@becomes(Warmup, LinearDecay)
def LinearWithWarmupScheduler(
    t_warmup: TimeText,
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: TimeText = _WHOLE,
    *,
    beside: Beside,
) -> Reading:
    """``LinearWithWarmupScheduler``. t_max counts from the start of the warmup."""
    rate, (warmup, after) = beside.rate, beside.phases(t_warmup, t_max)
    decay = LinearDecay(alpha_i * rate, after, alpha_f * rate)
    return beside.reading(Warmup(decay, warmup) if warmup else decay)


@becomes(Warmup, CosineAnnealing)
def CosineAnnealingWithWarmupScheduler(
    t_warmup: TimeText,
    t_max: TimeText = _WHOLE,
    alpha_f: Factor = 0.0,
    *,
    beside: Beside,
) -> Reading:
    """``CosineAnnealingWithWarmupScheduler``. t_max counts from the start of the warmup."""
    rate, (warmup, after) = beside.rate, beside.phases(t_warmup, t_max)
    decay = CosineAnnealing(rate, after, alpha_f * rate)
    return beside.reading(Warmup(decay, warmup) if warmup else decay)


WITHOUT_CURVE: dict[str, str] = {}
