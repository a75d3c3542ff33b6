"""Notes: each where it belongs, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Schedule, notes, parse
from tests.schedules.strategies import EVERY_CLASS, any_schedule, patient

NOTED = [
    (
        "CosineDecay(0.5, 1000, alpha=0.1)",
        1000,
        "alpha is a fraction of the highest rate: it ends at 0.05; for an end at a rate use Cosi",
    ),
    (
        "CosineDecay(0.0, 900, 0.1, warmup_target=0.2, warmup_steps=100)",
        1000,
        "alpha is a fraction of the highest rate: it ends at 0.02; for an end at a rate use Cosi",
    ),
    (
        "CosineDecayRestarts(0.5, 1000, alpha=0.1)",
        1000,
        "alpha is a fraction of initial_learning_rate: each period ends at 0.05; for an end at a",
    ),
    (
        "WarmupStableDecay(0.5, 0, 0, 100, alpha=0.1)",
        100,
        "alpha is a fraction of the rate: it ends at 0.05; for an end at a rate set end_learning",
    ),
    (
        "CosineDecay(0.1, 1000, warmup_steps=100)",
        1000,
        "warmup_steps without warmup_target are ignored by Keras; set warmup_target to the rate ",
    ),
    (
        "CosineDecay(0.0, 1000, warmup_target=0.1, warmup_steps=100)",
        1000,
        "decay_steps begin after the warmup: it ends at step 1100; for an end at 1000 take the ",
    ),
    (
        "PolynomialDecay(0.00001, 1000)",
        1000,
        "end_learning_rate, 0.0001, is above initial_learning_rate, so the rate rises; set it lo",
    ),
    (
        "CosineAnnealing(0.1, 1000, 0.2)",
        1000,
        "end_learning_rate is above initial_learning_rate, so the rate rises; it is a rate, not ",
    ),
    (
        "WarmupStableDecay(0.1, 0, 0, 100, end_learning_rate=0.2)",
        100,
        "end_learning_rate is above initial_learning_rate, so the rate rises in the decay; it is",
    ),
    (
        "PiecewiseConstantDecay([600, 300], [0.1, 0.05, 0.01])",
        1000,
        "boundaries do not rise: Keras then adds rates up, or leaves a gap of 0; sort them, and ",
    ),
    (
        "PolynomialDecay(0.1, 1000, 0.01)",
        1280,
        "The schedule ends at step 1000: the other 280 of 1280 steps train at 0.01; make it long",
    ),
    (
        "CosineDecay(0.1, 1000)",
        1280,
        "The schedule ends at step 1000: the other 280 of 1280 steps are not trained (rate 0); ",
    ),
    (
        "OneCycle(0.1, 1000)",
        1280,
        "The schedule ends at step 999: the other 281 of 1280 steps train at 4e-7; make it long",
    ),
    (
        "Warmup(CosineDecay(0.1, 1000), steps=100)",
        1280,
        "The schedule ends at step 1100: the other 180 of 1280 steps are not trained (rate 0); ",
    ),
    (
        "CosineDecay(0.1, 10000)",
        1280,
        "The training ends at step 1280, the schedule at 10000: only its first 13 % is used; mak",
    ),
    (
        "PiecewiseConstantDecay([99], [0.1, 0.0])",
        400,
        "The rate is 0 in 75 % of the steps, which train nothing; put the schedule in a Floor, ",
    ),
    (
        "Constant(0.1)",
        2**24 + 1,
        "After step 16777216 float32 rounds the step itself, in training as here, so neighbourin",
    ),
    (
        "Warmup(CosineDecay(0.1, 900, alpha=0.1), steps=100)",
        1000,
        "alpha is a fraction of the highest rate: it ends at 0.01; for an end at a rate use Cosi",
    ),
]


@pytest.mark.parametrize(("text", "steps", "note"), NOTED)
def test_noted(text: str, steps: int, note: str) -> None:
    found = notes(parse(text), steps)
    assert [one[: len(note)] for one in found if one.startswith(note)] == [note]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("CosineDecay(0.1, 1000)", 1000),
        ("CosineDecay(0.1, 1000)", 1001),
        ("CosineDecay(0.1, 1000, warmup_target=0.2)", 1000),
        ("PolynomialDecay(0.1, 1000)", 1000),
        ("PolynomialDecay(0.1, 100, cycle=True)", 1000),
        ("PiecewiseConstantDecay([300, 600], [0.1, 0.05, 0.01])", 1000),
        ("MultiStepDecay(0.1, [30])", 1000),
        ("LinearDecay(0.0, 100, 0.1)", 1000),
        ("Warmup(CosineDecay(0.1, 900), steps=100)", 1000),
        ("Warmup(Constant(0.1), steps=10)", 100),
        ("OneCycle(0.1, 1000)", 1000),
        ("WarmupStableDecay(0.1, 100, 700, 200)", 1000),
        ("ExponentialDecay(0.1, 1000, 0.9)", 1280),
        ("CosineDecay(0.1, 2000)", 1000),
        ("Constant(0.1)", 2**24),
    ],
)
def test_nothing_to_note(text: str, steps: int) -> None:
    assert notes(parse(text), steps) == ()


def test_said_once_where_two_within_say_the_same() -> None:
    twice = "Sequence([CosineDecay(0.1, 500, 0.1), CosineDecay(0.1, 500, 0.1)], [500])"
    assert len(notes(parse(twice), 1000)) == 1


@given(schedule=any_schedule(), steps=st.integers(1, 10**8))
@patient
def test_short_and_one_line_whatever_the_schedule(schedule: Schedule, steps: int) -> None:
    for note in notes(schedule, steps):
        assert "\n" not in note
        assert note.endswith(".")
        assert len(note) < 200


@pytest.mark.parametrize("cls", EVERY_CLASS, ids=lambda cls: cls.__name__)
def test_after_its_end_a_schedule_stays_as_it_is(cls: type[Schedule]) -> None:
    schedule = cls()
    end = schedule.end()
    if end is not None:
        rates = schedule(end + np.arange(0, 5000, 7))
        assert (rates == rates[0]).all()
        assert (schedule(np.arange(end)) != rates[0]).any()
