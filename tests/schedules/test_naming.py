"""Schedules beside each other are named by what differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import names_by_difference, parse
from tests.schedules.strategies import any_schedule, patient

EXPONENTIAL = "ExponentialDecay(0.1, 1000, {})"
CASES = [
    (["cosine"], ["cosine"]),
    (
        [EXPONENTIAL.format(rate) for rate in (0.9, 0.96, 0.99)],
        ["decay_rate 0.9", "decay_rate 0.96", "decay_rate 0.99"],
    ),
    (
        ["ExponentialDecay(0.1, 300, 0.9)", "ExponentialDecay(1e-5, 300, 0.9, staircase=True)"],
        [
            "initial_learning_rate 0.1, staircase off",
            "initial_learning_rate 1e-5, staircase on",
        ],
    ),
    # What an exponential and a cosine both have is no difference between them.
    (
        [EXPONENTIAL.format(0.9), EXPONENTIAL.format(0.96), "CosineDecay(0.2, 50)"],
        ["exponential decay_rate 0.9", "exponential decay_rate 0.96", "cosine"],
    ),
    (["Constant(0.1)", "CosineDecay(0.1, 50)"], ["constant", "cosine"]),
    (
        ["MultiStepDecay(0.1, [10, 20])", "MultiStepDecay(0.1, [30])"],
        ["milestones [10, 20]", "milestones [30]"],
    ),
    # Within a composition: one level down, the same names.
    (
        ["Warmup(Constant(0.1), 10)", "Warmup(Constant(0.2), 10)"],
        ["learning_rate 0.1", "learning_rate 0.2"],
    ),
    (
        ["Warmup(Constant(0.1), 10)", "Warmup(CosineDecay(0.1, 50), 20)"],
        ["constant steps 10", "cosine steps 20"],
    ),
    (["Warmup(Constant(0.1), 10)", "Constant(0.1)"], ["warmup", "constant"]),
    (
        [
            "Sequence([Constant(0.1), Constant(0.2)], [9])",
            "Sequence([Constant(0.3), Constant(0.4)], [9])",
        ],
        [
            "schedules[0].learning_rate 0.1, schedules[1].learning_rate 0.2",
            "schedules[0].learning_rate 0.3, schedules[1].learning_rate 0.4",
        ],
    ),
    (
        [
            "Sequence([Constant(0.1), Constant(0.2)], [9])",
            "Sequence([Constant(0.1), Constant(0.2), Constant(0.2)], [9, 12])",
        ],
        ["2 schedules boundaries [9]", "3 schedules boundaries [9, 12]"],
    ),
    # One's own by its source.
    (["mine.py:one", "mine.py:two", "cosine"], ["mine.py:one", "mine.py:two", "cosine"]),
    (["Scaled('a.py:f', 2.0)", "Scaled('b.py:f', 2.0)"], ["a.py:f", "b.py:f"]),
    # The same twice: numbered.
    (["cosine", "cosine", "cosine"], ["cosine", "cosine (2)", "cosine (3)"]),
    (
        ["Constant(0.1)", "Constant(0.1)", "Constant(0.2)"],
        ["learning_rate 0.1", "learning_rate 0.1 (2)", "learning_rate 0.2"],
    ),
]


@pytest.mark.parametrize(("texts", "names"), CASES)
def test_each_by_what_differs(texts: list[str], names: list[str]) -> None:
    assert names_by_difference([parse(text) for text in texts]) == names


def test_of_none_there_are_none() -> None:
    assert names_by_difference([]) == []


@patient
@given(st.lists(any_schedule(), min_size=1, max_size=6))
def test_no_two_are_the_same(schedules: list) -> None:  # type: ignore[type-arg]
    names = names_by_difference(schedules)
    assert len(set(names)) == len(schedules) == len(names)
    assert all(name == name.strip() != "" for name in names)
