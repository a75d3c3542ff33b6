"""The real program in a process of its own: pipes, terminals, trainings in the real worker."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

LRTUI = [sys.executable, "-m", "lrtui"]


def run(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **options}
    return subprocess.run([*LRTUI, *arguments], capture_output=True, text=True, env=environment)


def test_a_reader_that_leaves_early_ends_it_quietly() -> None:
    with subprocess.Popen(
        [*LRTUI, "values", "exponential", "--steps", "1000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "step,learning_rate\n"
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line_and_exit_1() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        process = subprocess.run(
            [*LRTUI, "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert process.returncode == 1
    assert process.stderr == "lrtui: the output could not be written: No space left on device\n"


def test_without_a_terminal_the_tui_says_so() -> None:
    process = subprocess.run(LRTUI, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert process.returncode == 2
    assert process.stdout == ""
    assert "Redirected: stdin, stdout, stderr" in process.stderr
    assert len(process.stderr.splitlines()) == 1


def test_with_stderr_redirected_the_tui_says_so_there(tmp_path: Path) -> None:
    # It draws on stderr, so this would hide it.
    parent, child = pty.openpty()
    with (tmp_path / "log").open("w") as log:
        process = subprocess.run(LRTUI, stdin=child, stdout=child, stderr=log, check=False)
    os.close(child)
    os.close(parent)
    assert process.returncode == 2
    assert "Redirected: stderr" in (tmp_path / "log").read_text()


def test_an_encoding_without_braille_gets_ascii() -> None:
    process = run("show", "cosine", PYTHONIOENCODING="latin-1")
    assert process.returncode == 0
    assert process.stdout.isascii()


def test_a_training_whose_rate_is_set_and_that_is_reset_and_its_history(tmp_path: Path) -> None:
    target = tmp_path / "run.json"
    process = run(
        *("train", "ExponentialDecay(0.1, 10, 0.5)", "--epochs", "3", "--steps-per-epoch", "10"),
        *("--rate-at", "3=0.03", "--rate-at", "6=0.3333333333333333", "--reset-at", "13"),
        *("--history", str(target), "--per-step"),
    )
    assert (process.returncode, process.stderr) == (0, "")
    header, *rows = [line.split() for line in process.stdout.splitlines()]
    assert header[3:] == ["loss", "val_loss", "accuracy", "val_accuracy", "event"]
    assert [row[:2] for row in rows] == [["1", "10"], ["2", "20"], ["3", "30"]]
    expected = 0.1 * 0.5 ** (np.arange(30) / 10)
    expected[3:6], expected[6:13] = 0.03, 1 / 3
    expected[13:] = 0.1 * 0.5 ** (np.arange(17) / 10)
    last = expected[[9, 19, 29]]
    np.testing.assert_allclose([float(row[2]) for row in rows], last, rtol=1e-6)
    assert [row[7:] for row in rows] == [["rate*2"], ["reset"], []]
    whole = json.loads(target.read_text())
    np.testing.assert_allclose(whole["steps"]["learning_rate"], expected, rtol=1e-6)
    assert [str(np.float32(one)) for one in whole["history"]["learning_rate"]] == [
        row[2] for row in rows
    ]
    np.testing.assert_allclose(whole["keras_history"]["learning_rate"], last, rtol=1e-6)
    told = [(one["step"], one["kind"], one["rate"]) for one in whole["events"]]
    assert told == [(3, "rate", 0.03), (6, "rate", 1 / 3), (13, "reset", None)]
    assert (whole["state"], whole["versions"]["keras"][:2]) == ("done", "3.")
    assert whole["history"]["loss"][2] < whole["history"]["loss"][0]


def test_a_training_whose_rate_is_cut_on_a_plateau(tmp_path: Path) -> None:
    """At such a rate no weight moves, so the validation loss stands still from epoch 1 on."""
    target = tmp_path / "run.json"
    process = run(
        *("train", "Constant(1e-12)", "--epochs", "5", "--steps-per-epoch", "4"),
        *("--plateau-patience", "2", "--plateau-factor", "0.5", "--history", str(target)),
    )
    assert (process.returncode, process.stderr) == (0, "")
    rows = [line.split() for line in process.stdout.splitlines()[1:]]
    assert [row[2] for row in rows] == ["1e-12"] * 3 + ["5e-13"] * 2
    assert [row[7:] for row in rows] == [[], [], [], ["cut"], []]
    whole = json.loads(target.read_text())
    assert [(one["step"], one["kind"], one["factor"]) for one in whole["events"]] == [
        (12, "plateau", 0.5),
        (20, "plateau", 0.25),
    ]
    assert whole["settings"]["plateau_patience"] == 2


def started(target: Path) -> subprocess.Popen[str]:
    """A training that goes on for long, after its first epoch."""
    process = subprocess.Popen(
        [*LRTUI, "train", "constant", "--epochs", "1000000", "--history", str(target)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("epoch")
    assert process.stdout.readline().split()[0] == "1"
    return process


def epochs_in(target: Path) -> list[int]:
    return [int(row["epoch"]) for row in csv.DictReader(io.StringIO(target.read_text()))]


def test_ctrl_c_stops_it_and_keeps_what_was_recorded(tmp_path: Path) -> None:
    with started(tmp_path / "run.csv") as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 1
    assert "lrtui train: interrupted after" in err
    assert "Traceback" not in err
    printed = [1, *(int(line.split()[0]) for line in out.splitlines())]
    assert epochs_in(tmp_path / "run.csv") == printed


def test_a_killed_worker_is_told_and_what_was_recorded_is_kept(tmp_path: Path) -> None:
    with started(tmp_path / "run.csv") as process:
        listed = subprocess.run(
            ["pgrep", "-P", str(process.pid), "-f", "lrtui.worker"],
            capture_output=True,
            text=True,
            check=True,
        )
        (worker,) = map(int, listed.stdout.split())
        os.kill(worker, signal.SIGKILL)
        _, err = process.communicate()
    assert process.returncode == 1
    assert err.startswith("lrtui train: ")
    assert len(err.splitlines()) <= 2
    assert "Traceback" not in err
    assert epochs_in(tmp_path / "run.csv")[0] == 1
