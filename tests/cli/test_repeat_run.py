"""A run, exported, repeated with ``train --from`` and exported again, in the real worker."""

import json
from pathlib import Path

import numpy as np
import pytest

from lrtui.export import export_run
from lrtui.protocol import (
    Ended,
    Paused,
    Ready,
    Reset,
    Resume,
    Sampled,
    Scale,
    Settings,
    Start,
    Steer,
    Stop,
    UndoSteering,
)
from lrtui.runs.record import RunRecord
from tests.cli.calls import refused
from tests.cli.test_process import run
from tests.runs.stages import Stage

SCHEDULE = "ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)"
OWN = "def halves(step):\n    return 0.1 * 0.5 ** (step / 10)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``run.json``, a run that was reset, and whose rate was set, and cut."""
    made = tmp_path_factory.mktemp("runs")
    (made / "mine.py").write_text(OWN)
    train(
        *(f"{made}/mine.py:halves", "--epochs", "3", "--steps-per-epoch", "10", "--seed", "3"),
        *("--optimizer", "adam", "--plateau-patience", "1", "--threads", "1"),
        *(
            "--rate-at",
            "6=0.3333333333333333",
            "--reset-at",
            "13",
            "--history",
            f"{made}/run.json",
            "--per-step",
        ),
    )
    return made


def train(*arguments: str) -> str:
    process = run("train", *arguments)
    assert process.returncode == 0, process.stderr
    return process.stderr


def allowing(folder: Path) -> tuple[str, str]:
    """The run was made by another person, as far as the one who repeats it knows."""
    return ("--allow-own", f"{folder}/mine.py")


def repeat(folder: Path, *more: str) -> str:
    return train("--from", f"{folder}/run.json", *allowing(folder), *more)


def test_it_gives_the_same_file_byte_for_byte(folder: Path) -> None:
    said = repeat(folder, "--history", f"{folder}/b.json", "--per-step")
    assert said == ""
    assert (folder / "b.json").read_bytes() == (folder / "run.json").read_bytes()
    whole = json.loads((folder / "b.json").read_text())
    assert (whole["machine"]["threads"], whole["settings"]["seed"]) == (1, 3)
    assert whole["steps"]["learning_rate"][13] == whole["steps"]["learning_rate"][0]


async def test_whatever_was_steered_is_steered_again(tmp_path: Path) -> None:
    """As in the program: steered, diverged, gone back to the last finite state, and stopped."""
    steered: list[tuple[int, Steer]] = [
        (5, Scale(2.0)),
        (11, Reset("Constant(0.25)")),
        (15, Scale(0.5)),
        (17, Scale(1e30)),
        (25, UndoSteering()),
        (28, Stop()),
    ]
    settings = Settings(optimizer="adam", epochs=3, steps_per_epoch=10, seed=3)
    stage = Stage(tmp_path, threads=1)
    await stage.client.start()
    stage.client.send(Start(SCHEDULE, settings, script=tuple(steered), pause_on_divergence=True))
    begun = await stage.until(lambda event: isinstance(event, Paused))
    stage.client.send(Reset(restore=True))
    stage.client.send(Resume())
    ended = await stage.until(lambda event: isinstance(event, Ended))
    events = [one for one in (*begun, *ended) if not isinstance(one, (str, Ready, Sampled))]
    record = RunRecord.of(events)
    export_run(record, stage.client.ready, tmp_path / "run.json", per_step=True)
    await stage.client.close()
    assert record.state == "stopped"
    (diverged,) = record.divergences
    (restored,) = (mark.step for mark in record.marks if mark.kind == "restore")
    assert (diverged.step, diverged.checkpoint_step, restored) == (18, 17, 19)
    expected = 0.1 * 0.5 ** (np.arange(28) / 10)
    expected[5:11] *= 2
    expected[11:19] = 0.25
    expected[15:19] /= 2
    expected[17:19] *= 1e30
    expected[19:25] = 0.25
    np.testing.assert_allclose(record.rates, expected, rtol=1e-6)
    assert np.isfinite(record.losses[19:]).all()
    assert record.losses[19] < 2

    again = tmp_path / "again.json"
    said = train("--from", f"{tmp_path}/run.json", "--history", f"{again}", "--per-step")
    assert said.startswith("lrtui train: diverged: the loss of step 18 is nan")
    assert len(said.splitlines()) == 1
    assert again.read_bytes() == (tmp_path / "run.json").read_bytes()
    told = json.loads(again.read_text())
    assert [one["step"] for one in told["divergences"]] == [18]
    for name, used in (("learning_rate", record.rates), ("loss", record.losses)):
        read_back = np.array([float(one) for one in told["steps"][name]], np.float32)
        np.testing.assert_array_equal(read_back, used)


def test_an_edited_schedule_of_ones_own_is_told(folder: Path) -> None:
    (folder / "mine.py").write_text(OWN.replace("/ 10", "/ 11"))
    try:
        process = run("train", "--from", f"{folder}/run.json", *allowing(folder))
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
