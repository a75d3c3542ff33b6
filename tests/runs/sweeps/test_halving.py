"""What a budget buys: all cells a little, the better half longer, never more than was allowed."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lrtui.runs.sweeps.halving import Rung, best_half, rungs_of, told


@given(
    cells=st.integers(1, 300),
    seeds=st.integers(1, 9),
    epochs=st.integers(1, 30),
    budget=st.floats(1, 1e4),
)
def test_a_budget_is_kept_and_ends_with_whole_trainings(
    cells: int, seeds: int, epochs: int, budget: float
) -> None:
    rungs = rungs_of(cells, seeds, epochs, budget)

    assert sum(rung.cost for rung in rungs) <= budget
    assert rungs[-1].share == 1
    assert rungs[-1].cells >= 1
    for rung, following in pairwise(rungs):
        assert following.cells == math.ceil(rung.cells / 2) or following.cells <= rung.cells / 2 + 1
        assert following.seeds * following.share > rung.seeds * rung.share


def test_enough_for_everything_is_one_rung() -> None:
    assert rungs_of(16, 4, 20, 64) == [Rung(16, 4, 1.0)]


def test_by_hand() -> None:
    """16 cells of 4 epochs with 2 seeds: each rung has half the cells, and twice the effort."""
    assert rungs_of(16, 2, 4, 32) == [Rung(16, 2, 1.0)]
    # 16/2 + 8 + 4 * 2 = 24, of 31 that are allowed; 16 + 8 * 2 = 32 would be too many.
    assert rungs_of(16, 2, 4, 31) == [Rung(16, 1, 0.5), Rung(8, 1, 1.0), Rung(4, 2, 1.0)]


def test_the_better_half_has_no_cell_that_diverged() -> None:
    losses = {0: [1.0, 3.0], 1: [math.nan, 0.1], 2: [1.5, 1.5], 3: [0.5, 9.0], 4: []}

    assert best_half(losses, 3) == [2, 0, 3]


def test_what_was_left_out_is_said() -> None:
    lines = told([Rung(16, 1, 0.5), Rung(8, 4, 1.0)], 20, 16)

    assert lines == [
        "16 of 16 cells with 1 seed, 10 epochs each",
        "8 of 16 cells with 4 seeds",
        "left out: 8 cells were not trained whole with all seeds",
    ]
