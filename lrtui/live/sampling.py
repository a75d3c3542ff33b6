"""A schedule that works on tensors, asked for many steps at once; whether it can be is tried."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras.optimizers.schedules import LearningRateSchedule

from lrtui.live.backends import each_step, tensor_functions
from lrtui.schedules.arrays import Float32s

_AT_ONCE = 1 << 16


def takes_tensors(made: Any) -> bool:
    """Whether it is made for tensors, so that a plain integer would not do."""
    return isinstance(made, (LearningRateSchedule, *tensor_functions()))


def as_tensor(step: Any) -> Any:
    """A step, or steps, as the optimizer counts them."""
    return keras.ops.convert_to_tensor(step, dtype=keras.backend.standardize_dtype("int"))


def sampled_at_once(
    made: Callable[[Any], Any],
    first: int,
    stop: int,
    passing: tuple[type[BaseException], ...] = (KeyboardInterrupt, SystemExit),
) -> Float32s | None:
    """The rates of the steps ``[first, stop)``; None if it must be asked one by one.

    By one call on a vector, if three of its entries are what a call on one step gives, or else by a
    compiled loop: 1000 calls one by one take TensorFlow a second. What is `passing` is let through.
    """
    for way in (_of_a_vector, _of_a_loop):
        try:
            return way(made, first, stop)
        except passing:
            raise
        except BaseException:
            continue  # whatever it is, it does not go this way
    return None


def _of_a_vector(made: Callable[[Any], Any], first: int, stop: int) -> Float32s:
    rates = np.asarray(keras.ops.convert_to_numpy(made(as_tensor(np.arange(first, stop)))))
    if rates.shape != (stop - first,):
        raise ValueError("takes one step at a time")
    for at in {0, len(rates) // 3, len(rates) - 1}:
        alone = float(keras.ops.convert_to_numpy(made(as_tensor(first + at))))
        np.testing.assert_allclose(rates[at], alone, rtol=1e-5)
    with np.errstate(all="ignore"):
        return rates.astype(np.float32)


def _of_a_loop(made: Callable[[Any], Any], first: int, stop: int) -> Float32s:
    begins = range(first, stop, _AT_ONCE)
    parts = [each_step(made, np.arange(at, min(at + _AT_ONCE, stop))) for at in begins]
    return np.concatenate(parts)
