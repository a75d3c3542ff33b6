"""What is saved while it is steered is the user's own: it loads, and trains on, without lrtui.

All that is saved here is loaded in one process in which lrtui cannot be imported.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import keras
import numpy as np
import pytest

from lrtui import Live, Steering
from lrtui.schedules import parse
from tests.any_backend.oracle import BACKEND, Do, Weights, compiled, fit, sequential
from tests.any_backend.test_scripts import Interrupting, built_with

STRANGER = r'''
import json, sys
sys.modules["lrtui"] = None  # cannot be imported
import keras, numpy as np
import tests_oracle as oracle

def goes_on(model, steps=2):
    """The rates by which it trains on."""
    weights = oracle.Weights()
    oracle.fit(model, steps, weights)
    return weights.moved.tolist()

told = {}
for kind in ("float", "schedule"):
    rate = 0.1 if kind == "float" else keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5)
    for path in sorted(oracle.Path(sys.argv[1]).glob(f"{kind}-*")):
        fresh = oracle.compiled(oracle.sequential(), rate)
        if path.suffix == ".keras" or path.name.endswith("whole.h5"):
            fresh = keras.models.load_model(path, custom_objects={"loss": oracle.loss})
            if path.suffix == ".h5":  # Keras itself cannot train on with what it loads from it
                optimizer = type(fresh.optimizer).from_config(fresh.optimizer.get_config())
                oracle.compiled(fresh, optimizer=optimizer)
        elif path.suffix == ".npz":
            tree = np.load(path, allow_pickle=True)["tree"].item()
            fresh.optimizer.build(fresh.trainable_variables)
            fresh.set_state_tree(tree)
        else:
            fresh.optimizer.build(fresh.trainable_variables)
            fresh.load_weights(path)
        told[path.name] = goes_on(fresh)
assert not any(name.startswith("lrtui") for name in sys.modules if sys.modules[name])
print("\n" + json.dumps(told))
'''


def tree_of(model: Any) -> Any:
    return model.get_state_tree(value_format="numpy_array")


class Backup(keras.callbacks.BackupAndRestore):  # type: ignore[misc]
    """Keras removes the folder where a fit has ended well."""

    def __init__(self, folder: Path, copy: Path) -> None:
        super().__init__(str(folder), save_freq=1)
        self._copy = copy

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        super().on_train_batch_end(batch, logs)
        self._copy.write_bytes(Path(self._weights_path).read_bytes())


def save_everything(kind: str, folder: Path) -> None:
    """All ways to save, of a model that is steered in every way, after four steps."""
    model = compiled(sequential(), built_with(kind))
    live = Live()
    save: list[Callable[[], Any]] = [
        lambda: model.save(folder / f"{kind}-saved.keras"),
        lambda: model.save_weights(folder / f"{kind}-saved.weights.h5"),
        lambda: np.savez(folder / f"{kind}-tree.npz", tree=np.array(tree_of(model), dtype=object)),
    ]
    if BACKEND == "jax":
        save[:0] = [model.jax_state_sync]

    def now() -> None:
        for one in save:
            one()

    steer = {
        1: lambda: live.steering.scale(0.5),
        2: lambda: live.steering.reset("CosineDecay(0.3, 100)"),
        3: lambda: live.steering.scale(0.5),
        4: now,
    }
    checkpoint = keras.callbacks.ModelCheckpoint(str(folder / f"{kind}-checkpoint.keras"))
    backup = Backup(folder / "backup", folder / f"{kind}-backup.weights.h5")
    fit(model, 4, live, Do(steer), checkpoint, backup)


def save_whole_h5(kind: str, folder: Path) -> None:
    """By itself: after it Keras leaves the optimizer out of whatever else is saved."""
    model = compiled(sequential(), built_with(kind))
    live = Live()

    def save() -> None:
        if BACKEND == "jax":
            model.jax_state_sync()
        model.save(folder / f"{kind}-whole.h5")

    fit(model, 4, live, Do({2: lambda: live.steering.scale(0.5), 3: save}))


def save_interrupted(kind: str, folder: Path, error: type[BaseException]) -> None:
    """In the hands of whoever deals with what ended the fit, and afterwards."""
    model = compiled(sequential(), built_with(kind))
    live = Live()
    try:
        fit(model, 9, live, Do({2: lambda: live.steering.scale(0.5)}), Interrupting(error, 4))
    except error:
        model.save(folder / f"{kind}-{error.__name__}.keras")
    model.save(folder / f"{kind}-after-{error.__name__}.keras")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("saved")
    for kind in ("float", "schedule"):
        save_everything(kind, folder)
        save_whole_h5(kind, folder)
        for error in (KeyboardInterrupt, RuntimeError):
            save_interrupted(kind, folder, error)
    source = Path(__file__).with_name("oracle.py").read_text(encoding="utf-8")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "tests_oracle.py").write_text("from pathlib import Path\n" + source)
    done = subprocess.run(
        [sys.executable, "-c", STRANGER, str(folder)],
        env={**os.environ, "PYTHONPATH": str(elsewhere), "KERAS_BACKEND": BACKEND},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["float", "schedule"])
def test_it_trains_on_with_the_users_own_rate(kind: str, loaded: Any) -> None:
    _, told = loaded
    names = [name for name in told if name.startswith(kind)]
    assert len(names) == 10
    for name in names:
        begins = 0 if name.endswith("whole.h5") else 4  # which holds no count
        falling = [0.1 * 0.5 ** ((begins + step) / 8) for step in range(2)]
        own = [0.1, 0.1] if kind == "float" else falling
        np.testing.assert_allclose(told[name], own, rtol=0, atol=1e-6, err_msg=name)


def test_nothing_that_is_saved_mentions_lrtui(loaded: Any) -> None:
    folder, _ = loaded
    for path in folder.rglob("*"):
        assert not path.is_file() or b"lrtui" not in path.read_bytes(), path


@pytest.mark.parametrize("kind", ["float", "schedule"])
def test_lrtui_reads_the_schedule_of_such_a_model(kind: str, loaded: Any) -> None:
    folder, _ = loaded
    for name in ("saved", "checkpoint", "KeyboardInterrupt"):
        schedule = parse(str(folder / f"{kind}-{name}.keras"))
        rates = schedule([0, 8])
        own = [0.1, 0.1] if kind == "float" else [0.1, 0.05]
        np.testing.assert_allclose(rates, own, rtol=1e-6)


def test_the_state_tree_is_as_without_us() -> None:
    bare, steered = compiled(sequential(), 0.1), compiled(sequential(), 0.1)
    for model in (bare, steered):
        model.optimizer.build(model.trainable_variables)
    with Steering(steered) as steering:
        steering.scale(0.5)
        trees = [tree_of(model) for model in (bare, steered)]

    def shape(tree: Any) -> Any:
        if not isinstance(tree, dict):
            return np.shape(tree)
        return [shape(value) for value in tree.values()]

    assert shape(trees[0]) == shape(trees[1])


def test_export_while_it_is_steered(tmp_path: Path) -> None:
    """What is exported computes, and knows of no optimizer."""
    if BACKEND != "tensorflow":
        pytest.skip("Keras exports by way of TensorFlow")
    model = compiled(sequential(), built_with("schedule"))
    weights = Weights()
    with Steering(model) as steering:
        fit(model, 2, weights)
        steering.scale(0.5)
        model.export(tmp_path / "exported", verbose=False)
    for path in (tmp_path / "exported").rglob("*"):
        assert not path.is_file() or b"lrtui" not in path.read_bytes(), path


@pytest.mark.parametrize("kind", ["float", "schedule"])
def test_an_h5_that_a_function_of_keras_saves(kind: str, tmp_path: Path) -> None:
    """``keras.saving.save_model`` calls no method of the model's; it holds what a bare one does."""

    def saved(name: str, act: Callable[[Any], Any]) -> dict[str, Any]:
        model = compiled(sequential(), built_with(kind))
        with Steering(model) if name == "steered" else nullcontext() as steering:
            fit(model, 2)
            act(steering)
            if BACKEND == "jax":
                model.jax_state_sync()
            keras.saving.save_model(model, tmp_path / f"{name}.h5")
        with h5py.File(tmp_path / f"{name}.h5") as file:
            group = file["optimizer_weights"]
            return {path: float(group[path][()]) for path in group.attrs["weight_names"]}

    assert saved("steered", lambda steering: steering.scale(0.5)) == saved("bare", lambda _: None)
    assert b"lrtui" not in (tmp_path / "steered.h5").read_bytes()
