"""What PyTorch's schedulers do within each other: one after another, or each on the other's."""

import ast
from bisect import bisect_right
from collections.abc import Callable
from collections.abc import Sequence as Many
from typing import Annotated, Any

from msgspec import Struct

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.product import Product
from lrtui.schedules.foreign.constructor import Kind, Line, constructors, name_of
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.optimizers import Group
from lrtui.schedules.parameters import Invalid
from lrtui.schedules.quantities import Number

NotResumed = Annotated[int, Number(low=-1, high=-1)]


class Scheduler(Struct, frozen=True):
    """A scheduler of PyTorch.

    Args:
        name: its class.
        begin: its curve from the rate that the optimizer has at its first step.
        enter: its curve where a SequentialLR goes over to it, from the rate before; None: PyTorch
            itself fails there.
        product: whether each step multiplies the optimizer's rate, whatever that is.
        absolute: whether each step sets the rate, whatever it was.
        made_with: the rate that it leaves when it is made, where that is another than its first.
        one_from: the step from which on it leaves the rate as it is found; None: there is none.
        zero_at: the step of a cosine's end, after which it adds to the rate.
        zero_based: the rate that a cosine was made with, from which it works out what it adds.
        steps: so many it can do.
        composed: whether it is made of others.
        resumed: whether it begins in the midst, by last_epoch.
    """

    name: str
    begin: Callable[[float], Schedule]
    enter: Callable[[float], Schedule] | None = None
    product: bool = True
    absolute: bool = False
    made_with: float | None = None
    one_from: int | None = None
    zero_at: int | None = None
    zero_based: float = 0.0
    steps: int | None = None
    composed: bool = False
    resumed: bool = False


def scheduler_of(
    name: str, group: Group, of: Callable[[float], Schedule], last_epoch: int = -1, **more: Any
) -> Scheduler:
    """A scheduler whose rates are those of a schedule that begins with the optimizer's."""
    base = group.begin()
    if last_epoch >= 0:
        return Scheduler(name, lambda rate: Offset(of(rate), last_epoch + 1), **more, resumed=True)
    return Scheduler(name, of, **{"enter": lambda _: of(base), **more})


class _Members(Kind):
    """The schedulers within another, written out."""

    def read(self, name: str, node: ast.expr, line: Line) -> list[Scheduler]:
        """The schedulers, made in their order.

        Raises:
            Invalid: it is no list of schedulers of PyTorch.
        """
        known = constructors(line.library)
        if not isinstance(node, (ast.List, ast.Tuple)) or not node.elts:
            raise Invalid(name, "must be schedulers, written out", line.reader.source(node))
        found = []
        for one in node.elts:
            constructor = known.get(name_of(one))
            if constructor is None or not isinstance(one, ast.Call):
                reason = getattr(line.library, "WITHOUT_CURVE", {}).get(name_of(one))
                if reason:
                    raise Invalid(name_of(one), reason, line.reader.source(one))
                raise Invalid(name, "must be schedulers, written out", line.reader.source(one))
            try:
                scheduler = constructor(one, line)
            except Invalid as fault:
                raise fault.inside(name) from None
            if scheduler.resumed:
                raise Invalid(name, "must begin at their start, without last_epoch", -1)
            found.append(scheduler)
        return found


Members = Annotated[Any, _Members()]


def in_sequence(schedulers: Many[Scheduler], milestones: Many[int], rate: float) -> Schedule:
    """The curve of a SequentialLR. At a milestone the next scheduler begins with its own step 0.

    Args:
        schedulers: its schedulers.
        milestones: the first step of each but the first.
        rate: the optimizer's, after all of them were made.

    Raises:
        Invalid: PyTorch refuses them, or fails at a milestone.
    """
    if len(milestones) != len(schedulers) - 1:
        allowed = f"must hold {len(schedulers) - 1} steps, one fewer than schedulers"
        raise Invalid("milestones", allowed, milestones)
    if list(milestones) != sorted(milestones):
        raise Invalid("milestones", "must rise", milestones)
    for one in schedulers:
        if one.composed:
            raise Invalid("schedulers", "must not be made of others: PyTorch fails there", one.name)
    first = bisect_right(milestones, 0)
    if schedulers[first].zero_at and schedulers[first].zero_based != rate:
        allowed = "must not leave another rate to CosineAnnealingLR, which then never ends"
        raise Invalid("schedulers", allowed, rate)
    parts = [(0, schedulers[first].begin(rate))]
    last = schedulers[first]
    begins = (0, *milestones)
    for place in range(first + 1, len(schedulers)):
        begin, scheduler = begins[place], schedulers[place]
        if place + 1 < len(begins) and begins[place + 1] == begin:
            continue
        if last.steps is not None and begin - parts[-1][0] > last.steps:
            raise Invalid(
                "milestones", f"must end {last.name} within its {last.steps} steps", begin
            )
        if scheduler.enter is None:
            raise Invalid("schedulers", "must be such as PyTorch can begin later", scheduler.name)
        before = float(joined(parts)(begin - 1))
        parts.append((begin, scheduler.enter(before)))
        last = scheduler
    return joined(parts)


def chained(schedulers: Many[Scheduler], rate: float) -> Schedule:
    """The curve of a ChainedScheduler: the product of what each does to the rate.

    Args:
        schedulers: its schedulers.
        rate: the optimizer's, before the first of them was made.

    Raises:
        Invalid: what they do is no product.
    """
    if len(schedulers) == 1 or (schedulers[-1].absolute and not _nested(schedulers)):
        return _as_made(schedulers[-1], rate)
    for one in schedulers:
        if one.absolute or one.composed or not one.product:
            allowed = "must be such as scale the rate: with another the chain is no product"
            raise Invalid("schedulers", allowed, one.name)
    for cosine in (one for one in schedulers if one.zero_at is not None):
        for one in schedulers:
            settled = one.one_from is not None and one.one_from <= (cosine.zero_at or 0)
            if one is not cosine and not settled:
                allowed = f"must be at a factor of 1 before {cosine.name} rises again"
                raise Invalid("schedulers", allowed, one.name)
    curves = [schedulers[0].begin(rate), *(one.begin(1.0) for one in schedulers[1:])]
    return Product(tuple(curves))


def _as_made(last: Scheduler, rate: float) -> Schedule:
    """The curve of the last one, whose first rate is that which it left when it was made."""
    schedule = last.begin(rate)
    if last.made_with is None or last.made_with == float(schedule(0)):
        return schedule
    return joined([(0, Constant(last.made_with)), (1, Offset(schedule, 1))])


def _nested(schedulers: Many[Scheduler]) -> bool:
    return any(one.composed for one in schedulers)
