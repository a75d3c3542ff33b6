"""CSV, Keras' History, transformers' trainer_state, Lightning's metrics: values, growth, damage."""

import json
from pathlib import Path

import pytest

from lrtui.logs.follower import EVENTS, LogFollower, read_logs
from lrtui.logs.values import Log, Role
from tests.cli.calls import call
from tests.logs.events import file_of, simple


def column(log: Log, role: Role) -> tuple[list[int], list[float], str]:
    found = log.column(role)
    assert found is not None, log
    return found.at.tolist(), found.values.tolist(), found.unit


def one(path: Path, **chosen: str) -> Log:
    read = read_logs(path, chosen)
    assert read.faults == ()
    (log,) = read.logs
    return log


def test_what_keras_csv_logger_wrote(written_by_keras: Path) -> None:
    truth = json.loads((written_by_keras / "truth.json").read_text())
    plain = one(written_by_keras / "scheduled.csv")
    assert plain.rate is None  # Keras logs none for a schedule
    assert column(plain, "loss") == ([0, 1, 2, 3, 4], truth["history"]["loss"], "epoch")
    log = one(written_by_keras / "scheduler.csv")
    assert column(log, "rate") == ([0, 1, 2, 3, 4], truth["scheduled"]["learning_rate"], "epoch")
    assert column(log, "validation_loss")[1] == truth["scheduled"]["val_loss"]


def test_what_keras_history_held(written_by_keras: Path) -> None:
    truth = json.loads((written_by_keras / "truth.json").read_text())
    log = one(written_by_keras / "history.json")
    assert log.kind == "History"
    assert column(log, "rate") == ([0, 1, 2, 3, 4], truth["scheduled"]["learning_rate"], "epoch")
    assert column(log, "loss")[1] == truth["scheduled"]["loss"]


STATE = {
    "best_metric": None,
    "epoch": 2.0,
    "global_step": 40,
    "log_history": [
        {"epoch": 0.5, "grad_norm": 1.5, "learning_rate": 7.5e-5, "loss": 2.25, "step": 10},
        {"epoch": 1.0, "grad_norm": 1.25, "learning_rate": 5e-5, "loss": 2.0, "step": 20},
        {"epoch": 1.0, "eval_loss": 1.75, "eval_runtime": 2.5, "step": 20},
        {"epoch": 1.5, "grad_norm": 1.0, "learning_rate": 2.5e-5, "loss": 1.5, "step": 30},
        {"epoch": 2.0, "train_runtime": 33.1, "train_loss": 1.9, "step": 40},
    ],
}


def test_trainer_state(tmp_path: Path) -> None:
    """By the fields that transformers documents for TrainerState."""
    for checkpoint, rows in ((20, 3), (40, 5)):
        folder = tmp_path / f"checkpoint-{checkpoint}"
        folder.mkdir()
        state = {**STATE, "log_history": STATE["log_history"][:rows]}  # type: ignore[index]
        (folder / "trainer_state.json").write_text(json.dumps(state, indent=2))
    log = one(tmp_path)  # the latest checkpoint's, which holds all
    assert (log.name, log.kind, log.steps_per_epoch) == ("checkpoint-40", "trainer_state", 20)
    assert column(log, "rate") == ([10, 20, 30], [7.5e-5, 5e-5, 2.5e-5], "step")
    assert column(log, "loss") == ([10, 20, 30], [2.25, 2.0, 1.5], "step")
    assert column(log, "validation_loss") == ([20], [1.75], "step")


METRICS = """epoch,lr-SGD,step,train_loss,val_loss
,0.1,0,,
0,,3,1.5,
0,,3,,1.25
,0.05,4,,
1,,7,1.0,
1,,7,,0.75
"""


def test_lightning_metrics(tmp_path: Path) -> None:
    """By the fields that Lightning documents for CSVLogger and LearningRateMonitor."""
    folder = tmp_path / "lightning_logs" / "version_0"
    folder.mkdir(parents=True)
    (folder / "metrics.csv").write_text(METRICS)
    log = one(tmp_path)
    assert log.name == "version_0"
    assert column(log, "rate") == ([0, 4], [0.1, 0.05], "step")
    assert column(log, "loss") == ([3, 7], [1.5, 1.0], "step")
    assert column(log, "validation_loss") == ([3, 7], [1.25, 0.75], "step")
    assert log.steps_per_epoch is None or log.steps_per_epoch == 4


