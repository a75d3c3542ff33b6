"""Keras' ReduceLROnPlateau under any schedule: when to cut is Keras' own, the cut is a scale.

Keras' callback assigns ``optimizer.learning_rate``. With a schedule that raises, in mid-run, when
it first fires; beside LearningRateScheduler the next epoch overwrites it. This decides nothing.
"""

import math
from typing import Any

import keras
import numpy as np

from lrtui.live.steering import Steering


class Plateau(keras.callbacks.ReduceLROnPlateau):  # type: ignore[misc]
    """``keras.callbacks.ReduceLROnPlateau``, whatever drives the rate.

    A cut multiplies all that the schedule gives from the next step on, until the next reset. Put it
    after LearningRateScheduler, if there is one, and before LiveCallback, with the same steering::

        steering = Steering(model)
        callbacks = [Plateau(steering, patience=3), LiveCallback(steering=steering)]

    A reset undoes the cuts and forgets the best value seen: the epoch in which it falls is the
    first that counts again. ``logs["learning_rate"]`` is the rate of the epoch's last step.

    Note:
        ``min_lr`` bounds what a cut makes of the epoch's last rate; a schedule may fall below it by
        itself, and is then not cut any more. Nor is an epoch that ends at a rate of 0, as a warmup
        may: the next one is.

    Args:
        steering: of the same model.
        **arguments: of Keras' callback: monitor, factor, patience, cooldown, min_delta, min_lr ...
    """

    def __init__(self, steering: Steering, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._steering = steering
        self._seen = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget the best value of an earlier fit, as Keras does."""
        super().on_train_begin(logs)
        self._seen = len(self._steering.changes)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Cut, if Keras says so."""
        changes = self._steering.changes[self._seen :]
        if any(change.kind in ("reset", "undo") for change in changes):
            super().on_train_begin(logs)
        model = self.model
        self.set_model(_Seen(model, _Rate(self._steering, self.factor, self.min_lr)))
        try:
            super().on_epoch_end(epoch, logs)
        finally:
            self.set_model(model)
        self._seen = len(self._steering.changes)
        if logs is not None:
            logs["learning_rate"] = self._steering.rate


class _Seen:
    """A model as Keras' callback shall see it: with another optimizer."""

    def __init__(self, model: Any, optimizer: "_Rate") -> None:
        self._model = model
        self.optimizer = optimizer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


class _Rate:
    """What Keras' callback takes for an optimizer that was built with a float."""

    def __init__(self, steering: Steering, factor: float, min_lr: float) -> None:
        self._steering = steering
        self._factor = factor
        self._min_lr = min_lr

    @property
    def learning_rate(self) -> float:
        """The rate that the last step used."""
        rate = self._steering.rate
        # Scaled in float32, a rate that was cut to min_lr comes out an ulp beside it: without this
        # it would be cut again and again.
        at_floor = math.isclose(rate, self._min_lr, rel_tol=4 * float(np.finfo(np.float32).eps))
        return self._min_lr if at_floor else rate

    @learning_rate.setter
    def learning_rate(self, new: float) -> None:
        old = self.learning_rate
        # (old * factor) / old is not always factor.
        scale = self._factor if new == old * self._factor else new / old
        self._steering.scale(scale, "plateau")
