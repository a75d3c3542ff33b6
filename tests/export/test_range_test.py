"""A range test as CSV and JSON, read back by what people read them with."""

import csv
import io
import json

import numpy as np

from lrtui.export.range_test import range_csv, range_json
from lrtui.protocol import Settings
from lrtui.protocol.range_test import RangeTest, Sweep
from tests.export.test_history import refuse

RATES = np.geomspace(1e-4, 1, 30).astype(np.float32)
LOSSES = np.r_[np.linspace(3, 1, 28), np.inf, np.nan].astype(np.float32)
TEST = RangeTest(RATES, LOSSES, 30, 0.25)


def test_csv_reads_back_as_the_very_same_float32() -> None:
    rows = list(csv.DictReader(io.StringIO(range_csv(TEST))))
    assert [int(row["step"]) for row in rows] == list(range(30))
    assert np.array([row["learning_rate"] for row in rows], "f4").tobytes() == RATES.tobytes()
    np.testing.assert_array_equal(np.array([row["loss"] for row in rows], "f4"), LOSSES)
    np.testing.assert_allclose([float(row["smoothed"]) for row in rows], TEST.smoothed, rtol=1e-8)


def test_json_is_json_and_complete() -> None:
    sweep = Sweep(1e-4, 1.0, 30)
    text = range_json(TEST, Settings(seed=3), sweep, {"keras": "3"}, trained="at once")
    whole = json.loads(text, parse_constant=refuse)
    assert whole["settings"]["seed"] == 3
    assert whole["sweep"] == {"low": 1e-4, "high": 1.0, "steps": 30, "quick": False}
    assert whole["versions"] == {"keras": "3"}
    assert whole["divergence"] == 0.25
    assert whole["diverged_at"] == 28
    assert whole["losses"][-2:] == ["inf", "nan"]
    assert np.float32(whole["learning_rates"]).tobytes() == RATES.tobytes()
    told = [(one["name"], one["learning_rate"]) for one in whole["suggestions"]]
    assert told == [(one.name, one.rate) for one in TEST.suggestions]
    assert whole["trouble"] == ""


def test_where_there_is_nothing() -> None:
    empty = RangeTest(RATES[:0], LOSSES[:0], 30)
    assert range_csv(empty) == "step,learning_rate,loss,smoothed\n"
    whole = json.loads(
        range_json(empty, Settings(), Sweep(), {}, trained="model.fit"), parse_constant=refuse
    )
    assert whole["divergence"] is None
    assert whole["suggestions"] == []
    assert whole["trouble"] == "no step was done"
