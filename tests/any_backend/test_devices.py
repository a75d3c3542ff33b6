"""Two devices in one process are steered and recorded; several processes are watched only.

Each case is a process of its own: a framework divides its processor once, when it begins.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.any_backend.oracle import BACKEND

ROOT = Path(__file__).parents[2]

BEGIN = r"""
import json, os, sys
import keras
import numpy as np
import lrtui
from lrtui.live.link import QueueLink
from lrtui.protocol import StepsDone, unpack
from tests.any_backend import oracle

# Each half of a batch has other data, and so another loss; both halves together have that of w.
x = np.array([[0.5], [0.5], [1.5], [1.5]] * 12, "float32")
y = np.zeros_like(x)

def of_user():
    return keras.optimizers.schedules.ExponentialDecay(0.1, 8, 0.5)
"""

TWO_DEVICES = r"""
def steer(steering):
    return oracle.Do({
        4: lambda: steering.scale(0.5),
        6: lambda: steering.reset("PolynomialDecay(0.4, 4, 0.2)"),
        8: steering.undo,
        10: lambda: steering.reset(0.0),
    })

told = {}
for kind in ("float", "schedule"):
    with scope():
        model = oracle.compiled(oracle.sequential(), 0.1 if kind == "float" else of_user(), **how)
    link, weights, steering = QueueLink(), oracle.Weights(), lrtui.Steering(model)
    callbacks = [weights, steer(steering), lrtui.Live(link=link, steering=steering)]
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=callbacks)
    steps = [one for one in link.events if isinstance(one, StepsDone)]
    told[kind] = {
        "moved": weights.moved.tolist(),
        "before": weights.all[:-1],
        "rates": np.concatenate([unpack(one.rates) for one in steps]).tolist(),
        "losses": np.concatenate([unpack(one.losses) for one in steps]).tolist(),
        "marks": [[mark.step, mark.kind] for mark in steering.changes],
    }
    steering.detach()
    again = oracle.Weights()
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=[again])
    told[kind]["afterwards"] = again.moved.tolist()
print("\n" + json.dumps({"replicas": replicas, **told}))
"""

DIVIDED = {
    "tensorflow": r"""
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
scope, how, replicas = strategy.scope, {"jit_compile": False}, strategy.num_replicas_in_sync
""",
    "jax": r"""
from contextlib import nullcontext as scope
keras.distribution.set_distribution(keras.distribution.DataParallel())
how, replicas = {}, len(keras.distribution.list_devices())
""",
}


def begun(script: str, **env: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + script],
        env={**os.environ, "KERAS_BACKEND": BACKEND, "PYTHONPATH": str(ROOT), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told_by(process: "subprocess.Popen[str]") -> tuple[Any, str]:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out.splitlines()[-1]), err


@pytest.mark.skipif(BACKEND not in DIVIDED, reason="Keras trains on one device on torch")
def test_two_devices() -> None:
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"} if BACKEND == "jax" else {}
    told, err = told_by(begun(DIVIDED[BACKEND] + TWO_DEVICES, **flags))
    assert told["replicas"] == 2
    assert "lrtui" not in err
    for kind in ("float", "schedule"):
        one = told[kind]
        own = [0.1 if kind == "float" else 0.1 * 0.5 ** (step / 8) for step in range(24)]
        steered = [*own[:4], own[4] / 2, own[5] / 2, 0.4, 0.35, own[8], own[9], 0.0, 0.0]
        assert one["moved"] == pytest.approx(steered, abs=1e-6)
        assert one["rates"] == pytest.approx(one["moved"], abs=1e-6)
        assert one["losses"] == pytest.approx(one["before"], abs=1e-6)
        kinds = ["scale", "reset", "undo", "reset"]
        assert one["marks"] == [[4 + 2 * at, kind] for at, kind in enumerate(kinds)]
        assert one["afterwards"] == pytest.approx(own[12:], abs=1e-6)


TWO_PROCESSES = r"""
told = {"refused": []}
with scope():
    model = oracle.compiled(oracle.sequential(), of_user(), **how)
link, weights, steering = QueueLink(), oracle.Weights(), lrtui.Steering(model)

def refused():
    for act in (steering.reset, lambda: steering.scale(0.5), lambda: steering.set_rate(0.5)):
        try:
            act()
        except lrtui.Invalid as error:
            told["refused"].append(str(error))

fit(model, [weights, oracle.Do({2: refused}), lrtui.Live(link=link, steering=steering)])
told["moved"] = weights.moved.tolist()
told["rates"] = steering.read(0, steering.steps).rates.tolist()
told["marks"], told["refusal"] = len(steering.changes), steering.refusal
print("\n" + json.dumps(told), flush=True)
leave()
"""

TOGETHER = {
    "torch": r"""
import torch.distributed as together
rank = int(os.environ["RANK"])
together.init_process_group("gloo", rank=rank, world_size=2)
from contextlib import nullcontext as scope
how, leave = {}, together.destroy_process_group

def fit(model, callbacks):
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=callbacks)
""",
    "jax": r"""
import jax
rank = int(os.environ["RANK"])
jax.distributed.initialize(f"127.0.0.1:{os.environ['MASTER_PORT']}", 2, rank)
from contextlib import nullcontext as scope
how, leave = {}, jax.distributed.shutdown

def fit(model, callbacks):
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=callbacks)
""",
    # Keras' own fit cannot do it (3.15), a loop of one's own can.
    "tensorflow": r"""
import tensorflow as tf
workers = [f"127.0.0.1:{int(os.environ['MASTER_PORT']) + rank}" for rank in range(2)]
task = {"type": "worker", "index": int(os.environ["RANK"])}
os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": workers}, "task": task})
strategy = tf.distribute.MultiWorkerMirroredStrategy()
scope, how, leave = strategy.scope, {"jit_compile": False}, lambda: None

def fit(model, callbacks):
    weights, do, _ = callbacks
    for callback in (weights, do):
        callback.set_model(model)

    def replica_step():
        with tf.GradientTape() as tape:
            value = model.compute_loss(tf.constant(x[:4]), tf.constant(y[:4]), model(x[:4]))
        variables = model.trainable_variables
        gradients = tape.gradient(value, variables)
        gradients = tf.distribute.get_replica_context().all_reduce("MEAN", gradients)
        model.optimizer.apply(gradients, variables)

    step = tf.function(lambda: strategy.run(replica_step))
    weights.on_train_begin()
    for batch in range(12):
        step()
        weights.on_train_batch_end(batch)
        do.on_train_batch_end(batch)
""",
}


def test_several_processes_are_watched_and_not_steered() -> None:
    """One command a step apart would end in other weights: each refuses it, and says why."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    script = TOGETHER[BACKEND] + TWO_PROCESSES
    both = [begun(script, RANK=str(rank), **env) for rank in range(2)]
    for process in both:
        told, err = told_by(process)
        own = [0.1 * 0.5 ** (step / 8) for step in range(12)]
        assert told["moved"] == pytest.approx(own, abs=1e-6)
        assert told["rates"] == pytest.approx(own, abs=1e-6)
        assert told["marks"] == 0
        assert len(told["refused"]) == 3
        assert all("2 processes train this model" in one for one in told["refused"])
        assert "watched only" in told["refusal"]
        if BACKEND == "tensorflow":
            continue  # a loop without Live, which says it
        said = [line for line in err.splitlines() if line.startswith("lrtui")]
        assert len(said) == 1, said
        assert "watched only" in said[0]
