"""A real fit with Live goes on, whatever is done to its folder and whoever forks in it."""

import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import lrtui
from lrtui.live.open_hub import close_hubs
from lrtui.live.report import REPORT_SECONDS
from lrtui.protocol import Scale, StepsDone, unpack
from lrtui.protocol.attach import Greeting
from lrtui.protocol.registry import Place, lives, places
from lrtui.runs.journal import read_journal
from lrtui.runs.orders import give_order
from lrtui.runs.trainings import trainings
from tests.live.fits import model
from tests.live.viewing import SECONDS, TestViewer

EPOCHS, STEPS = 3, 20


class At(keras.callbacks.Callback):  # type: ignore[misc]
    """Does something after a step; steps are counted from 0 over all epochs."""

    def __init__(self, actions: dict[int, Callable[[], None]]) -> None:
        super().__init__()
        self._actions, self._step = actions, -1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step += 1
        self._actions.get(self._step, lambda: None)()


def until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def batches(at: int, act: Callable[[], None]) -> Iterator[Any]:
    """Without an end; before a batch the generator, which TensorFlow runs, does something."""
    for number in range(10**6):
        if number == at:
            act()
        yield np.ones((4, 1)), np.ones((4, 1))


def fit(data: Any, actions: dict[int, Callable[[], None]]) -> Any:
    made = model(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)))
    callbacks = [lrtui.Live("mnist"), At(actions)]
    try:
        return made.fit(data, epochs=EPOCHS, steps_per_epoch=STEPS, verbose=0, callbacks=callbacks)
    finally:
        close_hubs()


def recorded(place: Place) -> np.ndarray[Any, Any]:
    record = read_journal(place).record()
    assert record is not None
    assert record.state == "done"
    return record.rates


PLANNED = (0.1 * 0.9 ** (np.arange(EPOCHS * STEPS) / 10)).astype("float32")


def test_children_that_the_data_loader_forks_leave_the_training_to_its_process(
    state: Path,
) -> None:
    """They live longer than it does."""
    children: list[int] = []
    viewers: list[TestViewer] = []

    def fork() -> None:
        child = os.fork()
        if not child:
            signal.pause()
            os._exit(0)
        children.append(child)

    def attach() -> None:
        until(lambda: bool(children))  # what comes next is asked for ahead of it
        (place,) = places()
        viewers.append(TestViewer(place.socket))

    try:
        fit(batches(5, fork), {EPOCHS * STEPS // 2: attach})
        (place,) = places()
        (viewer,) = viewers
        assert isinstance(viewer.greeting, Greeting)
        assert viewer.greeting.entry.pid == os.getpid()
        with pytest.raises((EOFError, ConnectionResetError)):
            viewer.until(lambda _: False)
        assert not lives(place)
        np.testing.assert_allclose(recorded(place), PLANNED, rtol=1e-6)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        for viewer in viewers:
            viewer.close()


class FromProcesses(keras.utils.PyDataset):  # type: ignore[misc]
    """Its batches come from two processes, which Keras forks anew for each epoch."""

    def __init__(self, folder: Path) -> None:
        super().__init__(workers=2, use_multiprocessing=True)
        self._folder = folder

    def __len__(self) -> int:
        return STEPS

    def __getitem__(self, at: int) -> Any:
        (self._folder / str(os.getpid())).touch()
        return np.ones((4, 1)), np.ones((4, 1))


def test_the_processes_that_keras_loads_data_in_change_nothing(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    viewers: list[TestViewer] = []

    def attach() -> None:
        (place,) = places()
        viewers.append(TestViewer(place.socket))

    fit(FromProcesses(tmp_path), {5: attach})
    (viewer,) = viewers
    loaders = {int(one.name) for one in tmp_path.iterdir()}
    assert len(loaders - {os.getpid()}) >= 2  # Keras looks at the first batch itself
    heard: list[Any] = []
    with pytest.raises((EOFError, ConnectionResetError)):  # none of them holds its connection
        viewer.until(lambda one: heard.append(one) or False)  # type: ignore[func-returns-value]
    rates = [unpack(one.rates) for one in heard if isinstance(one, StepsDone)]
    np.testing.assert_allclose(np.concatenate(rates), PLANNED, rtol=1e-6)
    (place,) = places()
    np.testing.assert_allclose(recorded(place), PLANNED, rtol=1e-6)
    assert said.getvalue() == ""
    viewer.close()


def test_a_fit_that_is_interrupted_at_a_prompt_is_over_though_the_prompt_keeps_it(
    state: Path,
) -> None:
    """Python holds the last traceback there, and with it all that the fit held."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    made = model(keras.optimizers.SGD(0.1))
    callbacks = [lrtui.Live("notebook"), At({30: interrupt})]
    with pytest.raises(KeyboardInterrupt) as kept:
        made.fit(
            batches(0, lambda: None), epochs=EPOCHS, steps_per_epoch=STEPS, callbacks=callbacks
        )
    (place,) = places()
    until(lambda: trainings()[0].state == "idle")
    answer = give_order(place, Scale(0.5), "test")
    assert (answer.outcome, answer.reason) == ("late", "the training is over")
    del kept
    close_hubs()


def test_a_folder_that_cannot_be_entered_is_said_once_and_all_is_there_when_it_can(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its place stands a file, which stops root as well as missing permissions stop others."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    began = time.monotonic()
    kept: list[Path] = []

    def take_away() -> None:
        (place,) = places()
        until(place.events.exists)
        kept.append(place.folder.rename(state / "elsewhere"))
        kept.append(place.folder)
        while not place.folder.is_file():  # the hub may have made it anew in between
            shutil.rmtree(place.folder, ignore_errors=True)
            place.folder.touch()

    def give_back() -> None:
        until(lambda: "cannot be" in said.getvalue())
        elsewhere, folder = kept
        folder.unlink()
        elsewhere.rename(folder)

    history = fit(batches(0, lambda: None), {10: take_away, 40: give_back})
    assert len(history.history["loss"]) == EPOCHS
    (place,) = places()
    np.testing.assert_allclose(recorded(place), PLANNED, rtol=1e-6)
    most = 1 + (time.monotonic() - began) // 60
    assert 1 <= len(said.getvalue().splitlines()) <= most


def test_a_folder_that_is_removed_in_mid_run_is_back_with_every_step(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)

    def have_it_report() -> None:
        due = time.monotonic() + REPORT_SECONDS
        until(lambda: time.monotonic() > due)

    def remove() -> None:
        (place,) = places()
        until(place.steps.exists)
        for path in place.folder.iterdir():
            path.unlink()
        place.folder.rmdir()

    def look() -> None:
        until(lambda: any(lives(place) and place.socket.exists() for place in places()))

    fit(batches(0, lambda: None), {10: have_it_report, 20: remove, 50: look})
    (place,) = places()
    np.testing.assert_allclose(recorded(place), PLANNED, rtol=1e-6)
    assert len(said.getvalue().splitlines()) <= 1
