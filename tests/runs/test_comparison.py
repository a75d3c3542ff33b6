"""Comparisons worked out by hand, and Student's t against the tables."""

import math

import pytest

from lrtui.export.comparison import comparison_text
from lrtui.protocol import Ended, Event, Settings, Started, StepsDone, pack, to_wire
from lrtui.runs.comparison import Comparison, compare_runs
from lrtui.runs.record import RunRecord
from lrtui.runs.t_distribution import t_quantile, t_within
from tests.runs.epochs import epoch_event

NAN = float("nan")


def run(*losses: float, validated: bool = True) -> RunRecord:
    """A run of two steps an epoch, whose epochs end with these losses; NaN: diverged there."""
    settings = Settings(epochs=len(losses), steps_per_epoch=2)
    events: list[Event] = [Started("Constant(0.5)", settings)]
    for index, loss in enumerate(losses):
        told = to_wire(loss)
        events += [
            StepsDone(2 * index, pack([0.5, 0.5]), pack([loss, loss])),
            epoch_event(index + 1, 2 * index + 2, 0.5, told, told if validated else None),
        ]
    return RunRecord.of([*events, Ended("done")])


def of_finals(*schedules: list[float]) -> Comparison:
    runs = [{seed: run(9.0, final) for seed, final in enumerate(finals)} for finals in schedules]
    return compare_runs([f"s{index}" for index in range(len(schedules))], runs)


@pytest.mark.parametrize(
    ("probability", "freedom", "quantile"),
    # Abramowitz and Stegun 1964, table 26.10, which gives A(t) = 2 * probability - 1.
    [
        *((0.975, 1, 12.706), (0.975, 2, 4.303), (0.975, 3, 3.182), (0.975, 4, 2.776)),
        *((0.975, 9, 2.262), (0.975, 30, 2.042), (0.995, 1, 63.657), (0.995, 5, 4.032)),
        *((0.95, 10, 1.812), (0.975, 120, 1.980)),
    ],
)
def test_students_t_is_that_of_the_tables(
    probability: float, freedom: int, quantile: float
) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(quantile, abs=6e-4)


def test_students_t_where_there_is_a_plain_formula() -> None:
    # One degree of freedom is Cauchy's distribution; two: t / sqrt(2 + t^2).
    assert t_within(1.0, 1) == pytest.approx(0.5)
    assert t_within(3.0, 2) == pytest.approx(3 / math.sqrt(11))
    assert t_quantile(0.999999, 1001) == pytest.approx(t_quantile(0.999999, 1000), rel=1e-4)
    assert t_quantile(0.5, 7) == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="probability 1"):
        t_quantile(1.0, 3)


def test_mean_and_spread_over_the_seeds() -> None:
    standing = of_finals([0.1, 0.2, 0.3], [1.0, 1.0, 4.0]).standings[1]
    assert (standing.final.count, standing.final.mean) == (3, 2.0)
    assert standing.final.deviation == pytest.approx(math.sqrt(3))  # (1 + 1 + 4) / (3 - 1)
    assert standing.diverged == 0


def test_differences_are_taken_seed_by_seed() -> None:
    """0.020, 0.021, 0.022 stand out, although each schedule spreads over 0.1."""
    comparison = of_finals([0.1, 0.2, 0.3], [0.12, 0.221, 0.322])
    assert comparison.lowest == "s0"
    (difference,) = comparison.differences
    assert difference.other == "s1"
    assert difference.over.mean == pytest.approx(0.021)
    # 4.302653 * 0.001 / sqrt(3)
    assert difference.half_width == pytest.approx(0.0024841, rel=1e-4)
    assert difference.verdict == "differs"


def test_a_difference_within_the_spread_is_said_to_be_none() -> None:
    (difference,) = of_finals([0.1, 0.2, 0.3], [0.11, 0.22, 0.33]).differences
    assert difference.over.mean == pytest.approx(0.02)
    assert difference.half_width == pytest.approx(0.024841, rel=1e-4)
    assert difference.verdict == "within the spread"


