"""What runs inside the training step, a file for each framework that Keras trains with.

Only these files import a framework, and each only when Keras runs on it.
"""

from importlib import import_module
from typing import Any

import keras

from lrtui.live.backends.in_step import InStep, RateInputs
from lrtui.schedules.arrays import Float32s, Int64s

__all__ = ["InStep", "RateInputs", "each_step", "in_step", "tensor_functions"]

_BACKENDS = ("tensorflow", "jax", "torch")


def in_step(model: Any, optimizer: Any, rows: Float32s, begun: int) -> InStep:
    """What runs inside the steps of this optimizer, on the framework that Keras runs on.

    Args:
        model: whose steps; None: a loop of one's own.
        optimizer: the one that takes the rate.
        rows: what was noted so far, one row more than steps are held.
        begun: the step that comes next.

    Raises:
        ValueError: Keras runs on a framework that is not known here.
    """
    made: InStep = _backend().Step(model, optimizer, rows, begun)
    return made


def tensor_functions() -> tuple[type, ...]:
    """The framework's own kinds of compiled function, which take tensors."""
    found: tuple[type, ...] = _backend().TENSOR_FUNCTIONS
    return found


def each_step(schedule: Any, steps: Int64s) -> Float32s:
    """What a schedule that takes one step at a time gives for each, by a compiled loop.

    Raises:
        Exception: it cannot be compiled.
    """
    rates: Float32s = _backend().each_step(schedule, steps)
    return rates


def _backend() -> Any:
    name = keras.config.backend()
    if name not in _BACKENDS:
        raise ValueError(f"lrtui steers Keras on {', '.join(_BACKENDS)}. Received: {name}")
    return import_module(f"lrtui.live.backends.{name}")
