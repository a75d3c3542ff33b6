"""A run, exported, repeated with ``train --from`` and exported again, in the real worker."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.calls import refused
from tests.cli.test_process import run

SCHEDULE = "ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)"
OWN = "def halves(step):\n    return 0.1 * 0.5 ** (step / 10)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``run.json``, a run that was reset and whose rate was cut on a plateau."""
    made = tmp_path_factory.mktemp("runs")
    (made / "mine.py").write_text(OWN)
    train(
        *(f"{made}/mine.py:halves", "--epochs", "3", "--steps-per-epoch", "10", "--seed", "3"),
        *("--optimizer", "adam", "--plateau-patience", "1", "--threads", "1"),
        *("--reset-at", "13", "--history", f"{made}/run.json", "--per-step"),
    )
    return made


def train(*arguments: str) -> str:
    process = run("train", *arguments)
    assert process.returncode == 0, process.stderr
    return process.stderr


def test_it_gives_the_same_file_byte_for_byte(folder: Path) -> None:
    said = train("--from", f"{folder}/run.json", "--history", f"{folder}/b.json", "--per-step")
    assert said == ""
    assert (folder / "b.json").read_bytes() == (folder / "run.json").read_bytes()
    whole = json.loads((folder / "b.json").read_text())
    assert (whole["machine"]["threads"], whole["settings"]["seed"]) == (1, 3)
    assert whole["steps"]["learning_rate"][13] == whole["steps"]["learning_rate"][0]


def test_whatever_was_steered_is_steered_again(folder: Path) -> None:
    """A run that was steered in the program and stopped, as its file tells it."""
    whole: dict[str, Any] = json.loads((folder / "run.json").read_text())
    marks = [("scale", SCHEDULE, 5, 2.0), ("reset", "Constant(0.25)", 11, 1.0)]
    marks += [("scale", "Constant(0.25)", 15, 0.5), ("untouched", SCHEDULE, 21, 1.0)]
    whole |= {"schedule": SCHEDULE, "own": {}, "state": "stopped"}
    whole["settings"]["plateau_patience"] = None
    whole["history"]["step"] = [10, 20, 24]
    whole["events"] = [
        {"kind": kind, "schedule": schedule, "step": step, "by": by}
        for kind, schedule, step, by in marks
    ]
    (folder / "steered.json").write_text(json.dumps(whole))
    files = [folder / f"{name}.json" for name in ("steered", "once", "twice")]
    for source, target in pairwise(files):
        said = train("--from", str(source), "--history", str(target), "--per-step")
        assert said == ""
    assert files[1].read_bytes() == files[2].read_bytes()
    again = json.loads(files[1].read_text())
    assert again["state"] == "stopped"
    assert [(one["kind"], one["schedule"], one["step"], one["by"]) for one in again["events"]] == (
        marks
    )
    steps = np.arange(24)
    expected = 0.1 * 0.5 ** (steps / 10)
    expected[5:11] *= 2
    expected[11:21] = 0.25
    expected[15:21] /= 2
    np.testing.assert_allclose(again["steps"]["learning_rate"], expected, rtol=1e-6)


def test_an_edited_schedule_of_ones_own_is_told(folder: Path) -> None:
    (folder / "mine.py").write_text(OWN.replace("/ 10", "/ 11"))
    try:
        process = run("train", "--from", f"{folder}/run.json")
    finally:
        (folder / "mine.py").write_text(OWN)
    assert process.returncode == 1
    assert process.stderr == (
        f"lrtui train: {folder}/mine.py:halves gives other rates than in the run to be repeated: "
        "the file was edited\n"
    )


def test_what_would_change_the_run_is_refused(folder: Path) -> None:
    source = f"{folder}/run.json"
    line = refused("train", "--from", source, "--epochs", "3")
    assert "--from repeats a run as it was, without --epochs. Received: --epochs" in line
    assert "without SCHEDULE" in refused("train", "cosine", "--from", source)
    assert "without --reset-at" in refused("train", "--from", source, "--reset-at", "3")
    assert "without -p" in refused("train", "--from", source, "-p", "alpha=0.1")


def test_a_file_that_cannot_be_repeated_is_one_line(tmp_path: Path) -> None:
    missing = refused("train", "--from", str(tmp_path / "no.json"))
    assert "no.json cannot be read: No such file or directory" in missing
    (tmp_path / "other.json").write_text('{"name": "something else"}')
    foreign = refused("train", "--from", str(tmp_path / "other.json"))
    assert "other.json is not a run that lrtui wrote: " in foreign
    assert "cannot be read: Is a directory" in refused("train", "--from", str(tmp_path))