@pytest.mark.parametrize("cut", range(1, len(METRICS), 5))
def test_a_csv_that_is_cut_is_read_on(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(METRICS[:cut])
    follower = LogFollower(path)
    follower.poll()
    assert follower.read.faults == ()
    with path.open("a") as file:
        file.write(METRICS[cut:])
    follower.poll()
    (log,) = follower.read.logs
    assert column(log, "rate") == ([0, 4], [0.1, 0.05], "step")


def test_a_file_that_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("step,lr\n0,0.1\n1,0.05\n2,0.025\n")
    follower = LogFollower(path)
    follower.poll()
    path.unlink()
    follower.poll()
    assert list(follower.read.faults) == ["log.csv: No such file or directory"]
    assert column(follower.read.logs[0], "rate")[0] == [0, 1, 2]  # what was read is kept
    path.write_text("step,lr\n0,0.5\n")
    assert follower.poll()
    assert column(follower.read.logs[0], "rate") == ([0], [0.5], "step")
    assert list(follower.read.faults) == []
    path.write_text("step,lr\n" + "".join(f"{step},0.75\n" for step in range(9)))
    follower.poll()
    assert column(follower.read.logs[0], "rate") == (list(range(9)), [0.75] * 9, "step")


def test_two_trainings_in_one_csv(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("epoch,lr,loss\n0,0.1,2\n1,0.05,1\n0,0.2,3\n1,0.1,2\n2,0.05,1\n")
    first, second = read_logs(path).logs
    assert column(first, "rate") == ([0, 1], [0.1, 0.05], "epoch")
    assert column(second, "rate") == ([0, 1, 2], [0.2, 0.1, 0.05], "epoch")


def test_trainings_that_are_too_many_are_told(tmp_path: Path) -> None:
    """Of a file of any kind the last 64."""
    rates = [0.5 + number for number in range(70)]
    table, events = tmp_path / "many.csv", tmp_path / f"events{EVENTS}1"
    table.write_text("step,lr\n" + "".join(f"0,{rate}\n1,{rate}\n" for rate in rates))
    written = (simple("lr", step, rate) for rate in rates for step in (0, 1))
    events.write_bytes(file_of(*written))
    for path, name in ((table, "many.csv"), (events, tmp_path.name)):
        read = read_logs(path)
        assert read.faults == (f"{name}: over 64 trainings, the first 6 are left out",)
        found = [log.rate.values.tolist() for log in read.logs if log.rate is not None]
        assert found == [[rate, rate] for rate in rates[6:]]


def test_files_that_are_too_many_are_told(tmp_path: Path) -> None:
    for number in range(1001):
        (tmp_path / f"{number:04}.csv").touch()
    told = f"{tmp_path.name}: over 1000 files, of which the first are looked at"
    assert told in read_logs(tmp_path).faults
    (tmp_path / "0000.csv").unlink()
    assert told not in read_logs(tmp_path).faults


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("step;learning_rate\n0;0.1\n1;0.05\n", ([0, 1], [0.1, 0.05], "step")),
        ("lr\n0.1\n0.05\n", ([0, 1], [0.1, 0.05], "step")),
        ("\ufeffStep,LR\n5,1e-3\n10,nan\n", ([5, 10], [1e-3, None], "step")),
        ("epoch,iter,lr/group0\n0,0,0.1\n0,5,0.2\n", ([0, 5], [0.1, 0.2], "step")),
        ("epoch,lr\n0,0.1\n0,0.2\n1,0.3\n1,0.4\n", ([0, 1, 2, 3], [0.1, 0.2, 0.3, 0.4], "step")),
    ],
)
def test_columns_by_name(
    text: str, rates: tuple[list[int], list[float], str], tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text)
    at, values, unit = column(one(path), "rate")
    assert (at, unit) == (rates[0], rates[2])
    assert [None if value != value else value for value in values] == rates[1]


def test_a_column_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("n,eta,cost\n3,0.1,2\n4,0.2,1\n")
    log = one(path, rate="eta", step="n", loss="cost")
    assert column(log, "rate") == ([3, 4], [0.1, 0.2], "step")
    assert column(log, "loss") == ([3, 4], [2.0, 1.0], "step")


def test_files_of_ours(tmp_path: Path) -> None:
    """`lrtui values` is a log as well; its numbers come back exactly."""
    path = tmp_path / "values.csv"
    path.write_text(call("values", "CosineDecay(0.1, 100)", "--steps", "50").stdout)
    log = one(path)
    at, values, _ = column(log, "rate")
    assert at == list(range(50))
    assert values[0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.json", b"{", "a.json: it is not JSON, or cut"),
        ("a.json", b"[" * 100_000, "a.json: it is not JSON, or cut"),
        ("a.json", b"3", "a.json: it is neither an object nor a list"),
        ("a.json", b'{"a": "b"}', "a.json: it holds no columns of numbers"),
        ("nothing.csv", None, "nothing.csv: No such file or directory"),
    ],
    ids=["cut", "deep", "a number", "no numbers", "absent"],
)
def test_what_is_no_log_is_told(name: str, data: bytes | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    read = read_logs(path)
    assert list(read.faults) == [told]
    assert not read.logs
