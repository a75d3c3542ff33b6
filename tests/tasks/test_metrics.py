"""The accuracy of the classification tasks is the share that is right, and changes no number."""

from typing import Any

import numpy as np
import pytest

from lrtui.protocol import Settings
from lrtui.protocol.settings import TASKS
from lrtui.tasks import task as task_named
from lrtui.worker import build
from tests.tasks.test_tasks import run

CLASSIFIES = ("spirals", "rings", "glyphs", "characters")


@pytest.mark.parametrize("task", CLASSIFIES)
def test_accuracy_is_the_share_that_is_right(task: str) -> None:
    made = build.material(Settings(task=task, steps_per_epoch=8))
    made.model.compile("sgd", made.loss, metrics=made.metrics)
    assert made.validation is not None
    inputs, targets = made.validation
    told = made.model.evaluate(inputs, targets, verbose=0, return_dict=True)

    logits = np.asarray(made.model(inputs))
    guessed = logits[..., 0] > 0 if task == "spirals" else logits.argmax(-1)
    right = guessed == targets.reshape(guessed.shape)
    assert 0 < right.mean() < 1
    assert told["accuracy"] == pytest.approx(right.mean(), abs=1e-6)


@pytest.mark.parametrize("task", CLASSIFIES)
def test_it_is_recorded_and_changes_no_number(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    how: dict[str, Any] = {"task": task, "optimizer": "adam", "epochs": 2, "steps_per_epoch": 8}
    measured = run("Constant(0.01)", **how)
    monkeypatch.setattr(type(task_named(task)), "metrics", lambda self, keras: [])
    bare = run("Constant(0.01)", **how)

    assert measured.losses.tobytes() == bare.losses.tobytes()
    assert [(row.loss, row.validation()) for row in measured.rows] == [
        (row.loss, row.validation()) for row in bare.rows
    ]
    assert all({"accuracy", "val_accuracy"} <= set(row.logs) for row in measured.rows)
    assert not any({"accuracy", "val_accuracy"} & set(row.logs) for row in bare.rows)


def test_the_others_have_none() -> None:
    for task in set(TASKS) - set(CLASSIFIES):
        assert build.material(Settings(task=task, steps_per_epoch=1)).metrics == []


@pytest.mark.parametrize("task", TASKS)
def test_a_metric_has_a_name_of_its_own(task: str) -> None:
    names = [one.name for one in build.material(Settings(task=task, steps_per_epoch=1)).metrics]
    assert len(set(names)) == len(names)
    assert not {"loss", "learning_rate"} & set(names)
    assert not [name for name in names if name.startswith("val_")]
