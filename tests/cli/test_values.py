"""``lrtui values``."""

import csv
import io
import json

import numpy as np
import pytest

from tests.cli.calls import call


def test_csv() -> None:
    result = call("values", "piecewise", "-p", "boundaries=1", "-p", "values=0.1,1e-5", "--steps=3")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "step,learning_rate\n0,0.1\n1,0.1\n2,1e-05\n"


def test_as_many_rows_as_a_training_has_steps_unless_told() -> None:
    # 20 epochs of 64 steps.
    assert len(call("values", "constant").stdout.splitlines()) == 1 + 1280


def test_every() -> None:
    result = call("values", "Constant(0.5)", "--steps", "2k", "--every", "1k")
    assert result.stdout == "step,learning_rate\n0,0.5\n1000,0.5\n"


def test_json() -> None:
    result = call("values", "Constant(0.5)", "--steps", "2", "--format", "json")
    assert json.loads(result.stdout) == [
        {"step": 0, "learning_rate": 0.5},
        {"step": 1, "learning_rate": 0.5},
    ]


GROUPS = "StepLR(optim.SGD([{'params': a, 'lr': 1e-3}, {'params': b}], lr=1e-2), 2, 0.5)"


def test_each_parameter_group_has_a_column_and_that_is_said() -> None:
    result = call("values", GROUPS, "--steps", "3")
    assert result.stdout == (
        "step,learning_rate,learning_rate_2\n0,0.001,0.01\n1,0.001,0.01\n2,0.0005,0.005\n"
    )
    assert "the first is trained with. -p lr=0.01 opens another." in result.stderr
    shown = call("show", GROUPS, "--width", "40", "--height", "8").stdout
    assert "StepDecay(0.001, step_size=2, gamma=0.5)\n" in shown
    assert "StepDecay(0.01, step_size=2, gamma=0.5)\n" in shown


def test_the_numbers_are_those_of_the_formula() -> None:
    text = call("values", "ExponentialDecay(0.1, 100, 0.5)", "--steps", "1000").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    steps = np.array([int(row["step"]) for row in rows])
    rates = np.array([float(row["learning_rate"]) for row in rows])
    np.testing.assert_allclose(rates, 0.1 * 0.5 ** (steps / 100), rtol=1e-6)


def test_what_was_assumed_of_a_line_is_said_on_stderr() -> None:
    two = "a = Constant(0.5); b = Constant(0.25)"
    result = call("values", two, "--steps", "1")
    assert result.stdout == "step,learning_rate\n0,0.25\n"
    assert result.stderr == (
        "lrtui values: note: Several schedules are in the text: the last one is read, not a.\n"
    )


def test_names_of_a_line_are_given_beside_it() -> None:
    line = "PiecewiseConstantDecay([len(data) - 1], [args.lr, 0.25])"
    result = call("values", line, "--steps", "2", "-p", "args.lr=0.5", "-p", "len(data)=1")
    assert result.stdout == "step,learning_rate\n0,0.5\n1,0.25\n"


@pytest.mark.parametrize(
    ("arguments", "rates"),
    [
        (
            ["LinearDecay(0.5, 2)", "--unit", "epoch", "-p", "steps_per_epoch=2"],
            "0.5 0.5 0.25 0.25",
        ),
        (["LearningRateScheduler(LinearDecay(0.5, 2))", "--unit", "step"], "0.5 0.25 0 0"),
        (
            ["StepLR(SGD(p, 0.5), 1, 0.5)", "--unit", "epoch", "-p", "steps_per_epoch=3"],
            "0.5 0.5 0.5 0.25",
        ),
        (["StepLR(o, 1, 0.5)", "-p", "lr=1", "-p", "gamma=0.25"], "1 0.25 0.0625 0.015625"),
    ],
)
def test_steps_are_epochs_if_asked(arguments: list[str], rates: str) -> None:
    result = call("values", *arguments, "--steps", "4")
    found = [float(line.split(",")[1]) for line in result.stdout.splitlines()[1:]]
    assert found == [float(one) for one in rates.split()]
    assert result.stderr == ""


def test_a_guess_that_steps_are_epochs_is_said() -> None:
    result = call("values", "LearningRateScheduler(LinearDecay(0.5, 2))", "--steps", "65")
    assert result.stdout.splitlines()[-2:] == ["63,0.5", "64,0.25"]
    assert (
        "LearningRateScheduler counts epochs: each step of the schedule is taken" in result.stderr
    )


def test_names_of_epochs_in_a_line_that_counts_steps_are_told_of() -> None:
    line = "LinearLR(SGD(p, 0.5), 1.0, 0.5, total_iters=epochs)"
    result = call("values", line, "-p", "epochs=2", "--steps", "3")
    assert result.stdout == "step,learning_rate\n0,0.5\n1,0.375\n2,0.25\n"
    assert "--unit epoch if that is called once an epoch" in result.stderr
