"""The tasks: what they hold, that they can be learned, and that a seed fixes every number."""

from typing import Any

import numpy as np
import pytest

from lrtui.training import tasks
from lrtui.training.link import QueueLink
from lrtui.training.protocol import Settings, Start
from lrtui.training.record import RunRecord
from lrtui.training.run import train
from lrtui.training.settings import TASKS

BOTH = pytest.mark.parametrize("task", TASKS)


def run(schedule: str = "ExponentialDecay(0.1, 1000, 0.96)", **settings: Any) -> RunRecord:
    link = QueueLink()
    train(Start(schedule, Settings(**settings)), link)
    return RunRecord.of(link.events)


@BOTH
def test_it_is_learned_with_the_default_settings(task: str) -> None:
    record = run(task=task)

    assert record.steps == 20 * 64
    assert record.rows[-1].loss < 0.25 * record.rows[0].loss
    assert record.rows[-1].validation_loss is not None
    assert record.rows[-1].validation_loss < 0.25 * record.losses[0]


def test_the_schedule_matters() -> None:
    good, timid = run(epochs=5), run("Constant(1e-4)", epochs=5)

    assert good.rows[-1].loss < 0.5 * timid.rows[-1].loss


@pytest.mark.parametrize(("task", "drive"), [("spirals", "schedule"), ("sine", "callback")])
def test_the_same_seed_gives_the_same_numbers(task: str, drive: str) -> None:
    how: dict[str, Any] = {
        "task": task,
        "drive": drive,
        "epochs": 2,
        "steps_per_epoch": 8,
        "optimizer": "adam",
    }
    first, second, other = run(**how), run(**how), run(**how, seed=1)

    np.testing.assert_array_equal(first.losses, second.losses)
    np.testing.assert_array_equal(first.rates, second.rates)
    assert first.rows == second.rows
    assert not np.array_equal(first.losses, other.losses)


@BOTH
def test_an_epoch_sees_every_sample_once_in_a_new_order(task: str) -> None:
    made = tasks.make(Settings(task=task, steps_per_epoch=5, batch_size=7))
    batches = [inputs for inputs, _ in made.batches.take(10).as_numpy_iterator()]
    one, two = np.concatenate(batches[:5]), np.concatenate(batches[5:])

    assert one.shape == two.shape == (35, one.shape[1])
    assert len(np.unique(one, axis=0)) == 35
    np.testing.assert_array_equal(np.sort(one, axis=0), np.sort(two, axis=0))
    assert not np.array_equal(one, two)


@BOTH
@pytest.mark.parametrize(
    ("steps_per_epoch", "batch_size", "validation"),
    [(1, 1, 32), (64, 32, 512), (1000, 1000, 4096), (10**6, 1, 4096)],
)
def test_sizes(task: str, steps_per_epoch: int, batch_size: int, validation: int) -> None:
    settings = Settings(task=task, steps_per_epoch=steps_per_epoch, batch_size=batch_size)
    made = tasks.make(settings)
    inputs, targets = next(iter(made.batches.as_numpy_iterator()))

    assert len(inputs) == len(targets) == batch_size
    assert len(made.validation[0]) == len(made.validation[1]) == validation
    assert inputs.dtype == targets.dtype == np.float32
