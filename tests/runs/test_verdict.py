"""The best of many cells is named where it is better than chance, and only there."""

import math

import numpy as np
import pytest

from lrtui.runs.verdict import judge


def drawn(cells: int, seeds: int, spread: float, number: int) -> list[list[float]]:
    """Final losses of cells that are all alike; their seeds differ, and how noisy they are."""
    random = np.random.default_rng(number)
    noise = np.exp(random.normal(0, spread, (cells, 1)))
    table = random.normal(0, 3, (1, seeds)) + noise * random.normal(size=(cells, seeds))
    return [[float(loss) for loss in cell] for cell in table]


@pytest.mark.parametrize(
    ("cells", "seeds", "spread"), [(3, 5, 0), (16, 4, 0), (16, 4, 0.5), (64, 4, 0.5), (256, 4, 0)]
)
def test_no_best_among_cells_that_are_alike(cells: int, seeds: int, spread: float) -> None:
    """In at least 95 of 100 draws, held over all cells at once."""
    named = [judge(drawn(cells, seeds, spread, number)).best for number in range(100)]

    assert sum(best is not None for best in named) <= 5


def test_one_that_is_far_below_all_others_is_the_best() -> None:
    losses = drawn(64, 4, 0, 1)
    losses[17] = [loss - 20 for loss in losses[17]]

    verdict = judge(losses)

    assert verdict.best == verdict.lowest == 17


def test_what_is_not_told_apart_is_named_the_nearest_first() -> None:
    random = np.random.default_rng(0)
    table = np.array([[0.0], [0.01], [0.02], [5.0], [9.0]]) + random.normal(0, 0.1, (5, 4))

    verdict = judge(table.tolist())

    assert verdict.best is None
    assert {verdict.lowest, *verdict.alike} == {0, 1, 2}


def test_seeds_that_differ_much_hide_nothing() -> None:
    """What a seed adds to every cell is taken out."""
    seeds = np.array([[0.0, 100.0, -50.0]])
    table = (
        np.array([[1.0], [2.0], [3.0]]) + seeds + np.array([[0.01, 0, 0], [0, 0.02, 0], [0] * 3])
    )

    assert judge(table.tolist()).best == 0


@pytest.mark.parametrize("lost", [math.nan, math.inf])
def test_a_cell_that_diverged_with_one_seed_is_not_the_best(lost: float) -> None:
    assert judge([[0.1, lost], [1.0, 1.1], [3.0, 3.1]]).lowest == 1


def test_with_one_seed_nothing_is_told_apart() -> None:
    verdict = judge([[1.0], [2.0]])

    assert (verdict.lowest, verdict.best, verdict.told) == (0, None, False)


def test_of_nothing_sound_there_is_no_lowest() -> None:
    assert judge([[math.nan], []]).lowest is None
    assert judge([]).lowest is None
