"""``lrtui list``."""

import json

import pytest

from tests.cli.calls import call

NAMES = {
    "constant": "Constant",
    "cosine": "CosineDecay",
    "cosine-restarts": "CosineDecayRestarts",
    "exponential": "ExponentialDecay",
    "inverse-time": "InverseTimeDecay",
    "piecewise": "PiecewiseConstantDecay",
    "polynomial": "PolynomialDecay",
}


@pytest.fixture(scope="module")
def text() -> str:
    result = call("list")
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.parametrize(("short", "name"), NAMES.items())
def test_every_schedule_under_both_its_names(text: str, short: str, name: str) -> None:
    assert f"{short}  ({name})\n" in text


def test_it_fits_80_columns(text: str) -> None:
    assert max(map(len, text.splitlines())) <= 80


def test_parameters_with_default_meaning_and_bounds(text: str) -> None:
    assert "  decay_rate = 0.96\n" in text
    assert "  staircase = off\n" in text
    assert "  boundaries = 300, 600\n" in text
    assert "An integer from 1 to" in text


def test_formula_note_and_reference(text: str) -> None:
    assert "    initial_learning_rate * decay_rate ** (step / decay_steps)\n" in text
    assert "  Note: A boundary step still has the earlier rate." in text
    assert "  Reference: keras.optimizers.schedules.ExponentialDecay" in text


def test_json_has_the_same() -> None:
    result = call("list", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    listed = {one["name"]: one for one in json.loads(result.stdout)}
    assert {name: one["class"] for name, one in listed.items()}.items() >= NAMES.items()
    exponential = listed["exponential"]
    assert [one["name"] for one in exponential["parameters"]] == [
        "initial_learning_rate",
        "decay_steps",
        "decay_rate",
        "staircase",
    ]
    assert exponential["parameters"][1] == {
        "name": "decay_steps",
        "type": "int",
        "many": False,
        "optional": False,
        "default": 1000,
        "choices": [],
        "low": 1,
        "high": 10**12,
        "unit": "steps",
        "help": "steps in which the rate is multiplied by decay_rate once.",
    }
    assert exponential["reference"] == "keras.optimizers.schedules.ExponentialDecay"


def test_the_constructors_of_other_libraries() -> None:
    result = call("list", "--foreign")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "  StepLR(optimizer, step_size, gamma=0.1, last_epoch=-1" in result.stdout
    assert "    → StepDecay\n" in result.stdout
    assert "→ none: it depends on the loss, so it has no curve of its own" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_they_as_data() -> None:
    found = json.loads(call("list", "--foreign", "--json").stdout)
    (one,) = (row for row in found if row["constructor"].startswith("linear_schedule("))
    assert one["library"] == "optax"
    assert one["becomes"] == "LinearDecay"
