"""The landmarks of a schedule, worked out by hand."""

import pytest

from lrtui.schedules import parse
from lrtui.schedules.landmarks import Landmark, landmarks


def of(text: str, steps: int) -> dict[str, Landmark]:
    return {mark.name: mark for mark in landmarks(parse(text), steps)}


def test_of_a_warmed_up_cosine() -> None:
    found = of("CosineDecay(0.0, 100, warmup_target=0.5, warmup_steps=100)", 201)
    assert list(found) == ["start", "peak", "lowest", "half", "end", "mean"]
    assert found["start"] == ("start", 0, 0.0)
    assert found["peak"] == ("peak", 100, 0.5)
    assert found["lowest"] == ("lowest", 0, 0.0)
    assert found["half"].step == 150
    assert found["half"].rate == pytest.approx(0.25)
    assert found["end"] == ("end", 200, 0.0)
    assert found["mean"].step is None
    assert found["mean"].rate == pytest.approx(0.25 * 200 / 201, rel=1e-4)


def test_half_is_the_first_step_at_or_below_half_the_peak() -> None:
    found = of("ExponentialDecay(0.5, 100, 0.5, staircase=True)", 1000)
    assert found["half"] == ("half", 100, 0.25)


def test_half_is_looked_for_after_the_peak_only() -> None:
    found = of("PiecewiseConstantDecay([10], [0.25, 1.0])", 20)
    assert found["peak"].step == 11
    assert "half" not in found


def test_of_a_constant() -> None:
    found = of("Constant(0.5)", 10)
    assert "half" not in found
    assert found["mean"].rate == found["end"].rate == found["start"].rate == 0.5
    assert found["peak"].step == 0


def test_a_rate_of_zero_has_no_half() -> None:
    assert "half" not in of("Constant(0.0)", 10)


def test_the_end_is_the_rate_of_the_last_step() -> None:
    # 100 steps are steps 0 to 99: the end rate is reached at step 100 and never trained with.
    end = of("PolynomialDecay(1.0, 100, 0.0)", 100)["end"]
    assert end.step == 99
    assert end.rate == pytest.approx(0.01)


def test_of_one_step() -> None:
    assert of("Constant(0.5)", 1)["end"] == ("end", 0, 0.5)


def test_of_a_billion_steps_only_what_needs_no_visit_to_each() -> None:
    found = of("PolynomialDecay(1.0, 500000000, 0.25)", 10**9)
    assert [(mark.name, mark.rate) for mark in found.values()] == [
        ("start", 1.0),
        ("peak", 1.0),
        ("lowest", 0.25),
        ("end", 0.25),
    ]
