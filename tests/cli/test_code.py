"""``lrtui code``."""

import ast

import pytest

from tests.cli.calls import call, refused


def test_keras_unless_told() -> None:
    result = call("code", "exponential", "-p", "decay_rate=0.5")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.5)" in result.stdout
    assert "import keras" in result.stdout


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("keras", "import keras"),
        ("torch", "from torch.optim.lr_scheduler import StepLR"),
        ("optax", "import optax"),
    ],
)
def test_what_is_printed_is_a_module_and_nothing_else(to: str, line: str) -> None:
    result = call("code", "StepDecay(0.1, step_size=30)", "--to", to)
    assert result.exit_code == 0
    ast.parse(result.stdout)
    assert line in result.stdout.splitlines()
    assert result.stdout.endswith("\n")
    assert not result.stdout.endswith("\n\n")


def test_a_target_that_is_none() -> None:
    line = refused("code", "cosine", "--to", "jax")
    assert "--to must be one of keras, torch, optax. Received: 'jax'" in line


def test_a_schedule_that_is_none() -> None:
    assert "did you mean cosine?" in refused("code", "cosin")
    assert "decay_steps" in refused("code", "cosine", "-p", "decay_steps=0")
