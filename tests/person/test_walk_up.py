"""As a person would: a script with the one line, under nohup, walked up to from elsewhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lrtui.schedules import parse
from lrtui.schedules.family.cosine import CosineDecay
from tests.person.terminal import Terminal

SCRIPT = """
import json
import keras
import numpy as np
import tensorflow as tf
import lrtui

keras.utils.set_random_seed(1)
x = np.random.default_rng(0).normal(size=(4000, 8)).astype("float32")
y = (x.sum(axis=1) > 0).astype("float32")
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1000).batch(10).prefetch(2)
held_out = tf.data.Dataset.from_tensor_slices((x[:500], y[:500])).batch(100)

inputs = keras.Input((8,))
hidden = keras.layers.Dense(16, activation="relu")(inputs)
model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
schedule = keras.optimizers.schedules.CosineDecay(0.01, 4_000_000)
model.compile(keras.optimizers.Adam(schedule), "binary_crossentropy", metrics=["accuracy"])
best = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
history = model.fit(
    train,
    validation_data=held_out,
    epochs=10_000,
    verbose=0,
    callbacks=[best, lrtui.Live("mnist")],
)
with open("history.json", "w") as file:
    json.dump({name: [float(one) for one in told] for name, told in history.history.items()}, file)
"""

LOADS = """
import sys
sys.modules["lrtui"] = None
import keras
model = keras.models.load_model("best.keras")
print(model.optimizer.get_config()["learning_rate"]["class_name"])
"""

NOHUP = "nohup {python} train.py >out.txt 2>&1 & echo $! >pid.txt; wait $!; echo $? >code.txt"


def told(*arguments: str) -> dict[str, object]:
    command = [sys.executable, "-m", "lrtui", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def rate(screen: str) -> float:
    text = screen.splitlines()[0].partition(" lr ")[2].split(" ")[0]
    return float(text or "nan")


def test_a_script_of_ones_own_is_watched_and_steered_and_knows_nothing_of_it(
    tmp_path: Path, state: Path
) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "CUDA_VISIBLE_DEVICES": "-1"}
    job = subprocess.Popen(
        ["sh", "-c", NOHUP.format(python=sys.executable)], cwd=tmp_path, env=environment
    )
    try:
        for _ in range(900):
            listed = subprocess.run(
                [sys.executable, "-m", "lrtui", "runs"], capture_output=True, text=True, check=True
            ).stdout
            if "running" in listed:
                break
        with Terminal("attach", "mnist") as terminal:
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(0.01, rel=0.05))
            terminal.press("b")
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(0.005, rel=0.05))
            terminal.press(" ")
            terminal.wait_for(lambda screen: "paused" in screen.splitlines()[0])
            terminal.press(" ")
            terminal.wait_for(lambda screen: "paused" not in screen.splitlines()[0])
            terminal.press("r")
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(0.01, rel=0.05))
            terminal.press("n")
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(0.02, rel=0.05))
            terminal.press("right")  # another schedule in the form, which is not the training's yet
            terminal.wait_for("if reset")
            assert rate(terminal.text) == pytest.approx(0.02, rel=0.05)
            terminal.press("r")
            terminal.wait_for(lambda screen: "if reset" not in screen)
            terminal.press("q")
            terminal.wait_for_end()
        assert told("ctl", "mnist", "reset", "Constant(0.003)")["outcome"] == "done"
        with Terminal("attach") as terminal:
            terminal.wait_for(lambda screen: rate(screen) == 0.003)
        assert told("ctl", "mnist", "stop")["outcome"] == "done"
        job.wait(90)
    finally:
        subprocess.run(["pkill", "-P", str(job.pid)], check=False)
        job.kill()
        job.wait()
    assert (tmp_path / "code.txt").read_text() == "0\n"
    told("ctl", "mnist", "export", str(tmp_path / "run.json"))
    run = json.loads((tmp_path / "run.json").read_text())
    marks = run["events"]
    assert [mark["kind"] for mark in marks] == ["scale", "reset", "scale", "reset", "reset"]
    assert all(mark["who"] for mark in marks)
    history = json.loads((tmp_path / "history.json").read_text())
    rates = run["steps"]["learning_rate"]
    assert history["learning_rate"][-1] == pytest.approx(0.003)
    assert run["history"]["accuracy"] == pytest.approx(history["accuracy"])
    begun = [0, *(mark["step"] for mark in marks)]
    spans = [rates[first:stop] for first, stop in zip(begun, [*begun[1:], None], strict=True)]
    cosine = CosineDecay(0.01, 4_000_000)
    another = parse(marks[3]["schedule"])
    assert another != cosine
    np.testing.assert_allclose(spans[0], cosine(np.arange(len(spans[0]))), rtol=1e-5)
    np.testing.assert_allclose(spans[1], cosine(np.arange(*begun[1:3])) / 2, rtol=1e-5)
    np.testing.assert_allclose(spans[2], cosine(np.arange(len(spans[2]))), rtol=1e-5)
    np.testing.assert_allclose(spans[3], cosine(np.arange(*begun[3:5]) - begun[2]) * 2, rtol=1e-5)
    np.testing.assert_allclose(spans[4], another(np.arange(len(spans[4]))), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(spans[5], 0.003, rtol=1e-5)
    loaded = subprocess.run(
        [sys.executable, "-c", LOADS], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.splitlines()[-1] == "CosineDecay"
