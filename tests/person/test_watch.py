"""As a person would: follow the folder of a training while it trains, with the plan under it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.person.terminal import Terminal


@pytest.fixture
def training(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A real one, which trains an epoch for each line that it is sent."""
    command = [sys.executable, "-m", "tests.person.watched_training", str(tmp_path / "run")]
    one = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield one
    one.kill()
    one.wait()
    for pipe in (one.stdin, one.stdout):
        if pipe is not None:
            pipe.close()


def train_epochs(training: subprocess.Popen[str], count: int) -> None:
    assert training.stdin is not None
    assert training.stdout is not None
    for _ in range(count):
        training.stdin.write("\n")
        training.stdin.flush()
        assert training.stdout.readline() == "epoch\n"


def test_a_run_departs_from_the_plan_while_one_looks(
    training: subprocess.Popen[str], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    train_epochs(training, 2)
    plan = "ExponentialDecay(0.1, 1, 0.5)"
    colours = {"COLORTERM": "truecolor"}
    with Terminal("watch", str(folder), "--schedule", plan, environment=colours) as terminal:
        terminal.wait_for("as scheduled, to epoch 1")
        for seen in ("watching run", "schedule", "used"):
            terminal.wait_for(seen)
        train_epochs(training, 1)
        terminal.wait_for("as scheduled, to epoch 2")
        terminal.press("r")
        terminal.wait_for("run is a log: whoever writes it cannot be steered")
        train_epochs(training, 2)
        terminal.wait_for("departs at epoch 3 (0.025, not 0.0125)")
        terminal.wait_for("lr 2.50e-2")
        top = next(y for y, line in enumerate(terminal.lines) if "used ┐" in line)
        plot = {terminal.background(x, y) for y in (top + 1, top + 2) for x in range(40, 78)}
        assert len(plot) == 2, "what was used is filled, as in a training of one's own"
        terminal.press("q")
        terminal.wait_for_end()
    assert training.poll() is None
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        path.name for path in folder.rglob("events.out.tfevents.*")
    }
