"""Another base rate: all rates by a factor, or another value of one parameter that is a rate."""

from collections.abc import Iterator

import numpy as np

from lrtui.logs.audit.hypotheses import Case, Hypothesis
from lrtui.logs.audit.logged import rates_of
from lrtui.schedules import Invalid, parameters
from lrtui.schedules.arrays import Float64s
from lrtui.schedules.quantities import Rate

_PROBE = 1.5
_LITTLE = 1e-3
"""Rates below this part of the highest say little of a factor."""


def base_rates(case: Case) -> Iterator[Hypothesis]:
    """All rates times a factor; another value of the one parameter that scales most of them."""
    planned = case.at(case.steps)
    factor = _solved(case, planned, np.zeros_like(planned))
    if factor is not None:
        peak = float(np.abs(rates_of(case.schedule, np.arange(2))).max())
        values = {"factor": factor} | ({"rate": factor * peak} if peak else {})
        yield Hypothesis("base_rate", factor * planned, 1, values)
    for parameter in parameters(type(case.schedule)):
        held = getattr(case.schedule, parameter.name)
        if parameter.many or not isinstance(parameter.quantity, Rate) or not held:
            continue
        try:
            other = case.schedule.replace(**{parameter.name: _PROBE * held})
            slope = (rates_of(other, case.steps) - planned) / ((_PROBE - 1) * held)
            value = _solved(case, slope, planned - slope * held)
            if value is None or value < 0:
                continue
            found = rates_of(case.schedule.replace(**{parameter.name: value}), case.steps)
        except Invalid:
            continue
        yield Hypothesis("base_rate", found, 1, {"factor": value / held, "rate": value})


def _solved(case: Case, slope: Float64s, rest: Float64s) -> float | None:
    """The number `x` for which ``slope * x + rest`` is nearest to what was logged."""
    large = np.abs(slope) > _LITTLE * np.abs(slope).max(initial=0.0)
    if not large.any():
        return None
    numbers = (case.logged.values - rest)[large] / slope[large]
    widths = case.logged.tolerance[large] / np.abs(slope[large])
    low, high = float((numbers - widths).max()), float((numbers + widths).min())
    if low <= high:  # every rate allows it
        return (low + high) / 2
    return float(np.median(numbers))
