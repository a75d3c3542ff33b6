"""Processes of our own as an executor: what dies costs its own task only, and none stays behind."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lrtui.runs.sweeps.processes import ProcessDied, Processes
from lrtui.runs.worker_process import environment
from tests.runs.sweeps import calls


@pytest.fixture
def processes() -> Iterator[Processes]:
    made = Processes(2)
    yield made
    made.shutdown(cancel_futures=True)


def until(there: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except OSError:
        return True


def test_tasks_are_shared_by_the_processes(processes: Processes) -> None:
    given = [str(number).encode() for number in range(20)]
    futures = [processes.submit(calls.double, one) for one in given]

    assert [future.result(30) for future in futures] == [one * 2 for one in given]
    assert len(processes.pids) == 2


def test_a_task_that_kills_its_process_costs_nobody_else_anything(
    processes: Processes, tmp_path: Path
) -> None:
    deadly = processes.submit(calls.die, b"")
    once = processes.submit(calls.die_once, bytes(tmp_path / "mark"))
    others = [processes.submit(calls.double, b"x") for _ in range(10)]

    assert [other.result(30) for other in others] == [b"xx"] * 10
    assert once.result(30) == b"done"
    with pytest.raises(ProcessDied, match="died 10 times: killed by SIGKILL"):
        deadly.result(60)


def test_a_task_that_ends_its_process_is_tried_three_times(processes: Processes) -> None:
    with pytest.raises(ProcessDied, match="died 3 times: exit code 3"):
        processes.submit(calls.leave, b"").result(60)


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    processes = Processes(1, patience_seconds=1)
    hanging = processes.submit(calls.hang, bytes(tmp_path / "pid"))

    with pytest.raises(ProcessDied, match="more than 1 s"):
        hanging.result(60)
    processes._patience = 60  # on a busy machine a new process may take longer than a second
    assert processes.submit(calls.double, b"x").result(30) == b"xx"
    processes.shutdown()


def test_a_process_that_is_worn_is_replaced() -> None:
    processes = Processes(1, worn=lambda result: True)
    pids = {processes.submit(calls.pid, b"").result(30) for _ in range(3)}
    processes.shutdown()

    assert len(pids) == 3


def test_they_end_at_once_when_that_is_asked(processes: Processes, tmp_path: Path) -> None:
    processes.submit(calls.hang, bytes(tmp_path / "pid"))
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
    pids = processes.pids
    processes.shutdown(cancel_futures=True)

    until(lambda: all(map(gone, pids)))


def test_they_end_with_the_process_that_wants_them(tmp_path: Path) -> None:
    """However it ends: here by ``kill -9``, while its own process hangs."""
    script = (
        "import sys, time\n"
        "from lrtui.runs.sweeps.processes import Processes\n"
        "from tests.runs.sweeps import calls\n"
        "Processes(1).submit(calls.hang, sys.argv[1].encode())\n"
        "time.sleep(600)\n"
    )
    mark = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", script, str(mark)], env=environment())
    until(lambda: mark.exists() and mark.read_text() != "")
    parent.kill()
    parent.wait()

    until(lambda: gone(int(mark.read_text())))
