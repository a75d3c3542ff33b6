"""A run as CSV and JSON, read back by what people read them with."""

import csv
import io
import json
import platform
from pathlib import Path

import numpy as np
import pytest

from lrtui import __version__
from lrtui.export.history import ROWS_AT_ONCE, export_run, history_pieces
from lrtui.protocol import Marked, Ready, Settings, Started, StepsDone, pack
from lrtui.protocol.values import NOT_KNOWN
from lrtui.runs.record import RunRecord
from tests.export.runs import OTHER, SCHEDULE, a_run, an_empty_run, single

READY = Ready(1, "2.21.0", "3.15.1", ["CPU"], 2, 10, 10**9)


def history_text(
    record: RunRecord, ending: str, ready: Ready | None = None, *, per_step: bool = False
) -> str:
    return "".join(history_pieces(record, ending, ready, per_step=per_step))


def test_csv_word_for_word() -> None:
    assert history_text(a_run(), ".csv") == (
        "epoch,step,learning_rate,loss,val_loss,resets,cuts\n"
        "1,2,0.0999,0.65,,0,0\n"
        "2,4,0.05,inf,nan,1,1\n"
    )


def test_what_was_not_seen_is_no_nan() -> None:
    """Empty in CSV, null in JSON; a loss that is not a number is ``nan``, and a divergence."""
    unknown = float(NOT_KNOWN)
    record = RunRecord.of(
        [
            Started(SCHEDULE, Settings(epochs=1, steps_per_epoch=4)),
            StepsDone(0, pack([0.1, unknown]), pack([0.5, unknown])),
            StepsDone(2, pack([0.1, 0.1]), pack([unknown, np.nan])),
        ]
    )
    text = history_text(record, ".csv", per_step=True)
    assert text.splitlines()[1:] == ["0,1,0.1,0.5,", "1,1,,,", "2,1,0.1,,", "3,1,0.1,nan,diverged"]
    whole = json.loads(history_text(record, ".json", per_step=True), parse_constant=refuse)
    assert whole["steps"]["loss"] == [0.5, None, None, "nan"]
    assert whole["steps"]["learning_rate"] == [0.1, None, 0.1, 0.1]
    assert [(one["step"], one["last_finite_step"]) for one in whole["divergences"]] == [(3, 0)]
    assert record.diverged_at == 3


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
    text = history_text(a_run(), ".json", READY)
    whole = json.loads(text, parse_constant=refuse)
    events = whole.pop("events")
    assert whole == {
        "lrtui": __version__,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "tensorflow": "2.21.0",
            "keras": "3.15.1",
        },
        "machine": {"devices": ["CPU"], "threads": 2},
        "schedule": SCHEDULE,
        "origin": 0,
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
            "model_width": 32,
            "model_depth": 2,
            "noise": 0.1,
            "validation_share": 0.2,
            "eager": False,
        },
        "own": {},
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
        "pauses": [],
        "divergences": [
            {
                "step": 2,
                "learning_rate": 0.5,
                "loss": "inf",
                "last_finite_step": 1,
                "last_finite_loss": 0.6,
            }
        ],
        "skipped": [],
    }
    assert [
        {key: one[key] for key in ("step", "kind", "schedule", "factor")} for one in events
    ] == [
        {"step": 2, "kind": "reset", "schedule": OTHER, "factor": 1.0},
        {"step": 3, "kind": "plateau", "schedule": OTHER, "factor": 0.1},
    ]


def test_json_of_a_run_that_was_lost_says_so() -> None:
    whole = json.loads(history_text(an_empty_run(), ".json"))
    assert (whole["state"], whole["message"]) == ("killed", "the worker was killed")
    assert whole["history"]["epoch"] == []


def test_an_ending_in_capitals_is_understood() -> None:
    assert history_text(a_run(), ".CSV") == history_text(a_run(), ".csv")


def test_another_ending_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\.csv or \.json\. Received: '\.txt'"):
        history_text(a_run(), ".txt")


