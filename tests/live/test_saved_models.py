"""Files that Keras writes, read by the UI's process without Keras."""

import json
from pathlib import Path
from typing import Any

import keras
import pytest

from lrtui.live.keras_schedule import keras_schedule
from lrtui.schedules import parse

SCHEDULES = (
    "Constant(0.05)",
    "CosineDecay(0.0, decay_steps=900, alpha=0.5, warmup_target=0.5, warmup_steps=100)",
    "PiecewiseConstantDecay([10, 20], values=[0.5, 0.25, 0.125])",
    "OneCycle(0.5, total_steps=1000)",
    "Warmup(PolynomialDecay(0.5, decay_steps=100), steps=10)",
)


def saved(path: Path, optimizer: Any) -> str:
    """The path of a model that Keras has saved."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    model.save(path)
    return str(path)


@pytest.mark.parametrize("text", SCHEDULES)
def test_the_schedule_of_a_model(text: str, tmp_path: Path) -> None:
    schedule = parse(text)
    rate = 0.05 if text.startswith("Constant") else keras_schedule(schedule)
    path = saved(tmp_path / "model.keras", keras.optimizers.Adam(rate))
    assert parse(path) == schedule


def test_the_schedule_of_a_model_in_mixed_precision(tmp_path: Path) -> None:
    schedule = parse(SCHEDULES[1])
    inner = keras.optimizers.SGD(keras_schedule(schedule))
    optimizer = keras.optimizers.LossScaleOptimizer(inner)
    assert parse(saved(tmp_path / "model.keras", optimizer)) == schedule


@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop", "adamw"])
def test_an_optimizer_named_without_a_rate(name: str, tmp_path: Path) -> None:
    default = float(keras.optimizers.get(name).learning_rate)
    (rate,) = parse(saved(tmp_path / "model.keras", name))([0])
    assert rate == pytest.approx(default)


@pytest.mark.parametrize("text", SCHEDULES[1:])
def test_what_keras_serialises(text: str) -> None:
    config = keras.optimizers.schedules.serialize(keras_schedule(parse(text)))
    assert parse(json.dumps(config)) == parse(text)
