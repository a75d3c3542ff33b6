"""A run as CSV and JSON, read back by what people read them with."""

import csv
import io
import json

import numpy as np
import pytest

from lrtui import __version__
from lrtui.export import history_text
from tests.export.runs import OTHER, SCHEDULE, a_run, an_empty_run, single


def test_csv_word_for_word() -> None:
    assert history_text(a_run(), ".csv") == (
        "epoch,step,learning_rate,loss,val_loss,resets,cuts\n"
        "1,2,0.0999,0.65,,0,0\n"
        "2,4,0.05,inf,nan,1,1\n"
    )


def test_csv_reads_back_as_the_same_float32() -> None:
    rows = list(csv.DictReader(io.StringIO(history_text(a_run(), ".csv"))))
    assert [np.float32(row["learning_rate"]) for row in rows] == [
        np.float32(0.0999),
        np.float32(0.05),
    ]
    assert np.isnan(np.float32(rows[1]["val_loss"]))


def test_csv_of_a_run_without_an_epoch_is_the_header() -> None:
    assert history_text(an_empty_run(), ".csv").splitlines() == [
        "epoch,step,learning_rate,loss,val_loss,resets,cuts"
    ]


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is not JSON")


def test_json_is_json_and_complete() -> None:
    text = history_text(a_run(), ".json", {"keras": "3.15.1"})
    assert json.loads(text, parse_constant=refuse) == {
        "lrtui": __version__,
        "versions": {"keras": "3.15.1"},
        "schedule": SCHEDULE,
        "settings": {
            "task": "spirals",
            "optimizer": "sgd",
            "epochs": 2,
            "steps_per_epoch": 2,
            "batch_size": 32,
            "seed": 0,
            "drive": "schedule",
            "plateau_patience": None,
            "plateau_factor": 0.1,
            "eager": False,
        },
        "state": "done",
        "message": "",
        "history": {
            "epoch": [1, 2],
            "step": [2, 4],
            "learning_rate": [0.0999, 0.05],
            "loss": [0.65, "inf"],
            "val_loss": [None, "nan"],
            "resets": [0, 1],
            "cuts": [0, 1],
        },
        "keras_history": {
            "loss": [single(0.65), "inf"],
            "learning_rate": [single(0.0999), single(0.05)],
        },
        "events": [
            {"step": 2, "kind": "reset", "schedule": OTHER, "factor": 1.0},
            {"step": 3, "kind": "plateau", "schedule": OTHER, "factor": 0.1},
        ],
    }


def test_json_of_a_run_that_was_lost_says_so() -> None:
    whole = json.loads(history_text(an_empty_run(), ".json"))
    assert (whole["state"], whole["message"]) == ("lost", "the worker was killed")
    assert whole["history"]["epoch"] == []


def test_an_ending_in_capitals_is_understood() -> None:
    assert history_text(a_run(), ".CSV") == history_text(a_run(), ".csv")


def test_another_ending_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\.csv or \.json\. Received: '\.txt'"):
        history_text(a_run(), ".txt")
