"""Hypothesis strategies derived from the parameters of a class: any valid schedule or settings.

Imported by the tests of other rooms as well. Never evaluates a schedule.
"""

from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from lrtui.schedules import Invalid, Schedule, catalogue
from lrtui.schedules.parameters import Described, Parameter, parameters
from lrtui.schedules.quantities import Number, Rate

D = TypeVar("D", bound=Described)

patient = settings(deadline=None)
"""For every property test: no outcome depends on the clock."""

EVERY_CLASS = tuple(catalogue().values())

_FLOAT32_MAX = 3.4028234e38


def any_of(cls: type[D], *, wide: bool = False, depth: int = 3) -> st.SearchStrategy[D]:
    """Any valid value of a described class.

    Args:
        cls: a schedule's class, or the settings of a training.
        wide: everything that is allowed, to the last corner; else what someone might train with
            (rates 1e-8 to 10, at most 100 000 steps, factors up to 2).
        depth: how many schedules may stand within each other.
    """
    drawn = st.integers(1, 6).flatmap(
        lambda count: st.fixed_dictionaries(
            {p.name: value_of(p, wide=wide, count=count, depth=depth) for p in parameters(cls)}
        )
    )
    return drawn.filter(lambda values: _valid(cls, values)).map(lambda values: cls(**values))


def any_schedule(*, wide: bool = False) -> st.SearchStrategy[Schedule]:
    """Any valid schedule of any class of the catalogue."""
    return st.sampled_from(EVERY_CLASS).flatmap(lambda cls: any_of(cls, wide=wide))


def value_of(
    parameter: Parameter, *, wide: bool, count: int = 2, depth: int = 3
) -> st.SearchStrategy[Any]:
    """Any value that the parameter allows. Of floats in a row there is one more than of steps."""
    one = _nested(wide, depth - 1) if parameter.nested else _one(parameter, wide)
    if parameter.many and parameter.type is int:
        return st.lists(one, min_size=count, max_size=count, unique=True).map(
            lambda steps: tuple(sorted(steps))
        )
    if parameter.many:
        return st.lists(one, min_size=count + 1, max_size=count + 1).map(tuple)
    return st.none() | one if parameter.optional else one


def _nested(wide: bool, depth: int) -> st.SearchStrategy[Schedule]:
    """A schedule within another, mostly a simple one."""
    classes = [cls for cls in EVERY_CLASS if depth > 0 or not cls.composition]
    return st.sampled_from(classes).flatmap(lambda cls: any_of(cls, wide=wide, depth=depth))


def _one(parameter: Parameter, wide: bool) -> st.SearchStrategy[Any]:
    quantity = parameter.quantity
    if quantity.choices:
        return st.sampled_from(quantity.choices)
    if parameter.type is bool:
        return st.booleans()
    assert isinstance(quantity, Number)
    low, high = quantity.low, min(quantity.high, _FLOAT32_MAX)
    if parameter.type is int:
        top = int(high) if wide else min(int(high), 100_000)
        return st.integers(int(low), top) | st.integers(int(low), min(top, 300))
    if wide:
        return st.floats(low, high)
    rates = isinstance(quantity, Rate) or not quantity.turns
    return (_rates if rates else _within)(low, high)


def _within(low: float, high: float) -> st.SearchStrategy[float]:
    top = min(high, max(low + 1, 2.0))
    return st.floats(low, top, allow_subnormal=False) | st.sampled_from([low, top])


def _rates(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(1e-8, 10) | st.sampled_from([0.0, 1e-4, 0.1, 1.0])


def _valid(cls: type[Described], values: dict[str, Any]) -> bool:
    try:
        cls(**values)
    except Invalid:
        return False
    return True
