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
    assert errors[0].startswith("lrtui compare: learning_rate 1e30, seed 7: diverged: ")
    assert whole["trained"] == "at once"


def test_each_at_its_own_best_rate_where_the_answer_is_known() -> None:
    """SGD on a quadratic of one dimension with noisy gradients.

    A constant rate ends in a cloud around the optimum, one that falls like 1 / step ends in it
    (Robbins and Monro 1951), also when both have their best rate. Above 2/L = 0.5 a constant rate
    diverges, L = 4 with one feature.
    """
    noisy = ("--task", "regression", "--noise", "1", "--batch-size", "1", "--epochs", "1")
    process = run(
        *(
            "compare",
            "Constant(0.4)",
            "InverseTimeDecay(0.01, 20, 1)",
            "Scaled(Constant(0.8), 0.5)",
        ),
        *("--steps-per-epoch", "400", "--seeds", "40", "--tune-rate", "--format", "json"),
        *(*noisy, "--validation-share", "0.6"),
    )
    assert process.returncode == 0, process.stderr
    whole = json.loads(process.stdout)
    constant, falling, written = whole["tuning"]["found"]
    assert whole["tuning"]["seeds"] == [*range(40, 72)]
    assert written["learning_rate"] == constant["learning_rate"] < falling["learning_rate"] < 0.5
    tried = {one["learning_rate"]: one["final"] for one in constant["tried"]}
    assert tried[1.0] == [None], "above 2/L it diverges"
    assert len(tried[constant["learning_rate"]]) == 32
    assert not constant["at_end"]
    assert whole["lowest"].startswith("inverse-time")
    assert [one["verdict"] for one in whole["differences"]] == ["differs", "differs"]
    # The same schedule in two writings: the same numbers.
    first, _, third = whole["schedules"]
    assert first["runs"] == third["runs"]
    assert process.stderr == ""


def test_a_best_rate_at_the_end_of_the_grid_is_said() -> None:
    """Two steps of a quadratic are too few for any of these rates to be too high but 1 and 3."""
    few = ("--epochs", "1", "--steps-per-epoch", "2", "--seeds", "2", "--optimizer", "adam")
    process = run("compare", "constant", "linear", "--tune-rate", "--task", "regression", *few)

    assert process.returncode == 0, process.stderr
    warned = [line for line in process.stderr.splitlines() if "a higher one may be better" in line]
    length = "linear: The training ends at step 2, the schedule at 1000: only its first"
    assert length in process.stderr, "what is compared is not all of it"
    found = process.stdout.splitlines()
    (grid,) = [line for line in found if line.startswith("highest rate")]
    assert grid.split()[2:-1] == [
        *("0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3"),
    ]
    assert found[-1] == "(trained at once, with the numbers of model.fit; --fit trains with that)"
    bests = [line.split(":")[0].split()[-1] for line in found if ": Constant(" in line]
    assert (bests == ["3"]) == any("constant: its best rate" in line for line in warned)


def test_fit_has_the_same_numbers() -> None:
    schedules = ("compare", "Constant(0.1)", "CosineDecay(0.1, 20)", "--seeds", "2", *SMALL)
    fitted = run(*schedules, "--format", "json", "--fit")
    at_once = run(*schedules, "--format", "json")

    whole, other = json.loads(fitted.stdout), json.loads(at_once.stdout)
    assert (whole["trained"], other["trained"]) == ("model.fit", "at once")
    for one, same in zip(whole["schedules"], other["schedules"], strict=True):
        finals = [run["final"] for run in one["runs"]]
        assert [run["final"] for run in same["runs"]] == pytest.approx(finals, rel=2e-6)
    plateau = run("compare", "constant", "cosine", "--plateau-patience", "1", "--tune-rate")
    assert plateau.returncode == 2
    assert "a plateau is found while it trains" in plateau.stderr


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
