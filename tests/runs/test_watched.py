"""The records of logs that others write, and how they are followed."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from lrtui.export.history import history_pieces
from lrtui.logs.follower import LogFollower, read_logs
from lrtui.logs.values import Log
from lrtui.protocol import Stop
from lrtui.protocol.values import is_known
from lrtui.runs import watched
from lrtui.runs.logged_run import MOST_STEPS, record_of
from lrtui.runs.record import RunRecord
from lrtui.runs.watched import LogsToWatch, WatchedLogs


def record(path: Path, text: str, steps_per_epoch: int | None = None) -> RunRecord:
    path.write_text(text)
    (log,) = read_logs(path).logs
    return record_of(log, steps_per_epoch)


def test_steps_that_are_not_logged_are_not_known(tmp_path: Path) -> None:
    run = record(tmp_path / "a.csv", "step,lr,loss,val_loss\n0,0.5,2,\n3,0.25,1,1.5\n")
    assert run.steps == 4
    assert is_known(run.rates).tolist() == [True, False, False, True]
    assert run.rates[[0, 3]].tolist() == [0.5, 0.25]
    assert run.losses[[0, 3]].tolist() == [2.0, 1.0]
    assert [(row.steps, row.validation()) for row in run.rows] == [(4, 1.5)]
    assert run.diverged_at is None
    assert run.state == "watched"
    assert run.over


def test_a_loss_that_is_nan_is_a_divergence(tmp_path: Path) -> None:
    run = record(tmp_path / "a.csv", "step,loss\n0,2\n5,nan\n")
    assert run.diverged_at == 5


@pytest.mark.parametrize(("length", "steps"), [(None, [0, 1]), (10, [9, 19])])
def test_epochs_are_points_at_their_last_step(
    length: int | None, steps: list[int], tmp_path: Path
) -> None:
    text = "epoch,lr,loss,accuracy\n0,0.5,2,0.25\n1,0.25,1,0.5\n"
    run = record(tmp_path / "a.csv", text, length)
    assert np.flatnonzero(is_known(run.rates)).tolist() == steps
    assert [row.steps - 1 for row in run.rows] == steps
    assert [dict(row.logs) for row in run.rows] == [
        {"learning_rate": 0.5, "loss": 2.0, "accuracy": 0.25},
        {"learning_rate": 0.25, "loss": 1.0, "accuracy": 0.5},
    ]


def test_it_is_exported_as_any_run(tmp_path: Path) -> None:
    run = record(tmp_path / "a.csv", "epoch,lr,loss\n0,0.5,2\n1,0.25,1\n", 10)
    lines = "".join(history_pieces(run, ".csv")).splitlines()
    assert lines[0].startswith("epoch,step,learning_rate,loss")
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["1", "10", "0.5", "2.0"],
        ["2", "20", "0.25", "1.0"],
    ]


async def test_logs_are_followed_and_what_cannot_be_drawn_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "POLL_SECONDS", 0.001)
    path, far = tmp_path / "a.csv", tmp_path / "far.csv"
    path.write_text("step,lr\n0,0.5\n")
    far.write_text(f"step,lr\n{MOST_STEPS},0.5\n")
    seen: list[tuple[str, int]] = []
    faults: list[str] = []
    grown = asyncio.Event()

    def take(logs: tuple[Log, ...], runs: list[RunRecord]) -> None:
        seen.extend((log.name, run.steps) for log, run in zip(logs, runs, strict=True))
        if seen[-1][1] > 1:
            grown.set()

    followers = (LogFollower(path), LogFollower(far))
    link = WatchedLogs(
        LogsToWatch(followers, "a.csv and 1 more", None), on_runs=take, on_fault=faults.append
    )
    link.read_past()
    assert seen == [("a.csv", 1)]
    assert faults == [f"far.csv: step {MOST_STEPS} is too far to draw; at most {MOST_STEPS}"]
    await link.start()
    link.send(Stop())
    with path.open("a") as file:
        file.write("1,0.25\n")
    await grown.wait()
    await link.close()
    assert seen[-1] == ("a.csv", 2)
    assert path.read_text() == "step,lr\n0,0.5\n1,0.25\n"
