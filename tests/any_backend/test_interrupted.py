"""A script that Ctrl+C ends in mid-fit, as one does at a prompt: what is said of it elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lrtui.runs.trainings import trainings
from tests.any_backend.oracle import BACKEND

SCRIPT = """
import os, signal
import keras, numpy as np
import lrtui

class Ctrl_C(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 20:
            {interrupt}

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.1), "mse")
x = np.ones((400, 1), "float32")
model.fit(x, x, batch_size=4, verbose=0, callbacks=[lrtui.Live("stopped"), Ctrl_C()])
"""


@pytest.mark.parametrize("interrupt", ["os.kill(os.getpid(), signal.SIGINT)", "1 / 0"])
def test_it_has_ended_and_no_step_is_lost(
    interrupt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(interrupt=interrupt)],
        env={**os.environ, "KERAS_BACKEND": BACKEND},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("KeyboardInterrupt" if "kill" in interrupt else "ZeroDivision") in done.stderr
    assert not [line for line in done.stderr.splitlines() if line.startswith("lrtui")]
    (one,) = trainings()
    assert (one.name, one.state, one.step) == ("stopped", "ended", 21)
