"""TensorBoard's event files, read back by TensorFlow's own reader."""

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lrtui.live.link import QueueLink
from lrtui.protocol import Ended, Reset, Scale, Settings, Start, Stop
from lrtui.runs.record import RunRecord
from lrtui.worker.run import train

SETTINGS = Settings(epochs=3, steps_per_epoch=10)
SCHEDULE = "ExponentialDecay(0.1, 10, 0.5)"


def run(folder: Path | None, schedule: str = SCHEDULE, **how: Any) -> RunRecord:
    link = QueueLink()
    train(Start(schedule, SETTINGS, tensorboard=str(folder) if folder else None, **how), link)
    return RunRecord.of(link.events)


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """The scalars in the one event file of a folder: by tag, by step."""
    (file,) = folder.glob("events.out.tfevents.*")
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for record in tf.compat.v1.train.summary_iterator(str(file)):
        for value in record.summary.value:
            assert record.step not in found[value.tag]
            in_tensor = value.HasField("tensor")
            number = tf.make_ndarray(value.tensor) if in_tensor else value.simple_value
            found[value.tag][record.step] = float(number)
    return found


def test_every_step_and_every_epoch_of_a_steered_run(tmp_path: Path) -> None:
    record = run(tmp_path / "made" / "here", script=((13, Reset()), (20, Scale(0.5))))
    steps = scalars(tmp_path / "made" / "here" / "steps")
    assert set(steps) == {"learning_rate", "loss"}
    assert list(steps["learning_rate"]) == list(range(30))
    np.testing.assert_array_equal(
        np.array(list(steps["learning_rate"].values()), np.float32), record.rates
    )
    np.testing.assert_array_equal(np.array(list(steps["loss"].values()), np.float32), record.losses)
    # Worked out by hand: 7 steps after the reset; 17 steps after it and halved.
    trained = scalars(tmp_path / "made" / "here" / "train")
    expected = [0.1 * 0.5**0.9, 0.1 * 0.5**0.6, 0.1 * 0.5**1.6 / 2]
    assert trained["epoch_learning_rate"] == pytest.approx(dict(enumerate(expected)))
    assert trained["epoch_loss"] == pytest.approx(
        {index: row.loss for index, row in enumerate(record.rows)}
    )
    validated = scalars(tmp_path / "made" / "here" / "validation")
    assert validated["epoch_loss"] == pytest.approx(
        {index: row.validation() for index, row in enumerate(record.rows)}
    )


def test_it_changes_no_number(tmp_path: Path) -> None:
    with_files, without = run(tmp_path / "events"), run(None)
    np.testing.assert_array_equal(with_files.losses, without.losses)
    np.testing.assert_array_equal(with_files.rates, without.rates)
    assert with_files.history == without.history


def test_a_diverging_run_is_written_to_its_end(tmp_path: Path) -> None:
    record = run(tmp_path, "Constant(1e30)")
    losses = scalars(tmp_path / "steps")["loss"]
    assert record.diverged_at is not None
    assert list(losses) == list(range(30))
    assert math.isnan(losses[29])


def test_a_stopped_run_is_written_as_far_as_it_went(tmp_path: Path) -> None:
    record = run(tmp_path, script=((13, Stop()),))
    assert (record.state, record.steps) == ("stopped", 13)
    assert list(scalars(tmp_path / "steps")["loss"]) == list(range(13))


def test_two_runs_do_not_get_into_one_folder(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    link = QueueLink()
    with pytest.raises(FileExistsError):
        train(Start(SCHEDULE, SETTINGS, tensorboard=str(tmp_path)), link)
    assert not any(isinstance(event, Ended) for event in link.events)
