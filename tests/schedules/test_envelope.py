"""The envelope against brute force: every step of every stretch, looked at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Schedule, parse
from lrtui.schedules.base import Composition
from lrtui.schedules.envelope import envelope, stretch_edges
from lrtui.schedules.parameters import parameters
from lrtui.schedules.quantities import Rate
from tests.schedules.strategies import EVERY_CLASS, any_of, patient

EPSILON = float(np.finfo(np.float32).eps)


def brute_force(
    schedule: Schedule, start: int, stop: int, stretches: int
) -> tuple[list[float], list[float]]:
    """Least and greatest rate of each stretch; of an empty one, the rate of the nearest step."""
    low, high = [], []
    for part in range(stretches):
        first = start + part * (stop - start) // stretches
        last = start + (part + 1) * (stop - start) // stretches
        steps = np.arange(first, max(last, first + 1)).clip(max=stop - 1)
        rates = schedule(steps)
        low.append(float(rates.min()))
        high.append(float(rates.max()))
    return low, high


def rounding(schedule: Schedule, highest: float) -> float:
    """What float32 may lose: the formulas add and subtract numbers as large as their rates."""
    return 8 * EPSILON * float(max([highest if np.isfinite(highest) else 0, *rates_in(schedule)]))


def rates_in(schedule: Schedule) -> list[float]:
    """The rates among the parameters of a schedule and of those within it."""
    inner = schedule.inner() if isinstance(schedule, Composition) else ()
    own = [
        value
        for parameter in parameters(type(schedule))
        if isinstance(parameter.quantity, Rate)
        and (value := getattr(schedule, parameter.name)) is not None
    ]
    return own + [rate for one in inner for rate in rates_in(one)]


@pytest.mark.parametrize("cls", EVERY_CLASS, ids=lambda cls: cls.__name__)
@given(data=st.data())
@patient
def test_each_stretch_shows_its_true_extremes(cls: type[Schedule], data: st.DataObject) -> None:
    schedule = data.draw(any_of(cls))
    start = data.draw(st.integers(0, 1000) | st.integers(0, 1_000_000))
    stop = start + data.draw(st.integers(1, 20_000))
    stretches = data.draw(st.integers(1, 200))
    low, high = envelope(schedule, start, stop, stretches)
    true_low, true_high = brute_force(schedule, start, stop, stretches)
    slack = rounding(schedule, max(true_high))
    missed = f"{schedule} turns or jumps where its `corners` name no step"
    np.testing.assert_allclose(low, true_low, rtol=1e-6, atol=slack, err_msg=missed)
    np.testing.assert_allclose(high, true_high, rtol=1e-6, atol=slack, err_msg=missed)
    assert low.dtype == high.dtype == np.float32


def test_a_restart_between_two_columns_is_not_lost() -> None:
    schedule = parse("CosineDecayRestarts(0.1, 50, t_mul=1.0)")
    low, high = envelope(schedule, 0, 100_000, 100)
    assert np.allclose(high, 0.1, rtol=1e-6)
    assert (low < 0.0002).all()


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        # A factor that is held for 64 steps makes a tooth of each.
        ("Product([LinearDecay(0.1, 6400, 1.0), PerEpoch(CosineDecay(1.0, 100))])", 6400),
        # More steps than are looked at one by one: it turns far from every corner of a factor.
        ("Product([InverseTimeDecay(1.0, 1000, 0.5), LinearDecay(0.001, 600000, 1.0)])", 700_000),
    ],
)
def test_a_product_turns_where_no_factor_does(text: str, steps: int) -> None:
    schedule = parse(text)
    low, high = envelope(schedule, 0, steps, 125)
    true_low, true_high = brute_force(schedule, 0, steps, 125)
    np.testing.assert_allclose(low, true_low, rtol=1e-6)
    np.testing.assert_allclose(high, true_high, rtol=1e-6)


def test_a_billion_steps_are_not_evaluated() -> None:
    schedule = parse("ExponentialDecay(0.1, 1000, 0.999, staircase=True)")
    low, high = envelope(schedule, 0, 10**9, 80)
    assert high[0] == np.float32(0.1)
    assert low[-1] == 0.0
    assert (low <= high).all()


def test_a_jump_stands_in_the_column_where_it_is() -> None:
    low, high = envelope(parse("PiecewiseConstantDecay([4], [1.0, 0.5])"), 0, 10, 2)
    # Column 0 is steps 0 to 4: step 4 is the boundary and still has the earlier rate.
    assert (low[0], high[0]) == (1.0, 1.0)
    assert (low[1], high[1]) == (0.5, 0.5)


def test_more_stretches_than_steps_repeat_the_nearest() -> None:
    low, high = envelope(parse("PiecewiseConstantDecay([0], [1.0, 0.5])"), 0, 2, 4)
    assert low.tolist() == high.tolist() == [1.0, 1.0, 0.5, 0.5]


def test_edges_cover_the_window_without_gap_or_overlap() -> None:
    assert stretch_edges(10, 20, 4).tolist() == [10, 12, 15, 17, 20]
