"""The metrics of the tasks: each is what NumPy says of the same outputs, by a name of its own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lrtui.protocol import Settings
from lrtui.protocol.settings import TASKS
from lrtui.worker import build

Outputs = np.ndarray[Any, Any]


def accuracy(outputs: Outputs, targets: Outputs) -> float:
    """The share that is right; the outputs are logits, of one class or of several."""
    one = outputs.shape[-1] == 1
    guessed = outputs[..., 0] > 0 if one else outputs.argmax(-1)
    return float((guessed == targets.reshape(guessed.shape)).mean())


METRICS: dict[str, Callable[[Outputs, Outputs], float]] = {"accuracy": accuracy}
"""In NumPy, from what the model gives and what it should."""
CLASSIFIES = {"spirals", "rings", "glyphs", "characters"}


@pytest.mark.parametrize("task", TASKS)
def test_a_metric_is_what_numpy_says(task: str) -> None:
    made = build.material(Settings(task=task, steps_per_epoch=8))
    made.model.compile("sgd", made.loss, metrics=made.metrics)
    assert made.validation is not None
    inputs, targets = made.validation
    told = made.model.evaluate(inputs, targets, verbose=0, return_dict=True)
    outputs = np.asarray(made.model(inputs))

    names = [one.name for one in made.metrics]
    assert ("accuracy" in names) == (task in CLASSIFIES)
    assert set(told) == {"loss", *names}
    for name in names:
        assert name in METRICS, f"write {name} down in NumPy, in METRICS"
        expected = METRICS[name](outputs, targets)
        assert told[name] == pytest.approx(expected, rel=1e-5, abs=1e-6)
        assert expected not in (0, 1), "fresh weights guess neither all nor none"


@pytest.mark.parametrize("task", TASKS)
def test_a_metric_has_a_name_of_its_own(task: str) -> None:
    names = [one.name for one in build.material(Settings(task=task, steps_per_epoch=1)).metrics]
    assert len(set(names)) == len(names)
    assert not {"loss", "learning_rate"} & set(names)
    assert not [name for name in names if name.startswith("val_")]
