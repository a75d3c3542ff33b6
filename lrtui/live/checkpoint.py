"""The state of a training at one step, copied in memory: weights, seeds and the whole optimizer.

It knows no schedule, no loss and no file, and it never trains.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Checkpoint:
    """A copy of all that a compiled model's next update starts from.

    That is its weights, trainable and not, the seeds of its random layers, and every variable of
    its optimizer: moments, accumulated gradients, ``iterations``, a rate that is a float, and what
    ``LossScaleOptimizer`` keeps. Not the running means of the metrics.
    """

    step: int
    """The step that comes next, as whoever took it counts."""
    values: tuple[NDArray[Any], ...]

    @classmethod
    def of(cls, model: Any, step: int = 0) -> Self:
        """The state of a compiled model now; builds its optimizer if that has not been done.

        Raises:
            ValueError: the model is not built.
        """
        import keras  # not every training has it

        numpy = keras.ops.convert_to_numpy
        return cls(step, tuple(np.array(numpy(one)) for one in _variables(model)))

    @property
    def finite(self) -> bool:
        """Whether there is no NaN and no infinity in it."""
        return all(bool(np.isfinite(one).all()) for one in self.values)

    @property
    def bytes(self) -> int:
        """What it holds in memory."""
        return sum(one.nbytes for one in self.values)

    def restore(self, model: Any, besides: Any = None) -> None:
        """Put everything back, between two steps; a compiled step reads it as it is.

        Args:
            model: the one it was taken of.
            besides: a variable that stays as it is.

        Raises:
            ValueError: the model or its optimizer is another one than then.
        """
        variables = _variables(model)
        if [tuple(one.shape) for one in variables] != [one.shape for one in self.values]:
            raise ValueError(
                "a checkpoint goes back into the model and optimizer it was taken of. "
                f"Received: {len(variables)} variables, or other shapes, for {len(self.values)}"
            )
        for variable, value in zip(variables, self.values, strict=True):
            if variable is not besides:
                variable.assign(value)


def _variables(model: Any) -> Sequence[Any]:
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()
    if not model.built:
        raise ValueError("the model is not built: it has no weights yet. Call model.build(...)")
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


class Checkpoints:
    """The last few finite states of a model, within a bound of memory; the oldest give way.

    Args:
        most: how many are kept.
        most_bytes: what they hold together. A model whose state alone is larger keeps none.
    """

    def __init__(self, most: int = 3, most_bytes: int = 2**29) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._kept: list[Checkpoint] = []

    @property
    def steps(self) -> Sequence[int]:
        """Those that are kept, the last at the end."""
        return [one.step for one in self._kept]

    def at(self, step: int | None = None) -> Checkpoint | None:
        """The one taken before this step, None: the last; None if there is no such."""
        found = [one for one in self._kept if step in (None, one.step)]
        return found[-1] if found else None

    def take(self, model: Any, step: int) -> None:
        """Keep the state of now, unless it is not finite, or was kept already."""
        if step in self.steps or _bytes_of(model) > self._most_bytes:
            return
        taken = Checkpoint.of(model, step)
        if not taken.finite:
            return
        self._kept.append(taken)
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            del self._kept[0]

    @property
    def _bytes(self) -> int:
        return sum(one.bytes for one in self._kept)


def _bytes_of(model: Any) -> int:
    return sum(math.prod(one.shape) * _bytes_each(one.dtype) for one in _variables(model))


def _bytes_each(dtype: Any) -> int:
    """By its name: NumPy does not know each of them."""
    import keras

    bits = re.search(r"\d+", keras.backend.standardize_dtype(dtype))
    return max(1, int(bits[0]) // 8) if bits else 1
