"""As a person would: the real program in a real terminal of 80x24, with the real worker."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.person.terminal import Terminal

SCHEDULE = "ExponentialDecay(0.1, decay_steps=300, decay_rate=0.5)"
ALTERNATE_SCREEN_LEFT = b"\x1b[?1049l"


def plot_rows(screen: str) -> list[str]:
    """The plot of rates alone."""
    return [line[28:] for line in screen.splitlines()[1:8]]


def epoch_row(screen: str) -> re.Match[str] | None:
    """The last row of the table of epochs: epoch, step, learning rate."""
    rows = re.findall(r"(?m)(?:│|╯|^)\s+(\d+)( r)?\s+(\d+)\s+(\d\.\d+e-?\d+)\s+\d\.\d", screen)
    return rows[-1] if rows else None


def notice(screen: str) -> str:
    """What the notice above the keys says, without line breaks."""
    lines = [line for line in screen.splitlines()[1:-1] if line.startswith(" ")]
    return " ".join(" ".join(lines).split())


def rate_in_header(screen: str) -> float:
    return float(re.search(r"lr (\S+)", screen.splitlines()[0])[1])  # type: ignore[index]


def children_of(pid: int) -> set[int]:
    """The training processes that a process has begun, without what watches over each."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        if int(lines["PPid"]) == pid and _is_worker(int(lines["Pid"])):
            found.add(int(lines["Pid"]))
    return found


def _is_worker(pid: int) -> bool:
    try:
        return b"lrtui.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_explores_trains_resets_and_leaves_in_order() -> None:
    with Terminal(SCHEDULE) as terminal:
        first = terminal.wait_for("worker: loading TensorFlow")
        assert "└┬" in first, "the plot does not wait for TensorFlow"
        assert "q quit" in first

        terminal.press("down", "down", "right")
        turned = terminal.wait_for("◂ 500 ▸")
        assert plot_rows(turned) != plot_rows(first)
        terminal.press("backspace", "3", "0", "0", "enter")
        terminal.wait_for("◂ 300 ▸")

        terminal.press("t")
        terminal.wait_for("training starts when ready")
        terminal.wait_for(epoch_row, "a first epoch")
        before = terminal.wait_for(
            lambda screen: "lr " in screen and rate_in_header(screen) < 0.08, "the rate fallen"
        )
        terminal.press("r")
        after = terminal.wait_for(
            lambda screen: rate_in_header(screen) > 0.09, "the rate back at its start"
        )
        assert "epoch 20/20" not in before
        assert "└" in after
        terminal.wait_for(lambda screen: re.search(r"└┬?─+r", screen), "the mark on the axis")
        terminal.wait_for(lambda screen: re.search(r"\d+ r +\d+ ", screen), "the mark in the table")

        workers = children_of(terminal.process.pid)
        assert len(workers) == 2, "one trains, the other had losses at once while it was turned"
        terminal.press("q")
        terminal.wait_for("a training is under way: q again, or y")
        terminal.press_until_end("y")
        assert terminal.wait_for_end() == 0
        assert ALTERNATE_SCREEN_LEFT in terminal.received
        assert not any(alive(pid) for pid in workers)


def test_a_killed_worker_is_said_and_the_next_training_works() -> None:
    with Terminal(SCHEDULE) as terminal:
        terminal.wait_for("q quit")
        terminal.press("t")
        terminal.wait_for(epoch_row, "a first epoch")
        (worker,) = children_of(terminal.process.pid)
        os.kill(worker, signal.SIGKILL)
        terminal.wait_for("the worker is gone")
        terminal.wait_for("SIGKILL")
        kept = terminal.wait_for("killed ·")
        assert re.search(r"killed · epoch \d+/20 · step [1-9]\d+ · lr", kept)
        terminal.press("t")
        terminal.wait_for("loading TensorFlow, then training")
        terminal.wait_for(
            lambda screen: "epoch" in screen.splitlines()[0] and "killed" not in screen,
            "another run",
        )
        (another,) = children_of(terminal.process.pid)
        os.kill(terminal.process.pid, signal.SIGKILL)
        terminal.process.wait()
        terminal.wait_until(
            lambda: not alive(another), "the worker ends when the program is killed"
        )


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_the_terminal_in_order(name: str) -> None:
    with Terminal("--cold") as terminal:
        terminal.wait_for("q quit")
        terminal.process.send_signal(getattr(signal, name))
        terminal.wait_for_end()
        assert ALTERNATE_SCREEN_LEFT in terminal.received
        assert b"\x1b[?1000l" in terminal.received, "the mouse is the terminal's again"