def test_a_row_a_step_word_for_word() -> None:
    assert history_text(a_run(), ".csv", per_step=True) == (
        "step,epoch,learning_rate,loss,event\n"
        "0,1,0.1,0.7,\n"
        "1,1,0.0999,0.6,\n"
        "2,2,0.5,inf,reset diverged\n"
        "3,2,0.05,nan,plateau\n"
    )


def test_two_changes_before_one_step_are_both_there() -> None:
    record = a_run()
    record.marks.append(record.marks[0])
    assert ",inf,reset reset diverged\n" in history_text(record, ".csv", per_step=True)


def test_what_was_skipped_and_what_diverged() -> None:
    """In mixed precision; it was restored twice, and diverged before, between and after."""
    nan, inf = float("nan"), float("inf")
    record = RunRecord.of(
        [
            Started("Constant(0.3)", Settings(epochs=1, steps_per_epoch=7)),
            StepsDone(0, pack([nan, 0.3, 0.3, 0.3]), pack([2, 1.1, inf, nan]), skipped=(0,)),
            Marked(4, "restore", "Constant(0.3)", checkpoint_step=0),
            StepsDone(4, pack([0.3]), pack([nan])),
            Marked(5, "restore", "Constant(0.3)", checkpoint_step=0),
            StepsDone(5, pack([nan, 0.3]), pack([3, -inf]), skipped=(5,)),
        ]
    )
    whole = json.loads(history_text(record, ".json"), parse_constant=refuse)
    assert whole["skipped"] == [0, 5]
    assert [list(one.values()) for one in whole["divergences"]] == [
        [2, 0.3, "inf", 1, 1.1],
        [4, 0.3, "nan", None, None],
        [6, 0.3, "-inf", 5, 3.0],
    ]
    assert history_text(record, ".csv", per_step=True) == (
        "step,epoch,learning_rate,loss,event\n"
        "0,1,nan,2.0,skipped\n"
        "1,1,0.3,1.1,\n"
        "2,1,0.3,inf,diverged\n"
        "3,1,0.3,nan,\n"
        "4,1,0.3,nan,restore diverged\n"
        "5,1,nan,3.0,restore skipped\n"
        "6,1,0.3,-inf,diverged\n"
    )


def test_json_has_both_then() -> None:
    epochs = json.loads(history_text(a_run(), ".json"))
    whole = json.loads(history_text(a_run(), ".json", per_step=True), parse_constant=refuse)
    assert whole.pop("steps") == {
        "step": [0, 1, 2, 3],
        "epoch": [1, 1, 2, 2],
        "learning_rate": [0.1, 0.0999, 0.5, 0.05],
        "loss": [0.7, 0.6, "inf", "nan"],
    }
    assert whole == epochs


def test_json_of_a_run_without_a_step_has_none() -> None:
    steps = json.loads(history_text(an_empty_run(), ".json", per_step=True))["steps"]
    assert list(steps.values()) == [[]] * 4


@pytest.mark.parametrize("steps", [ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 3 * ROWS_AT_ONCE - 1])
def test_no_step_is_lost_between_two_pieces(steps: int, tmp_path: Path) -> None:
    rates = np.random.default_rng(0).random(steps, np.float32)
    started = Started("Constant(0.1)", Settings(epochs=1, steps_per_epoch=steps))
    record = RunRecord.of([started, StepsDone(0, pack(rates), pack(rates[::-1]))])
    for name in ("run.csv", "run.json"):
        export_run(record, None, tmp_path / name, per_step=True)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "run.csv").read_text())))
    columns = json.loads((tmp_path / "run.json").read_text())["steps"]
    assert [int(row["step"]) for row in rows] == columns["step"] == list(range(steps))
    for found in ([row["learning_rate"] for row in rows], columns["learning_rate"]):
        np.testing.assert_array_equal(np.array(found, np.float32), rates)
    for found in ([row["loss"] for row in rows], columns["loss"]):
        np.testing.assert_array_equal(np.array(found, np.float32), rates[::-1])
