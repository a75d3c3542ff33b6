"""``lrtui compare`` with the real worker, as a pipe would call it."""

import csv
import io
import json
import signal
import subprocess

import numpy as np
import pytest

from lrtui.cli.commands.compare import table
from lrtui.runs.comparison import Comparison, Difference, Outcome, Spread, Standing
from tests.cli.test_process import LRTUI, run

SMALL = ("--epochs", "2", "--steps-per-epoch", "10")


def test_the_same_seeds_for_all_in_one_table() -> None:
    """Constant(0) leaves the weights alone, Constant(1e30) ruins them."""
    process = run(
        *("compare", "Constant(0.1)", "Constant(0)", "Constant(0.1)", "Constant(1e30)"),
        *("--seeds", "2", "--seed", "7", "--format", "json", *SMALL),
    )
    assert process.returncode == 0
    whole = json.loads(process.stdout)
    trained, untrained, again, ruined = whole["schedules"]
    assert [one["name"] for one in whole["schedules"]] == [
        *("learning_rate 0.1", "learning_rate 0.0", "learning_rate 0.1 (2)", "learning_rate 1e30"),
    ]
    assert trained["runs"] == again["runs"]
    assert [one["seed"] for one in trained["runs"]] == [7, 8]
    finals = [one["final"] for one in trained["runs"]]
    assert trained["final"]["mean"] == pytest.approx(np.mean(finals))
    assert trained["final"]["sd"] == pytest.approx(np.std(finals, ddof=1))
    assert trained["final"]["mean"] < untrained["final"]["mean"]
    # Without a step nothing changes: the best epoch is as good as the last.
    assert [one["best"] for one in untrained["runs"]] == [one["final"] for one in untrained["runs"]]
    assert ruined["diverged"] == 2
    assert [one["verdict"] for one in whole["differences"]][1:] == ["same numbers", "not compared"]
    assert whole["versions"]["keras"].startswith("3.")
    errors = process.stderr.splitlines()
    assert len(errors) == 2
    assert errors[0].startswith("lrtui compare: learning_rate 1e30, seed 7: run 4 of 8: diverged: ")


def test_ctrl_c_prints_what_is_done() -> None:
    schedules = ("Constant(1e30)", "Constant(0.1)")
    with subprocess.Popen(
        [*LRTUI, "compare", *schedules, "--epochs", "1000000", "--format", "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        # The first run diverges and is told; the second would go on for long.
        assert "diverged" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 1
    assert "interrupted after" in err.splitlines()[-1]
    assert "run 2 of 10" in err.splitlines()[-1] or "run 1 of 10" in err.splitlines()[-1]
    assert "Traceback" not in err
    first, second = csv.DictReader(io.StringIO(out))
    assert (first["runs"], first["diverged"]) == ("1", "1")
    assert (second["runs"], second["final"]) == ("0", "")


def test_the_table_is_columns_that_awk_reads() -> None:
    nan = float("nan")
    standings = (
        Standing("fast", "x", (Outcome(0, False, 0.1, 0.05, 40), Outcome(1, False, 0.3, 0.3, 20))),
        Standing("wild", "y", (Outcome(0, True, nan, nan, None),)),
    )
    comparison = Comparison(
        "loss", 0.5, standings, "fast", (Difference("wild", Spread.of([]), nan),), 0.95
    )
    header, *rows = table(comparison)
    assert header.split() == [
        *("schedule", "runs", "diverged", "loss", "sd", "best", "sd", "steps", "sd", "reached"),
    ]
    assert [row.split() for row in rows] == [
        ["fast", "2", "0", "0.2", "0.141", "0.175", "0.177", "30", "14.1", "2"],
        ["wild", "1", "1", "-", "-", "-", "-", "-", "-", "0"],
    ]
    assert len({len(row) for row in (header, *rows)}) == 1
