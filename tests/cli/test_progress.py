"""The table and the progress of a training."""

import io

import pytest

from lrtui.cli.progress import ProgressTable, RunsProgress, duration, row_text
from lrtui.protocol import Settings, Started, StepsDone, pack
from lrtui.runs.record import RunRecord
from tests.runs.epochs import epoch_record

ROWS = [
    epoch_record(1, 64, 0.1, 0.693147, 0.5),
    epoch_record(2, 128, 0.09992247, 0.1, None, {"reset": 1}),
    epoch_record(3, 192, 1e-5, float("nan"), float("inf"), {"reset": 2}),
    epoch_record(4, 256, 1e-6, 0.1, 0.5, {"reset": 1, "plateau": 1}),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def a_record(steps: int) -> RunRecord:
    rates = pack([0.1] * steps)
    started = Started("Constant(0.1)", Settings(epochs=2, steps_per_epoch=50))
    return RunRecord.of([started, StepsDone(0, rates, rates)])


def test_rows_are_columns_that_awk_reads() -> None:
    assert [row_text(row).split() for row in ROWS] == [
        ["1", "64", "0.1", "0.693147", "0.5"],
        ["2", "128", "0.09992247", "0.1", "-", "reset"],
        ["3", "192", "1e-05", "nan", "inf", "reset*2"],
        ["4", "256", "1e-06", "0.1", "0.5", "reset", "cut"],
    ]


def test_they_stand_under_their_header() -> None:
    out = io.StringIO()
    table = ProgressTable(out, None)
    for row in ROWS:
        table.row(row)
    header, *rows = out.getvalue().splitlines()
    assert header.split() == ["epoch", "step", "learning_rate", "loss", "val_loss", "event"]
    for name in ("epoch", "step", "learning_rate", "loss", "val_loss"):
        end = header.index(f"{name} ") + len(name)
        assert all(row[end] == " " or end == len(row) for row in rows if len(row) > end)
        assert all(row[end - 1] != " " for row in rows)


def test_metrics_stand_before_the_event() -> None:
    out = io.StringIO()
    table = ProgressTable(out, None)
    for number in (1, 2):
        table.row(epoch_record(number, 64, 0.1, 0.5, 0.4, {"reset": 1}, accuracy=0.96875))
    header, *rows = [line.split() for line in out.getvalue().splitlines()]
    assert header[4:] == ["val_loss", "accuracy", "event"]
    assert [row[4:] for row in rows] == [["0.4", "0.96875", "reset"]] * 2


def test_no_progress_where_stderr_is_no_terminal() -> None:
    out, progress = io.StringIO(), io.StringIO()
    table = ProgressTable(out, progress)
    table.loading()
    table.advanced(a_record(10))
    table.close()
    assert out.getvalue() == progress.getvalue() == ""


def test_progress_says_what_is_done_and_what_time_is_left() -> None:
    times = iter([100.0, 104.0])
    progress = Terminal()
    table = ProgressTable(io.StringIO(), progress, clock=lambda: next(times))
    table.loading()
    assert "loading TensorFlow" in progress.getvalue()
    table.advanced(a_record(10))
    table.advanced(a_record(50))
    # 40 steps took 4 s, so the other 50 take 5 s.
    assert progress.getvalue().endswith("[##########          ] step 50/100  5 s left")


def test_a_row_is_not_written_into_the_progress() -> None:
    screen = Terminal()
    table = ProgressTable(screen, screen)
    table.loading()
    table.row(ROWS[0])
    assert "loading TensorFlow ...\r\x1b[Kepoch" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[Kloading TensorFlow ...")


def test_at_the_end_the_progress_is_wiped() -> None:
    progress = Terminal()
    table = ProgressTable(io.StringIO(), progress)
    table.loading()
    table.close()
    assert progress.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (61, "1 min 1 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min")],
)
def test_time_is_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_progress_of_several_runs_is_over_all_of_them() -> None:
    times = iter([100.0, 106.0])
    progress = Terminal()
    runs = RunsProgress(["fast, seed 0", "slow, seed 0"], progress, clock=lambda: next(times))
    runs.loading()
    runs.began(a_record(0))
    runs.advanced(a_record(50))
    assert progress.getvalue().endswith("[#####               ] fast, seed 0: run 1 of 2")
    runs.began(a_record(0))
    runs.advanced(a_record(10))
    # 60 steps took 6 s, so the other 90 take 9 s.
    assert progress.getvalue().endswith("[###########         ] slow, seed 0: run 2 of 2  9 s left")
    runs.close()
    assert progress.getvalue().endswith("\r\x1b[K")
