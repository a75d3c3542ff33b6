"""The tasks in Keras: data and models of all sizes, and that a seed fixes every number."""

from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.link import QueueLink
from lrtui.protocol import Settings, Start
from lrtui.protocol.settings import TASKS, unused_settings
from lrtui.runs.record import RunRecord
from lrtui.schedules import Invalid
from lrtui.tasks import task as task_named
from lrtui.worker import build
from lrtui.worker.run import train

EACH = pytest.mark.parametrize("task", TASKS)


def run(schedule: str = "ExponentialDecay(0.1, 1000, 0.96)", **settings: Any) -> RunRecord:
    link = QueueLink()
    train(Start(schedule, Settings(**settings)), link)
    return RunRecord.of(link.events)


def test_the_defaults_are_learned() -> None:
    record = run()

    assert record.steps == 20 * 64
    assert record.rows[-1].loss < 0.25 * record.rows[0].loss
    assert record.rows[-1].validation() is not None
    assert record.rows[-1].validation() < 0.25 * record.losses[0]


@EACH
def test_the_same_seed_gives_the_same_numbers_whatever_is_measured(
    task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = "callback" if task == "sine" else "schedule"
    how: dict[str, Any] = {"task": task, "drive": drive, "optimizer": "adam"}
    how |= {"epochs": 2, "steps_per_epoch": 8}
    first = run("Constant(0.01)", **how)
    names = [one.name for one in build.material(Settings(task=task)).metrics]
    monkeypatch.setattr(type(task_named(task)), "metrics", lambda self, keras: [])
    second = run("Constant(0.01)", **how)

    np.testing.assert_array_equal(first.losses, second.losses)
    np.testing.assert_array_equal(first.rates, np.full(16, 0.01, np.float32))
    np.testing.assert_array_equal(first.rates, second.rates)
    for row, bare in zip(first.rows, second.rows, strict=True):
        measured = {*names, *(f"val_{name}" for name in names)}
        assert set(row.logs) - set(bare.logs) == measured
        assert {name: row.logs[name] for name in bare.logs} == bare.logs


@EACH
def test_the_rate_gets_in_once_an_epoch_too(task: str) -> None:
    how: dict[str, Any] = {"task": task, "drive": "callback", "optimizer": "adamw"}
    how |= {"epochs": 3, "steps_per_epoch": 2, "batch_size": 8, "plateau_patience": 1}
    record = run("ExponentialDecay(0.01, 2, 0.5)", **how, plateau_factor=0.5)

    planned = np.repeat([0.01, 0.005, 0.0025], 2)
    for cut in record.marks:
        planned[cut.step :] *= 0.5
    np.testing.assert_allclose(record.rates, planned, rtol=3e-7)


def test_another_seed_gives_other_numbers() -> None:
    first, other = (run(epochs=1, steps_per_epoch=8, seed=seed) for seed in (0, 1))
    assert not np.isin(first.losses, other.losses).any()


def test_nothing_is_validated_without_a_share() -> None:
    record = run(task="sine", epochs=2, steps_per_epoch=4, validation_share=0.0)

    assert [row.validation() for row in record.rows] == [None, None]
    assert "val_loss" not in record.history
    with pytest.raises(Invalid, match=r"plateau_patience must be none where validation_share is 0"):
        Settings(validation_share=0.0, plateau_patience=3)


@EACH
def test_an_epoch_sees_every_sample_once_in_a_new_order(task: str) -> None:
    made = build.material(Settings(task=task, steps_per_epoch=5, batch_size=7))
    batches = [inputs for inputs, _ in made.batches.take(10).as_numpy_iterator()]
    one, two = (np.concatenate(half).reshape(35, -1) for half in (batches[:5], batches[5:]))

    assert len(np.unique(one, axis=0)) == 35
    np.testing.assert_array_equal(_sorted(one), _sorted(two))
    assert not np.array_equal(one, two)


def _sorted(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return rows[np.lexsort(rows.T)]


@EACH
@pytest.mark.parametrize(
    ("steps_per_epoch", "batch_size", "validation"),
    [(1, 1, 32), (64, 32, 512), (1000, 1000, 4096), (10**6, 1, 4096)],
)
def test_sizes(task: str, steps_per_epoch: int, batch_size: int, validation: int) -> None:
    settings = Settings(task=task, steps_per_epoch=steps_per_epoch, batch_size=batch_size)
    made = build.material(settings)
    inputs, targets = next(iter(made.batches.as_numpy_iterator()))

    assert len(inputs) == len(targets) == batch_size
    assert made.validation is not None
    # Whole batches only, where the samples of a batch belong together.
    whole = validation - (validation % batch_size if task == "regression" else 0)
    assert len(made.validation[0]) == len(made.validation[1]) == whole
    assert made.model.compute_output_shape(inputs.shape)[0] == batch_size


@pytest.mark.parametrize(("share", "count"), [(0.5, 640), (0.75, 1920), (0.01, 32), (0.9, 4096)])
def test_the_validation_share_is_of_all_samples(share: float, count: int) -> None:
    made = build.material(Settings(steps_per_epoch=20, validation_share=share))
    assert made.validation is not None
    assert len(made.validation[0]) == count


@EACH
def test_width_and_depth_are_used_or_said_not_to_be(task: str) -> None:
    def weights(**size: Any) -> int:
        return int(build.material(Settings(task=task, **size)).model.count_params())

    usual = weights()
    idle = unused_settings(Settings(task=task))
    assert (weights(model_width=64) != usual) == ("model_width" not in idle)
    assert (weights(model_depth=3) != usual) == ("model_depth" not in idle)
    # As a range test in mid-run does.
    assert (
        keras.models.clone_model(build.material(Settings(task=task)).model).count_params() == usual
    )
    smallest = build.material(Settings(task=task, model_width=1, model_depth=0, batch_size=1)).model
    assert smallest.count_params() > 0


def test_what_is_not_used_depends_on_the_settings() -> None:
    assert unused_settings(Settings()) == {"plateau_factor"}
    assert unused_settings(Settings(plateau_patience=1)) == set()
    assert unused_settings(Settings(task="regression")) == {
        "model_width",
        "model_depth",
        "plateau_factor",
    }
