"""As a person would: walk up to a training in another process, steer it, leave, come back."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.person.terminal import Terminal


@contextmanager
def played(name: str, *how: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.live.played_training", name, *how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "begun\n"
        try:
            yield one
        finally:
            one.kill()


@pytest.fixture
def training(state: Path) -> Iterator[subprocess.Popen[str]]:
    with played("mnist") as one:
        yield one


def told(*arguments: str) -> Any:
    command = [sys.executable, "-m", "lrtui", *arguments]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_training_is_watched_steered_left_and_found_again(
    training: subprocess.Popen[str], tmp_path: Path
) -> None:
    with Terminal("attach") as terminal:
        terminal.wait_for(lambda screen: "attached to mnist" in screen or "steps/s" in screen)
        terminal.wait_for(lambda screen: "lr 1.00e-1" in screen.splitlines()[0])
        terminal.press("n")
        terminal.wait_for(lambda screen: "lr 2.00e-1" in screen.splitlines()[0])
        terminal.press(" ")
        terminal.wait_for(lambda screen: "paused" in screen.splitlines()[0])
        terminal.press("t")
        terminal.wait_for(lambda screen: "was started by a script" in screen)
        terminal.press(" ")
        terminal.wait_for(lambda screen: "paused" not in screen.splitlines()[0])
        terminal.press("r")
        terminal.wait_for(lambda screen: "lr 1.00e-1" in screen.splitlines()[0])
        terminal.press("q")
        terminal.wait_for_end()
    assert training.poll() is None
    with Terminal("attach", "mnist") as terminal, Terminal("attach", "mnist") as other:
        for one in (terminal, other):
            one.wait_for(lambda screen: "lr 1.00e-1" in screen.splitlines()[0])
        other.press("b")
        for one in (terminal, other):
            one.wait_for(lambda screen: "lr 5.00e-2" in screen.splitlines()[0])
    path = tmp_path / "run.json"
    told("ctl", "mnist", "export", str(path))
    kinds = [mark["kind"] for mark in json.loads(path.read_text())["events"]]
    assert kinds == ["scale", "reset", "scale"]


def test_a_pause_of_a_viewer_that_is_killed_ends_by_itself_and_is_in_the_record(
    state: Path, tmp_path: Path
) -> None:
    """As after a minute; here it is over at once."""
    with played("mnist", "--short"), Terminal("attach") as other:
        other.wait_for(lambda screen: "lr 1.00e-1" in screen.splitlines()[0])
        with Terminal("attach") as terminal:
            terminal.wait_for(lambda screen: "lr 1.00e-1" in screen.splitlines()[0])
            terminal.press(" ")
            other.wait_for(lambda screen: "paused" in screen.splitlines()[0])
            paused_at = told("ctl", "mnist", "status")["step"]
            terminal.process.kill()
            other.wait_for("mnist goes on: the viewer that paused it is gone")
        other.wait_for(lambda screen: "paused" not in screen.splitlines()[0])
        path = tmp_path / "run.json"
        other.wait_until(lambda: told("ctl", "mnist", "status")["step"] > paused_at, "it goes on")
        told("ctl", "mnist", "export", str(path))
    (pause,) = json.loads(path.read_text())["pauses"]
    assert pause == {
        "step": paused_at,
        "reason": "asked",
        "who": f"attach of process {terminal.process.pid}",
        "resumed_by": "the viewer that paused it is gone",
    }


def _answered(terminal: Terminal, training: subprocess.Popen[str]) -> bool:
    """Say yes once more; one that comes at once answers nothing: nobody has read the question."""
    terminal.press("y")
    return training.poll() == 0


def test_one_of_several_is_chosen_and_stopped_only_when_that_is_meant(
    training: subprocess.Popen[str],
) -> None:
    with played("gan") as other, Terminal("attach") as terminal:
        terminal.wait_for("attach to [1]")
        assert "mnist" in terminal.text
        terminal.press("2", "enter")
        terminal.wait_for(lambda screen: "lr 1.00e-1" in screen.splitlines()[0])
        terminal.press("s")
        terminal.wait_for("ends mnist for good")
        terminal.press("n")
        terminal.wait_for(lambda screen: "lr 2.00e-1" in screen.splitlines()[0])
        assert training.poll() is None
        terminal.press("s")
        terminal.wait_until(lambda: _answered(terminal, training), "it has ended")
        terminal.wait_for("stopped")
        terminal.press("n")
        terminal.wait_for("mnist is over (stopped)")
        assert other.poll() is None


def test_a_training_that_is_killed_is_said_to_be_and_stays_on_the_screen(
    training: subprocess.Popen[str], tmp_path: Path
) -> None:
    with Terminal("attach") as terminal:
        terminal.wait_for(lambda screen: "lr 1.00e-1" in screen.splitlines()[0])
        training.kill()
        terminal.wait_for(lambda screen: "ended without a word" in " ".join(screen.split()))
        terminal.wait_for(lambda screen: "killed" in screen.splitlines()[0])
        (listed,) = told("runs", "--json")
        assert listed["state"] == "killed"
        path = tmp_path / "run.json"
        told("ctl", "mnist", "export", str(path))
        assert json.loads(path.read_text())["state"] == "killed"
        assert "used" in terminal.text
        terminal.press("q")
        terminal.wait_for_end()
