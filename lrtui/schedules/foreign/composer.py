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
from lrtui.schedules.foreign.constructor import Kind, Line, becomes
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


def _positive(time: Time, per_epoch: int | None, whole: Time | None) -> int:
    batches = time.batches(per_epoch, whole)
    if batches < 1:
        raise Invalid(time.name, "must be at least one batch", time.text)
    return batches


def _scaled(schedule: Schedule, lr: float | None) -> Reading:
    if lr is not None:
        return Reading(schedule)
    note = f"The optimizer's rate is not in the line: {OUR_RATE:g} is assumed; give it as lr=."
    return Reading(schedule, (note,))


def _rate(lr: float | None) -> float:
    return OUR_RATE if lr is None else lr


@becomes(StepDecay)
def StepScheduler(
    step_size: TimeText,
    gamma: Factor = 0.1,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``StepScheduler``."""
    steps = _positive(step_size, steps_per_epoch, max_duration)
    return _scaled(StepDecay(_rate(lr), steps, gamma), lr)


@becomes(MultiStepDecay)
def MultiStepScheduler(
    milestones: Times,
    gamma: Factor = 0.1,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``MultiStepScheduler``."""
    found = tuple(one.batches(steps_per_epoch, max_duration) for one in milestones)
    return _scaled(MultiStepDecay(_rate(lr), found, gamma), lr)


@becomes(Sequence, Constant)
def ConstantScheduler(
    alpha: Factor = 1.0,
    t_max: TimeText = _WHOLE,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``ConstantScheduler``."""
    rate = _rate(lr)
    if alpha == 1:
        return _scaled(Constant(rate), lr)
    steps = t_max.batches(steps_per_epoch, max_duration)
    return _scaled(begun(Constant(rate), alpha * rate, steps), lr)


@becomes(LinearDecay)
def LinearScheduler(
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: TimeText = _WHOLE,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``LinearScheduler``."""
    rate, steps = _rate(lr), _positive(t_max, steps_per_epoch, max_duration)
    return _scaled(LinearDecay(alpha_i * rate, steps, alpha_f * rate), lr)


@becomes(ExponentialDecay)
def ExponentialScheduler(
    gamma: Factor,
    decay_period: TimeText = Time("decay_period", 1, "ep"),
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``ExponentialScheduler``."""
    steps = _positive(decay_period, steps_per_epoch, max_duration)
    return _scaled(ExponentialDecay(_rate(lr), steps, gamma), lr)


@becomes(CosineAnnealing)
def CosineAnnealingScheduler(
    t_max: TimeText = _WHOLE,
    alpha_f: Factor = 0.0,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``CosineAnnealingScheduler``."""
    rate, steps = _rate(lr), _positive(t_max, steps_per_epoch, max_duration)
    return _scaled(CosineAnnealing(rate, steps, alpha_f * rate), lr)


@becomes(CosineAnnealingRestarts)
def CosineAnnealingWarmRestartsScheduler(
    t_0: TimeText,
    t_mult: WholeMultiplier = 1,
    alpha_f: Factor = 0.0,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``CosineAnnealingWarmRestartsScheduler``."""
    rate, steps = _rate(lr), _positive(t_0, steps_per_epoch, max_duration)
    return _scaled(CosineAnnealingRestarts(rate, steps, t_mult, alpha_f * rate), lr)


@becomes(PolynomialDecay)
def PolynomialScheduler(
    power: Power,
    t_max: TimeText = _WHOLE,
    alpha_f: Fraction = 0.0,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``PolynomialScheduler``. Beyond its time, where Composer's is not defined, it stays."""
    rate, steps = _rate(lr), _positive(t_max, steps_per_epoch, max_duration)
    return _scaled(PolynomialDecay(rate, steps, alpha_f * rate, power), lr)


@becomes(Sequence, MultiStepDecay)
def MultiStepWithWarmupScheduler(
    t_warmup: TimeText,
    milestones: Times,
    gamma: Factor = 0.1,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``MultiStepWithWarmupScheduler``. Milestones count from the start of the warmup."""
    rate, warmup = _rate(lr), t_warmup.batches(steps_per_epoch, max_duration)
    found = tuple(one.batches(steps_per_epoch, max_duration) for one in milestones)
    decay = MultiStepDecay(rate, found, gamma)
    if warmup == 0:
        return _scaled(decay, lr)
    parts = [(0, LinearDecay(0.0, warmup, rate)), (warmup, Offset(decay, warmup))]
    return _scaled(joined(parts), lr)


@becomes(Warmup, LinearDecay)
def LinearWithWarmupScheduler(
    t_warmup: TimeText,
    alpha_i: Factor = 1.0,
    alpha_f: Factor = 0.0,
    t_max: TimeText = _WHOLE,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``LinearWithWarmupScheduler``. t_max counts from the start of the warmup."""
    rate, warmup, after = _phases(lr, t_warmup, t_max, steps_per_epoch, max_duration)
    decay = LinearDecay(alpha_i * rate, after, alpha_f * rate)
    return _scaled(Warmup(decay, warmup) if warmup else decay, lr)


@becomes(Warmup, CosineAnnealing)
def CosineAnnealingWithWarmupScheduler(
    t_warmup: TimeText,
    t_max: TimeText = _WHOLE,
    alpha_f: Factor = 0.0,
    *,
    lr: LearningRate | None = None,
    steps_per_epoch: Steps | None = None,
    max_duration: TimeText = None,
) -> Reading:
    """``CosineAnnealingWithWarmupScheduler``. t_max counts from the start of the warmup."""
    rate, warmup, after = _phases(lr, t_warmup, t_max, steps_per_epoch, max_duration)
    decay = CosineAnnealing(rate, after, alpha_f * rate)
    return _scaled(Warmup(decay, warmup) if warmup else decay, lr)


def _phases(
    lr: float | None, t_warmup: Time, t_max: Time, per_epoch: int | None, whole: Time | None
) -> tuple[float, int, int]:
    """The rate, the batches of the warmup, and those after it."""
    warmup = t_warmup.batches(per_epoch, whole)
    after = t_max.batches(per_epoch, whole) - warmup
    if after < 1:
        raise Invalid(t_max.name, "must be longer than the warmup, which it includes", t_max.text)
    return _rate(lr), warmup, after


WITHOUT_CURVE: dict[str, str] = {}
