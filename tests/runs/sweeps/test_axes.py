"""What ``--over`` says: names, ranges in the way a parameter is turned, lists, and refusals."""

import pytest

from lrtui.runs.sweeps.axes import SweepAxis, read_axis, with_parameter
from lrtui.schedules import Invalid, parse

EXPONENTIAL = parse("ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)")
NESTED = parse("Warmup(CosineDecay(0.1, decay_steps=1000), steps=100)")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        # A rate by its ratio, steps too and whole; both ends as they were typed.
        ("initial_learning_rate=1e-3..1:4", ("0.001", "0.01", "0.1", "1.0")),
        ("decay_steps=10..1000:3", ("10", "100", "1000")),
        # A factor near 1 by what is missing to 1: 0.1, 0.01, 0.001.
        ("decay_rate=0.9..0.999:3", ("0.9", "0.99", "0.999")),
        # A part of a whole by its difference.
        ("noise=0..1:3", ("0.0", "0.5", "1.0")),
        # No more whole numbers than there are.
        ("epochs=1..3:16", ("1", "2", "3")),
        ("optimizer=sgd,adam", ("sgd", "adam")),
        ("batch-size=8..32:3", ("8", "16", "32")),
        ("base_rate=0.1,0.2", ("0.1", "0.2")),
    ],
)
def test_values_of_an_axis(text: str, values: tuple[str, ...]) -> None:
    assert read_axis(text, [EXPONENTIAL]).values == values


def test_a_range_without_a_count_has_sixteen_values() -> None:
    assert len(read_axis("highest_rate=1e-4..1", [EXPONENTIAL]).values) == 16


def test_asked_finer_the_coarse_values_are_among_them() -> None:
    """So that a store has them already."""
    coarse = read_axis("highest_rate=1e-4..1:5", [EXPONENTIAL])
    fine = read_axis("highest_rate=1e-4..1:9", [EXPONENTIAL])

    assert set(coarse.values) < set(fine.values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("decay_rate", "must be NAME=LOW..HIGH"),
        ("", "must be NAME=LOW..HIGH"),
        ("decayrate=0..1", "must name one of initial_learning_rate, decay_steps"),
        ("decay_steps=0..100", "decay_steps must be an integer from 1"),
        ("initial_learning_rate=0..1", "a range begins above 0"),
        ("highest_rate=1..0.1", "from a lower to a higher"),
        ("highest_rate=0.1..1:1", "a count from 2"),
        ("highest_rate=0.1..1:x", "a count from 2"),
        ("optimizer=a..b", "optimizer must be one of sgd"),
        ("highest_rate=0.1,nan", "must be a finite number"),
        ("seed=1..4", "must name one of"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(text: str, said: str) -> None:
    with pytest.raises(Invalid, match="--over") as refused:
        read_axis(text, [EXPONENTIAL])

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_parameter_of_a_schedule_within_another() -> None:
    axis = read_axis("alpha=0..0.5:2", [NESTED])

    assert axis == SweepAxis("alpha", "schedule", ("0.0", "0.5"))
    changed = with_parameter(NESTED, "alpha", "0.5")
    assert str(changed) == str(parse("Warmup(CosineDecay(0.1, 1000, alpha=0.5), steps=100)"))
