"""Random schedules whose corners lie close together, so that few steps cross them all."""

from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from lrtui.schedules import Invalid, Parameter, Schedule, catalogue, parameters
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.quantities import Number, Rate
from tests.export_libraries.running import STEPS

SIMPLE = [cls for cls in catalogue().values() if not cls.composition]

RATES = st.floats(1e-6, 10) | st.sampled_from([0.0, 0.1, 0.3])
FLOATS = {
    "t_mul": st.just(1.0) | st.floats(1.25, 4),
    "power": st.sampled_from([0.0, 0.5, 1.0, 2.0]) | st.floats(0.1, 5),
    "k_decay": st.sampled_from([1.0, 2.0]) | st.floats(0.1, 5),
    "div_factor": st.floats(0.5, 100),
    "final_div_factor": st.floats(0.5, 1e4),
    "div_final": st.floats(0.5, 1e4),
    "factor": st.floats(0, 2, allow_subnormal=False),
    # Eighths: of others the rounding grows with the steps, as of any cosine that has no end.
    "half_swings": st.integers(1, 32).map(lambda eighths: eighths / 8),
}
"""What would else be so large that a formula is nothing but rounding."""
FACTORS = st.floats(0.5, 1) | st.sampled_from([0.0, 0.1, 0.96, 1.0])


def schedules(cls: type[Schedule], top: int = 200) -> st.SearchStrategy[Schedule]:
    """Any schedule of that class, no time in it longer than `top` steps.

    It comes to its end, if it has one, within the steps that are looked at.
    """
    return drawn(cls, top).filter(lambda one: (one.end() or 0) < STEPS[-1])


@st.composite
def drawn(draw: st.DrawFn, cls: type[Schedule], top: int) -> Schedule:
    """See :func:`schedules`."""
    count = draw(st.integers(1, 4))
    values = {one.name: draw(_value(one, top, count)) for one in parameters(cls)}
    try:
        return cls(**values)
    except Invalid as fault:  # values that are wrong only together
        wrong = fault.name
    try:
        return cls(**{**values, wrong: getattr(cls(), wrong) or 0.01})
    except Invalid:
        reject()


def _value(parameter: Parameter, top: int, count: int) -> st.SearchStrategy[Any]:
    if parameter.nested:
        inner = st.sampled_from(SIMPLE).flatmap(lambda cls: drawn(cls, top // 3)).filter(_exact)
        return st.tuples(*[inner] * (count + 1)) if parameter.many else inner
    if parameter.many and parameter.type is int:
        many = st.lists(st.integers(1, top), min_size=count, max_size=count, unique=True)
        return many.map(lambda steps: tuple(sorted(steps)))
    if parameter.many:
        return st.tuples(*[RATES] * (count + 1))
    one = _one(parameter, top)
    return st.none() | one if parameter.optional else one


def _exact(schedule: Schedule) -> bool:
    """Whether its jumps lie where no rounding moves them: within another none could be told."""
    return not isinstance(schedule, CosineDecayRestarts) or schedule.t_mul == 1


def _one(parameter: Parameter, top: int) -> st.SearchStrategy[Any]:
    quantity = parameter.quantity
    if quantity.choices:
        return st.sampled_from(quantity.choices)
    if parameter.type is bool:
        return st.booleans()
    assert isinstance(quantity, Number)
    low = int(quantity.low)
    if parameter.type is int:
        return st.integers(low, low + 2) | st.integers(low, min(top, int(quantity.high)))
    if isinstance(quantity, Rate):
        return RATES
    if quantity.high == 1:
        return st.floats(0, 1, allow_subnormal=False) | st.sampled_from([0.0, 0.3, 1.0])
    return FLOATS.get(parameter.name, FACTORS)