def test_of_several_all_pairs_hold_together() -> None:
    """The same numbers that differ as a pair do no longer among ten pairs."""
    first, second = [0.1, 0.2, 0.3], [0.120, 0.2235, 0.326]
    (alone,) = of_finals(first, second).differences
    assert alone.verdict == "differs"
    among = of_finals(first, second, *[[9.0, 9.1, 9.3]] * 3)
    assert among.level == pytest.approx(0.995)
    # t of 0.9975 with two degrees of freedom: 14.089; the deviation is 0.0030139.
    assert among.differences[0].half_width == pytest.approx(14.089 * 0.0030139 / 3**0.5, rel=1e-3)
    assert among.differences[0].verdict == "within the spread"


def test_one_seed_says_nothing_of_the_spread() -> None:
    (difference,) = of_finals([0.1], [5.0]).differences
    assert difference.verdict == "too few seeds"
    assert math.isnan(difference.half_width)


def test_the_same_numbers_are_said_to_be_the_same() -> None:
    (difference,) = of_finals([0.1, 0.2], [0.1, 0.2]).differences
    assert difference.verdict == "same numbers"


def test_diverged_runs_are_counted_and_left_out() -> None:
    runs = [
        {0: run(9.0, 0.1), 1: run(0.01, NAN), 2: run(9.0, 0.3)},
        {0: run(9.0, 0.5), 1: run(9.0, 0.6), 2: run(9.0, 0.7)},
        {0: run(NAN), 1: run(NAN), 2: run(NAN)},
    ]
    comparison = compare_runs(["fast", "slow", "wild"], runs, to_loss=0.4)
    fast, slow, wild = comparison.standings
    assert (fast.diverged, slow.diverged, wild.diverged) == (1, 0, 3)
    assert (fast.final.count, fast.final.mean, fast.best.mean) == (2, 0.2, 0.2)
    assert (fast.steps_to.count, fast.steps_to.mean) == (2, 4)
    assert math.isnan(wild.final.mean)
    # Lower, where it lives: the one that always does is told first.
    assert comparison.lowest == "slow"
    to_fast, to_wild = comparison.differences
    assert (to_fast.over.count, to_wild.over.count) == (2, 0)
    assert to_fast.over.mean == pytest.approx(-0.4)
    assert to_wild.verdict == "not compared"


def test_where_all_diverged_none_is_lowest() -> None:
    comparison = compare_runs(["a", "b"], [{0: run(NAN)}, {0: run(NAN)}])
    assert comparison.lowest is None
    assert comparison.differences == ()


def test_steps_to_a_loss_are_those_of_the_first_epoch_that_has_it() -> None:
    runs = [{0: run(0.5, 0.3, 0.6, 0.2), 1: run(0.9, 0.8, 0.7, 0.6)}]
    (standing,) = compare_runs(["a"], runs, to_loss=0.3).standings
    assert [one.steps_to for one in standing.outcomes] == [4, None]
    assert [one.best for one in standing.outcomes] == [0.2, 0.6]
    assert [one.final for one in standing.outcomes] == [0.2, 0.6]


def test_without_validation_the_loss_is_compared() -> None:
    validated = compare_runs(["a"], [{0: run(0.5)}])
    not_all = compare_runs(["a", "b"], [{0: run(0.5)}, {0: run(0.4, validated=False)}])
    assert (validated.measure, not_all.measure) == ("val_loss", "loss")
    assert not_all.standings[1].final.mean == 0.4


def test_what_was_not_measured_has_no_rank() -> None:
    """The worker died: the second schedule has no run, or fewer than the first."""
    none = compare_runs(["s0", "s1"], [{0: run(0.1), 1: run(0.2)}, {}])
    assert (none.lowest, none.differences) == (None, ())
    assert comparison_text(none) == [
        "s1: only 0 of 2 runs were done",
        "there is no seed that all were trained with: nothing is ranked",
    ]
    # By seed 0, which both have, s1 is lower; by all that were done s0 would be.
    fewer = compare_runs(["s0", "s1"], [{0: run(0.5), 1: run(0.1), 2: run(0.1)}, {0: run(0.4)}])
    assert fewer.lowest == "s1"
    assert comparison_text(fewer)[0] == "s1: only 1 of 3 runs were done"
