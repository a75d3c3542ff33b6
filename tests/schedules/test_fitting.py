"""A schedule that is chosen lasts as long as the training, with its own proportions."""

import pytest

from lrtui.schedules import catalogue, parse
from lrtui.schedules.fitting import fitted
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
