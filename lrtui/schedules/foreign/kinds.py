"""What the arguments of other libraries have in common."""

from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.parameters import Invalid
from lrtui.schedules.quantities import Number, NumberPairs

FromStart = Annotated[int, Number(low=-1, high=-1)]
"""last_epoch: only a schedule at its start is understood."""
One = Annotated[float, Number(low=1, high=1)]
"""exponent: only the plain cosine is understood."""
Half = Annotated[float, Number(low=0.5, high=0.5)]
"""num_cycles: only half a cosine is understood."""
Pairs = Annotated[tuple[float, ...], NumberPairs(high=1e12, example="{300: 0.1, 600: 0.1}")]
"""A dict of steps and factors, as a row: step, factor, step, factor."""

OUR_RATE = 0.1
"""Where the rate stands in an optimizer that we are not shown."""


def begun(schedule: Schedule, rate: float, at: int) -> Schedule:
    """A schedule that begins at a step, its rate held until then."""
    return Sequence((Constant(rate), schedule), (at,)) if at else schedule


def warmed(schedule: Schedule, steps: int) -> Schedule:
    """A schedule after a linear warmup from 0, if there is one."""
    return Warmup(schedule, steps) if steps else schedule


def after_warmup(total: int, warmup: int, name: str) -> int:
    """The steps left after the warmup."""
    if total <= warmup:
        raise Invalid(name, "must be more than the warmup, which it includes", total)
    return total - warmup
