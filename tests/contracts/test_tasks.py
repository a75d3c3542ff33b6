"""Adding a task touches one file: whatever that file lacks fails here. Without Keras."""

from pathlib import Path

import numpy as np
import pytest

from lrtui import tasks as folder
from lrtui.cli.training_settings import about_settings
from lrtui.protocol.settings import TASKS, Settings
from lrtui.schedules import parameters
from lrtui.tasks import Task, tasks

every_task = pytest.mark.parametrize("task", tasks().values(), ids=list(tasks()))


def test_each_file_of_the_folder_holds_one() -> None:
    (path,) = map(Path, folder.__path__)
    files = {file.stem for file in path.glob("*.py")} - {"__init__", "base", "user_task"}
    assert set(TASKS) == files
    assert {name: task.name for name, task in tasks().items()} == {name: name for name in TASKS}


@every_task
def test_it_says_what_it_is_and_what_it_teaches(task: Task) -> None:
    assert task.about.endswith(".")
    assert task.teaches.endswith(".")
    assert len(task.about) <= 80
    assert 60 <= len(task.teaches) <= 200
    assert task.about in about_settings()


@every_task
def test_what_it_does_not_use_are_settings_of_tasks(task: Task) -> None:
    assert (
        task.unused
        <= {"model_width", "model_depth", "noise"}
        < {one.name for one in parameters(Settings)}
    )


@every_task
def test_its_data_come_from_the_generator_alone(task: Task) -> None:
    settings = Settings(batch_size=8)
    one, two = (task.samples(np.random.default_rng(5), 64, settings) for _ in range(2))
    other = task.samples(np.random.default_rng(6), 64, settings)

    assert [len(part) for part in one] == [64, 64]
    assert all(part.dtype in (np.float32, np.int32) for part in one)
    for first, second, third in zip(one, two, other, strict=True):
        np.testing.assert_array_equal(first, second)
        assert not np.array_equal(first, third)


@every_task
def test_noise_is_used_or_said_not_to_be(task: Task) -> None:
    quiet, loud = (
        task.samples(np.random.default_rng(5), 64, Settings(noise=noise)) for noise in (0.0, 0.5)
    )
    differ = any(not np.array_equal(a, b) for a, b in zip(quiet, loud, strict=True))
    assert differ != ("noise" in task.unused)
