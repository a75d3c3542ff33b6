"""A schedule that is chosen lasts as long as the training, and beside another's is as high."""

import numpy as np
import pytest

from lrtui.schedules import catalogue, parse
from lrtui.schedules.fitting import as_high, fitted
from lrtui.schedules.notes import notes


@pytest.mark.parametrize(
    ("schedule", "steps", "expected"),
    [
        ("CosineDecay(0.1, 1000)", 1280, "CosineDecay(0.1, decay_steps=1280)"),
        (
            "WarmupStableDecay(0.1, 100, 700, 200)",
            500,
            "WarmupStableDecay(0.1, warmup_steps=50, stable_steps=350, decay_steps=100)",
        ),
        (
            "PiecewiseInterpolation([100, 1000], [0.0, 0.1, 0.01])",
            200,
            "PiecewiseInterpolation([20, 200], values=[0.0, 0.1, 0.01])",
        ),
        ("InverseSquareRoot(0.1, 50)", 77, "InverseSquareRoot(0.1, warmup_steps=50)"),
    ],
)  # fmt: skip
def test_lengths_keep_their_proportions(schedule: str, steps: int, expected: str) -> None:
    assert str(fitted(parse(schedule), steps)) == expected


@pytest.mark.parametrize("steps", [300, 1000, 1280, 99_999])
def test_a_default_of_the_catalogue_says_nothing_of_its_length(steps: int) -> None:
    for name, cls in catalogue().items():
        if not cls.composition and name != "cosine-swing":  # which rises again by its nature
            said = [one for one in notes(fitted(cls(), steps), steps) if "ends at step" in one]
            assert not said, name


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("CosineDecay(0.1, 1000, 0.5)", "CosineDecay(0.003, decay_steps=1000, alpha=0.5)"),
        (
            "PiecewiseConstantDecay([300], [0.1, 0.01])",
            "PiecewiseConstantDecay([300], values=[0.003, 0.0003])",
        ),
        ("Noam(512, 400)", "Noam(512, warmup_steps=400)"),
        ("Constant(0.0)", "Constant(0.0)"),
    ],
)
def test_rates_keep_their_proportions(schedule: str, expected: str) -> None:
    other = parse("CosineDecay(0.001, 471000, warmup_target=0.003, warmup_steps=1000)")
    assert str(as_high(parse(schedule), other, 471_000)) == expected


def test_all_of_the_catalogue_but_noam_whose_rate_is_its_width_can_be_as_high() -> None:
    other = parse("Constant(0.003)")
    for name, cls in catalogue().items():
        if not cls.composition and name != "noam":
            rates = as_high(fitted(cls(), 1280), other, 1280)(np.arange(1280))
            assert rates.max() == pytest.approx(0.003, rel=0.01), name
