"""The jumps of a cursor: to the next corner, the next restart, and back. Places by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Schedule, parse
from lrtui.schedules.search import (
    corner_after,
    corner_before,
    first_at_least,
    first_at_most,
    restart_after,
)
from tests.schedules.strategies import any_schedule, patient

RESTARTS = "CosineDecayRestarts(0.1, 100, t_mul=2.0)"  # at 100, 300, 700, 1500
WARMED_UP = "CosineDecay(0.0, 500, warmup_target=0.1, warmup_steps=100)"  # 100 and 600
STEPPED = "PiecewiseConstantDecay([10, 20], [0.1, 0.05, 0.2])"  # 11 and 21 have the new rates


@pytest.mark.parametrize(
    ("text", "corners"),
    [
        (RESTARTS, [100, 300, 700]),
        (WARMED_UP, [100, 600]),
        (STEPPED, [11, 21]),
        ("CyclicalRate(0.001, 0.1, 200)", [200, 400, 600, 800]),
        ("Constant(0.1)", []),
        ("PolynomialDecay(0.1, 400, 0.0)", [400]),
    ],
)
def test_from_corner_to_corner_and_back(text: str, corners: list[int]) -> None:
    schedule, found, step = parse(text), [], 0
    while (after := corner_after(schedule, step, 1000)) is not None:
        found.append(after)
        step = after
    assert found == corners
    back, step = [], 1000
    while (before := corner_before(schedule, step)) is not None:
        back.append(before)
        step = before
    assert back == corners[::-1]


def test_a_restart_is_where_the_rate_has_jumped_up() -> None:
    assert [restart_after(parse(RESTARTS), step, 1000) for step in (0, 99, 100, 700)] == [
        *(100, 100, 300),
        None,
    ]
    assert restart_after(parse(STEPPED), 0, 1000) == 21
    assert restart_after(parse(WARMED_UP), 0, 1000) is None


def test_among_a_billion_steps() -> None:
    schedule = parse("PiecewiseConstantDecay([900000000], [0.1, 0.2])")
    assert corner_after(schedule, 0, 10**9) == 900_000_001
    assert first_at_least(schedule, 0.15, 0, 10**9) == 900_000_001
    assert first_at_most(schedule, 0.05, 0, 10**9) is None
    dense = parse("CosineDecayRestarts(0.1, 50000, t_mul=1.0)")
    after = restart_after(dense, 16_000_001, 10**9)
    assert after == 16_050_000


@patient
@given(schedule=any_schedule(), start=st.integers(0, 10_000), steps=st.integers(1, 20_000))
def test_the_first_step_at_a_rate_is_the_first(schedule: Schedule, start: int, steps: int) -> None:
    rates = schedule(np.arange(start, start + steps))
    if not np.isfinite(rates).all():
        return
    rate = float(np.float32((float(rates.min()) + float(rates.max())) / 2))
    for find, hits in ((first_at_most, rates <= rate), (first_at_least, rates >= rate)):
        found = find(schedule, rate, start, start + steps)
        assert found is not None
        assert hits[found - start]
        nearly = np.abs(rates - rate) <= 1e-5 * abs(rate)
        assert not (hits & ~nearly)[: found - start].any()


@patient
@given(schedule=any_schedule(), step=st.integers(0, 20_000), stop=st.integers(1, 20_000))
def test_a_jump_goes_forward_or_back_and_stays_in_range(
    schedule: Schedule, step: int, stop: int
) -> None:
    for forward in (corner_after, restart_after):
        found = forward(schedule, step, stop)
        assert found is None or step < found < stop
    found = corner_before(schedule, step)
    assert found is None or 0 < found < step
