"""The rates of a schedule as rows."""

import itertools
import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.export import values_csv, values_json
from lrtui.schedules import Schedule, parse
from tests.schedules.strategies import any_schedule, patient


def test_csv_word_for_word() -> None:
    schedule = parse("PiecewiseConstantDecay([1], [0.1, 0.00001])")
    assert "".join(values_csv([schedule], 3)) == "step,learning_rate\n0,0.1\n1,0.1\n2,1e-05\n"


def test_json_word_for_word() -> None:
    assert "".join(values_json([parse("Constant(0.25)")], 3, every=2)) == (
        '[\n{"step": 0, "learning_rate": 0.25},\n{"step": 2, "learning_rate": 0.25}\n]\n'
    )


def test_a_column_for_each_of_several() -> None:
    both = [parse("Constant(0.25)"), parse("Constant(0.5)")]
    assert "".join(values_csv(both, 2)) == (
        "step,learning_rate,learning_rate_2\n0,0.25,0.5\n1,0.25,0.5\n"
    )
    assert json.loads("".join(values_json(both, 1))) == [
        {"step": 0, "learning_rate": 0.25, "learning_rate_2": 0.5}
    ]


@pytest.mark.parametrize(
    ("steps", "every", "listed"),
    [(1, 1, [0]), (5, 2, [0, 2, 4]), (4, 2, [0, 2]), (3, 100, [0])],
)
def test_which_steps(steps: int, every: int, listed: list[int]) -> None:
    rows = "".join(values_csv([parse("constant")], steps, every)).splitlines()[1:]
    assert [int(row.split(",")[0]) for row in rows] == listed
    objects = json.loads("".join(values_json([parse("constant")], steps, every)))
    assert [one["step"] for one in objects] == listed


@given(schedule=any_schedule(wide=True), every=st.integers(1, 50))
@patient
def test_every_rate_reads_back_as_the_same_float32(schedule: Schedule, every: int) -> None:
    steps = np.arange(0, 500, every)
    rows = "".join(values_csv([schedule], 500, every)).splitlines()[1:]
    read = np.array([row.split(",")[1] for row in rows], np.float32)
    np.testing.assert_array_equal(read, schedule(steps))
    objects = json.loads("".join(values_json([schedule], 500, every)))
    read = np.array([float(one["learning_rate"]) for one in objects], np.float32)
    np.testing.assert_array_equal(read, schedule(steps))


def test_a_rate_that_overflows_is_still_json() -> None:
    text = "".join(values_json([parse("ExponentialDecay(1.0, 1, 1e6)")], 10))
    assert json.loads(text)[-1] == {"step": 9, "learning_rate": "inf"}


def test_no_row_is_lost_or_doubled_between_pieces() -> None:
    steps = [
        int(row.split(",")[0])
        for row in "".join(values_csv([parse("constant")], 150_001, 3)).splitlines()[1:]
    ]
    assert steps == list(range(0, 150_001, 3))


def test_a_billion_rows_begin_at_once_and_need_little_memory() -> None:
    tracemalloc.start()
    for _ in itertools.islice(values_csv([parse("exponential")], 10**9), 20):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20