def test_cold_starts_no_worker() -> None:
    # A size that is not the terminal's, such as a script of another window exports.
    with Terminal("--cold", environment={"COLUMNS": "999999999", "LINES": "-1"}) as terminal:
        terminal.wait_for("worker: not started")
        terminal.press("down", "right")
        terminal.wait_for("◂ 0.125 ▸")
        assert children_of(terminal.process.pid) == set()
        terminal.press("q")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("controls", [True, False], ids=["with a signal", "without one"])
def test_a_closed_window_leaves_no_process(controls: bool) -> None:
    with Terminal(controls=controls) as terminal:
        terminal.wait_for("worker: loading TensorFlow")
        (worker,) = children_of(terminal.process.pid)
        terminal.hang_up()
        terminal.wait_until(lambda: not alive(terminal.process.pid), "the program ends")
        terminal.wait_until(lambda: not alive(worker), "the worker ends")


def test_without_tensorflow_exploring_works_and_t_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'tensorflow'\", name='tensorflow')"
    )

    def advice(screen: str) -> bool:
        return "pip install 'tensorflow" in notice(screen)

    with Terminal(environment={"PYTHONPATH": str(tmp_path)}) as terminal:
        terminal.wait_for(advice, "what to install")
        terminal.press("down", "right")
        terminal.wait_for("◂ 0.125 ▸")
        terminal.wait_for(lambda screen: not advice(screen), "the notice gone")
        terminal.wait_for("worker: cannot train")
        terminal.press("t")
        terminal.wait_for(advice, "what to install")
        terminal.press("q")
        assert terminal.wait_for_end() == 0


def test_the_neighbours_of_the_worker() -> None:
    """It says how large it is and how low its priority; what it says is so."""
    with Terminal("--threads", "1", environment={"CUDA_VISIBLE_DEVICES": "0"}) as terminal:
        said = re.search(r"worker: (\d+) MB, nice (\d+)", terminal.wait_for("nice"))
        assert said is not None
        (worker,) = children_of(terminal.process.pid)
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{worker}/status").read_text().splitlines()
        )
        resident_mb = int(status["VmRSS"].split()[0]) / 1024
        assert abs(int(said[1]) - resident_mb) < 0.2 * resident_mb
        niceness = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[16])
        assert niceness == int(said[2]) == min(os.nice(0) + 10, 19)


def test_the_program_never_loads_tensorflow_even_while_it_trains() -> None:
    """In a fresh process, with the real worker: what is in its sys.modules after a run."""
    code = """
import asyncio, sys
from lrtui.schedules import parse
from lrtui.runs.client import Client
from lrtui.tui.app import LrtuiApp

async def main():
    open_link = lambda event, gone, _: Client(on_event=event, on_gone=gone)
    app = LrtuiApp(parse("exponential"), open_link)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        while app.session.record is None or len(app.session.record.rows) < 2:
            await pilot.pause(0.05)
        loaded = {name.partition(".")[0] for name in sys.modules}
    print("steps", app.session.record.steps > 0)
    print("loaded", sorted(loaded & {"tensorflow", "keras", "textual", "numpy"}))

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == ["steps True", "loaded ['numpy', 'textual']"]
