"""``pip install --no-deps lrtui`` is enough beside Keras, one backend, NumPy and msgspec.

The environment is a folder of links to just these packages and what they themselves require.
"""

import json
import os
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import lrtui
from tests.any_backend.oracle import BACKEND

SCRIPT = r"""
import json, sys
import keras
import numpy as np
import lrtui

lrtui.Live
light = [name for name in sys.modules if name.startswith("lrtui.")]

x = keras.Input((1,))
layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
model = keras.Model(x, layer(x))
ones = lambda y, p: keras.ops.mean(p) + 0 * keras.ops.mean(y)
model.compile(keras.optimizers.SGD(0.1), loss=ones)
steering = lrtui.Steering(model)
weights = []

class Steer(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            steering.reset("PolynomialDecay(0.4, 4, 0.2)")
        weights.append(float(np.ravel(keras.ops.convert_to_numpy(self.model.get_weights()[0]))[0]))

data = np.ones((4, 1), "float32")
callbacks = [Steer(), lrtui.Live("alone", steering=steering)]
model.fit(data, data, batch_size=1, verbose=0, callbacks=callbacks)
print("\n" + json.dumps({
    "moved": (-np.diff([1.0, *weights])).tolist(),
    "noted": steering.read(0, 4).rates.tolist(),
    "light": light,
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
}))
"""
FRAMEWORKS = {"tensorflow", "jax", "torch"}


def required(names: list[str]) -> dict[str, Distribution]:
    """These packages, and all that they need."""
    found: dict[str, Distribution] = {}
    while names:
        name = names.pop()
        if name in found:
            continue
        found[name] = distribution(name)
        needs = [Requirement(one) for one in found[name].requires or ()]
        names += [one.name for one in needs if not one.marker or one.marker.evaluate({"extra": ""})]
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    for package in required(["keras", "msgspec", BACKEND]).values():
        for name in {file.parts[0] for file in package.files or () if ".." not in file.parts}:
            place = Path(str(package.locate_file(name)))
            if name != "__pycache__" and not (folder / name).exists():
                (folder / name).symlink_to(place)
    (folder / "lrtui").symlink_to(Path(lrtui.__file__).parent)
    return folder


def test_it_trains_is_steered_and_watched(alone: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": str(alone), "KERAS_BACKEND": BACKEND},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "lrtui" not in done.stderr, "something of ours was said"
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["moved"] == pytest.approx([0.1, 0.1, 0.4, 0.35], abs=1e-6)
    assert told["noted"] == pytest.approx(told["moved"], abs=1e-6)
    there = set(told["modules"])
    assert there.isdisjoint({"textual", "click", "plotext", "platformdirs", "tomlkit"})
    assert there.isdisjoint(FRAMEWORKS - {BACKEND}), "a framework that Keras does not run on"
    # Its class alone is cheap to import: what a fit needs comes when one begins.
    assert len(told["light"]) < 60
