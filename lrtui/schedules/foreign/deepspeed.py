"""What DeepSpeed has in ``deepspeed.runtime.lr_schedules``, as schedules of ours.

Each begins with its lowest rate and does its step 0 at the second step.
"""

from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.kinds import GivenOptimizer, GroupRate, Ignored
from lrtui.schedules.parameters import Flag, Fraction, Invalid, LearningRate, Steps, WarmupSteps
from lrtui.schedules.quantities import Choice, Number
from lrtui.schedules.reading import Reading

TITLE = "DeepSpeed"
QUALIFIERS = ("deepspeed", "lr_schedules")

Rise = Annotated[str, Choice(choices=("log", "linear"))]
NotResumed = Annotated[int, Number(low=-1, high=-1)]
Growth = Annotated[float, Number(low=0, high=1e6)]
_RISES = 1000
"""After so many of its steps a range test has long diverged."""
_NOTE = "DeepSpeed's schedule begins a step late: its first step has {}. Followed here."


def _late(first: float, schedule: Schedule) -> Reading:
    """A schedule that begins at the second step."""
    note = _NOTE.format(f"the rate {first:g}")
    return Reading(joined([(0, Constant(first)), (1, schedule)]), (note,))


@becomes(Sequence, Warmup)
def WarmupLR(
    optimizer: GivenOptimizer,
    warmup_min_lr: GroupRate = 0.0,
    warmup_max_lr: LearningRate | None = None,
    warmup_num_steps: Steps = 1000,
    warmup_type: Rise = "log",
    last_batch_iteration: NotResumed = -1,
) -> Reading:
    """``WarmupLR``: a warmup, by default a logarithm, and then its highest rate."""
    high = optimizer.begin() if warmup_max_lr is None else warmup_max_lr
    steps = max(2, warmup_num_steps)
    return _late(warmup_min_lr, Warmup(Constant(high), steps, warmup_min_lr, warmup_type))


@becomes(Sequence, Warmup)
def WarmupDecayLR(
    optimizer: GivenOptimizer,
    total_num_steps: WarmupSteps,
    warmup_min_lr: GroupRate = 0.0,
    warmup_max_lr: GroupRate = 0.001,
    warmup_num_steps: Steps = 1000,
    warmup_type: Rise = "log",
    last_batch_iteration: NotResumed = -1,
) -> Reading:
    """``WarmupDecayLR``: a warmup, then a straight line down to its lowest rate."""
    low, high, steps = warmup_min_lr, warmup_max_lr, max(2, warmup_num_steps)
    rise = Warmup(Constant(high), steps, low, warmup_type)
    after = total_num_steps - steps
    decay = LinearDecay(high, after, low) if after > 0 else Constant(low)
    if after > 0:
        return _late(low, Warmup(decay, steps, low, warmup_type))
    return _late(low, joined([(0, rise), (steps, decay)]))


@becomes(Sequence, CosineAnnealing)
def WarmupCosineLR(
    optimizer: GivenOptimizer,
    total_num_steps: WarmupSteps,
    warmup_min_ratio: Fraction = 0.0,
    warmup_num_steps: Steps = 1000,
    cos_min_ratio: Fraction = 0.0001,
    warmup_type: Rise = "log",
    last_batch_iteration: NotResumed = -1,
) -> Reading:
    """``WarmupCosineLR``: a warmup, then a cosine, of the optimizer's rate. It begins at 0."""
    rate, steps = optimizer.begin(), max(2, warmup_num_steps)
    rise = Warmup(Constant(rate), steps, warmup_min_ratio * rate, warmup_type)
    cosine = CosineAnnealing(rate, max(1, total_num_steps - steps), cos_min_ratio * rate)
    return _late(0.0, joined([(0, rise), (steps, Offset(cosine, 1))]))


@becomes(LinearDecay)
def LRRangeTest(
    optimizer: Ignored,
    lr_range_test_min_lr: LearningRate = 0.001,
    lr_range_test_step_size: Steps = 2000,
    lr_range_test_step_rate: Growth = 1.0,
    lr_range_test_staircase: Flag = False,
    last_batch_iteration: NotResumed = -1,
) -> Schedule:
    """``LRRangeTest``: a straight line upward without end. `lrtui find` does such a test."""
    if lr_range_test_staircase:
        allowed = "must be False: no shape of ours is a staircase that rises without end"
        raise Invalid("lr_range_test_staircase", allowed, lr_range_test_staircase)
    low, steps = lr_range_test_min_lr, lr_range_test_step_size * _RISES
    return LinearDecay(low, steps, low * (1 + lr_range_test_step_rate * _RISES))


REFUSED = {"LRRangeTest": "a staircase, which rises without end"}
WITHOUT_CURVE: dict[str, str] = {}
