"""As a person would, on JAX and torch: a fit, or loop of one's own, walked up to from elsewhere.

On torch the batches come from processes that its DataLoader forks.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.any_backend.oracle import BACKEND
from tests.person.terminal import Terminal

FIT = """
import json, keras, lrtui
from tests.any_backend.oracle import Weights, compiled, fit, sequential

class Slow(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        import time
        time.sleep(0.002)

weights = Weights()
schedule = keras.optimizers.schedules.PolynomialDecay(1e-4, 1_000_000, 0.0)
fit(compiled(sequential(), schedule), 100, weights, Slow(), lrtui.Live("mine"), epochs=100_000)
json.dump(weights.moved.tolist(), open("moved.json", "w"))
"""
LOOP = """
import json, time, keras, numpy as np, lrtui
from tests.any_backend.loops import keras_loop

optimizer = keras.optimizers.SGD(keras.optimizers.schedules.PolynomialDecay(1e-4, 1_000_000, 0.0))
weights = []
with lrtui.live(optimizer, "mine") as run:
    for weight in keras_loop(run, optimizer, 10**9):
        weights.append(weight)
        time.sleep(0.002)
json.dump((-np.diff(weights)).tolist(), open("moved.json", "w"))
"""
TORCH_FIT = """
import json, keras, lrtui, numpy, torch
from torch.utils.data import DataLoader, TensorDataset
from tests.any_backend.oracle import Weights, compiled, data, sequential

weights = Weights()
model = compiled(sequential(), keras.optimizers.schedules.PolynomialDecay(1e-4, 1_000_000, 0.0))
loaded = DataLoader(TensorDataset(*map(torch.from_numpy, data(300))), batch_size=4, num_workers=2)
model.fit(loaded, epochs=100_000, verbose=0, callbacks=[weights, lrtui.Live("mine")])
json.dump(weights.moved.tolist(), open("moved.json", "w"))
"""
TORCH_LOOP = """
import json, lrtui, numpy as np, torch

weight = torch.nn.Parameter(torch.ones(1))
optimizer = torch.optim.SGD([weight], lr=1e-4)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / 1_000_000)
ones = torch.utils.data.TensorDataset(torch.ones(1000))
weights = [float(weight)]
with lrtui.live(optimizer, "mine") as run:
    while True:
        for (factor,) in torch.utils.data.DataLoader(ones, num_workers=2):
            optimizer.zero_grad()
            loss = (factor * weight).sum()
            loss.backward()
            optimizer.step()
            scheduler.step()
            weights.append(float(weight))
            run.step(loss)
json.dump((-np.diff(weights)).tolist(), open("moved.json", "w"))
"""
REPLICAS = """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import json, keras, lrtui
from tests.any_backend.oracle import Weights, compiled, fit, sequential

schedule = keras.optimizers.schedules.PolynomialDecay(1e-4, 1_000_000, 0.0)
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    model = compiled(sequential(), schedule, jit_compile=False)
weights = Weights()
fit(model, 100, weights, lrtui.Live("mine"), epochs=100_000)
json.dump(weights.moved.tolist(), open("moved.json", "w"))
"""
NOHUP = "nohup {python} train.py >out.txt 2>&1; echo $? >code.txt"
JAX_PROCESSES = """
import select, sys, jax, lrtui
jax.distributed.initialize(sys.argv[2], num_processes=2, process_id=int(sys.argv[1]))
with lrtui.live(1e-4, "both") as run:
    while not select.select([sys.stdin], [], [], 0.002)[0]:
        run.step(jax.numpy.ones(()) * run.rate)
"""
TORCH_PROCESSES = """
import os, select, sys, torch, torch.distributed as together, lrtui
place = f"file://{os.getcwd()}/meet"
together.init_process_group("gloo", init_method=place, rank=int(sys.argv[1]), world_size=2)
weight = torch.nn.Parameter(torch.ones(1))
optimizer = torch.optim.SGD([weight], lr=1e-4)
with lrtui.live(optimizer, "both") as run:
    while not select.select([sys.stdin], [], [], 0.002)[0]:
        optimizer.zero_grad()
        weight.sum().backward()
        optimizer.step()
        run.step(weight.sum())
