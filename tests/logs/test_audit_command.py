"""``lrtui audit`` as a user calls it."""

import json
from pathlib import Path

import pytest

from tests.cli.calls import call, refused

COSINE = "CosineDecay(0.1, 200)"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(call("values", COSINE, "--steps", "150").stdout)
    return path


def test_rates_that_are_the_schedules(log: Path) -> None:
    result = call("audit", str(log), COSINE)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "they are: the rates of CosineDecay(0.1, decay_steps=200)"
    )
    assert "150 rates compared" in result.stdout


def test_rates_that_are_not_and_why(log: Path) -> None:
    result = call("audit", str(log), "CosineDecay(0.3, 200)")
    assert result.exit_code == 1
    first, *rest = result.stdout.splitlines()
    assert first == "they are not: another base rate, 0.1: 0.333333 times the planned one"
    assert "  The first that departs is that of step 0: 0.1 logged, 0.3 scheduled." in rest


def test_none_of_these_with_where_it_departs(log: Path) -> None:
    lines = log.read_text().splitlines()
    log.write_text("\n".join([*lines[:101], "100,0.07", "101,0.01", "102,0.06", ""]))
    result = call("audit", str(log), COSINE, "--format", "json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["explanation"] is None
    assert told["departs"] == {"at": 100, "logged": 0.07, "scheduled": pytest.approx(0.05)}
    assert (told["rates"], told["matching"], told["same"]) == (103, 100, False)
    assert call("audit", str(log), COSINE).stdout.startswith("they are not: none of the known")


def test_an_explanation_as_json(log: Path) -> None:
    told = json.loads(call("audit", str(log), "CosineDecay(0.2, 200)", "--format", "json").stdout)
    assert told["explanation"]["kind"] == "base_rate"
    assert told["explanation"]["values"] == {
        "factor": pytest.approx(0.5),
        "rate": pytest.approx(0.1),
    }
    assert told["explanation"]["fits"] == told["rates"] == 150


def test_which_schedule_it_is(log: Path) -> None:
    result = call("audit", str(log))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "CosineDecay(0.1, decay_steps=200)"


def test_an_epochs_log(tmp_path: Path) -> None:
    """Steps of an epoch are given, told by the log, or found by trying."""
    path = tmp_path / "log.csv"
    rates = [line.split(",")[1] for line in call("values", COSINE).stdout.splitlines()[1:]]
    last = [rates[(epoch + 1) * 20 - 1] for epoch in range(10)]
    path.write_text("epoch,lr\n" + "".join(f"{n},{rate}\n" for n, rate in enumerate(last)))
    assert call("audit", str(path), COSINE, "--steps-per-epoch", "20").exit_code == 0
    found = call("audit", str(path), COSINE)
    assert found.exit_code == 0
    assert "20 steps an epoch were found by trying" in found.stdout
    late = call("audit", str(path), COSINE, "--steps-per-epoch", "25")
    assert late.exit_code == 1


def test_a_reset_that_did_nothing(log: Path) -> None:
    result = call("audit", str(log), COSINE, "--reset-at", "100")
    assert result.exit_code == 1
    assert result.stdout.startswith("they are not: the reset at step 100 did nothing")


def test_what_keras_tensorboard_writes_is_the_next_steps_rate(written_by_keras: Path) -> None:
    """The known fault, on a file that Keras wrote: named, and that the training may be right."""
    schedule = "CosineDecay(0.1, 40, alpha=0.05)"
    result = call("audit", str(written_by_keras / "board"), schedule)
    assert result.exit_code == 1
    assert result.stdout.startswith("they are not: a step early\n")
    assert "Keras' TensorBoard callback" in result.stdout
    twice = call("audit", str(written_by_keras / "board2"), schedule)
    assert twice.stderr == (
        "lrtui audit: note: 2 trainings are in it; the last one is looked at, board2; "
        "--run N takes another\n"
    )


def test_a_log_without_rates_says_what_is_in_it(written_by_keras: Path) -> None:
    result = call("audit", str(written_by_keras / "scheduled.csv"), COSINE)
    assert result.exit_code == 1
    assert "no learning rates in it (its columns: loss, val_loss; --column says which)" in (
        result.stderr
    )


@pytest.mark.parametrize("rows", ["0,nan", "-2,0.1\n-1,0.1", "-2,0.1\n0,inf"])
@pytest.mark.parametrize("schedule", [[COSINE], []])
def test_a_log_of_which_no_rate_can_be_looked_at(
    tmp_path: Path, rows: str, schedule: list[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(f"step,lr\n{rows}\n")
    result = call("audit", str(log), *schedule)
    assert result.exit_code == 1
    assert result.stderr == (
        f"lrtui audit: {log}: no learning rates in it (its columns: lr; --column says which)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nothing.csv", COSINE], "LOG must be a file or a folder that is there."),
        (["{log}", "cosin"], "schedule must be the name of a schedule"),
        (["{log}", COSINE, "--column", "x"], "--column must be one of learning_rate."),
        (["{log}", COSINE, "--run", "3"], "--run must be at most 1"),
        (["{log}", COSINE, "--steps-per-epoch", "0"], "--steps-per-epoch"),
        ([], "LOG"),
    ],
)
def test_a_wrong_call_gets_a_line(arguments: list[str], line: str, log: Path) -> None:
    told = refused("audit", *(one.format(log=log) for one in arguments))
    assert line in told
