"""``lrtui values``."""

import csv
import io
import json

import numpy as np

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