"""


def lrtui(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "lrtui", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def rate(screen: str) -> float:
    text = screen.splitlines()[0].partition(" lr ")[2].split(" ")[0]
    return float(text or "nan")


@contextmanager
def started(folder: Path, script: str) -> Iterator["subprocess.Popen[bytes]"]:
    (folder / "train.py").write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "KERAS_BACKEND": BACKEND}
    command = ["sh", "-c", NOHUP.format(python=sys.executable)]
    job = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True)
    try:
        yield job
    finally:
        subprocess.run(["pkill", "-P", str(job.pid)], check=False)
        job.kill()
        job.wait()


# On TensorFlow tests/person has a fit and a script of its own.
SCRIPTS = {
    "tensorflow": {"replicas": REPLICAS},
    "jax": {"fit": FIT, "loop": LOOP},
    "torch": {"fit": TORCH_FIT, "loop": TORCH_LOOP},
}[BACKEND]


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_it_is_watched_steered_and_left_and_the_oracle_agrees_on_every_step(
    script: str, tmp_path: Path, state: Path
) -> None:
    with started(tmp_path, script) as job:
        for _ in range(900):
            if "running" in lrtui("runs").stdout:
                break
        with Terminal("attach", "mine") as terminal:
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(1e-4, rel=0.1))
            terminal.press("b")
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(5e-5, rel=0.1))
            terminal.press(" ")
            terminal.wait_for(lambda screen: "paused" in screen.splitlines()[0])
            terminal.press(" ")
            terminal.wait_for(lambda screen: "paused" not in screen.splitlines()[0])
            terminal.press("r")  # of what torch's scheduler does nobody knows the start: the form's
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(1e-4, rel=0.1))
            terminal.press("n")
            terminal.wait_for(lambda screen: rate(screen) == pytest.approx(2e-4, rel=0.1))
            terminal.press("q")
            terminal.wait_for_end()
        assert json.loads(lrtui("ctl", "mine", "reset", "Constant(0.0003)").stdout)
        assert json.loads(lrtui("ctl", "mine", "stop").stdout)["outcome"] == "done"
        job.wait(60)
    assert (tmp_path / "code.txt").read_text() == "0\n", (tmp_path / "out.txt").read_text()
    assert lrtui("ctl", "mine", "export", str(tmp_path / "run.json")).returncode == 0
    run = json.loads((tmp_path / "run.json").read_text())
    assert [mark["kind"] for mark in run["events"]] == ["scale", "reset", "scale", "reset"]
    moved = json.loads((tmp_path / "moved.json").read_text())
    rates = run["steps"]["learning_rate"]
    assert len(rates) - len(moved) in (0, 1)  # a loop that is stopped in a step looks no more
    np.testing.assert_allclose(rates[: len(moved)], moved, rtol=0, atol=2e-7)


@pytest.mark.skipif(BACKEND == "tensorflow", reason="test_devices.py has those")
def test_two_processes_are_watched_at_the_first_and_not_steered(
    tmp_path: Path, state: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    code = JAX_PROCESSES if BACKEND == "jax" else TORCH_PROCESSES
    meet = f"127.0.0.1:{free_port()}"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(rank), meet],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.PIPE,
        )
        for rank in (0, 1)
    ]
    try:
        for _ in range(900):
            if "running" in lrtui("runs").stdout:
                break
        (row,) = json.loads(lrtui("runs", "--json").stdout)
        assert row["pid"] == both[0].pid
        told = lrtui("ctl", "both", "scale", "0.5")
        assert told.returncode == 1
        assert json.loads(told.stdout)["outcome"] == "refused"
        assert "2 processes train this model together" in told.stderr
    finally:
        for one in both:  # JAX's wait for each other
            assert one.stdin is not None
            one.stdin.close()
        for one in both:
            one.wait(60)
    assert [one.returncode for one in both] == [0, 0]
