"""Any Keras schedule with an origin and a scale, which can be set while it trains.

Knows no optimizer: whoever drives one says from which step to count.
"""

from typing import Any, Self

import keras
import tensorflow as tf
from keras.optimizers.schedules import LearningRateSchedule

from lrtui.live.ring import Ring


@keras.saving.register_keras_serializable(package="lrtui")
class SteeredSchedule(LearningRateSchedule):  # type: ignore[misc]
    """``inner(step - origin) * scale``, where origin and scale can be set while it trains.

    While a rate is held, it takes the place of the inner schedule's.

    Args:
        inner: the schedule that is steered.
        origin: the step that counts as its step 0.
        scale: what its rates are multiplied by.
        ring: where each rate that is asked for is noted, if anywhere.
    """

    def __init__(
        self, inner: Any, origin: int = 0, scale: float = 1.0, ring: Ring | None = None
    ) -> None:
        self.inner = inner
        self.origin = tf.Variable(origin, dtype=tf.int64, trainable=False)
        self.scale = tf.Variable(scale, dtype=keras.config.floatx(), trainable=False)
        self.held = tf.Variable(float("nan"), dtype=keras.config.floatx(), trainable=False)
        self._ring = ring

    def __call__(self, step: Any) -> Any:
        """The rate at `step`, a scalar integer tensor."""
        rate = self.inner(tf.cast(step, tf.int64) - self.origin)
        held = tf.cast(self.held, rate.dtype)
        rate = tf.where(tf.math.is_nan(held), rate, held) * tf.cast(self.scale, rate.dtype)
        if self._ring is not None:
            self._ring.write_rate(rate)
        return rate

    def restart(self, step: int) -> None:
        """Count from this step, unscaled; a rate that was held is no more."""
        self.origin.assign(step)
        self.scale.assign(1.0)
        self.held.assign(float("nan"))

    def hold(self, rate: float) -> None:
        """Give this rate, whatever the schedule gives, until :meth:`restart`; unscaled."""
        self.scale.assign(1.0)
        self.held.assign(rate)

    def rewind(self, by: int) -> None:
        """The count of steps was just set back by so many: go on as if it had not been."""
        self.origin.assign_sub(by)

    def multiply(self, factor: float) -> None:
        """Scale on top of the present scale."""
        self.scale.assign(self.scale * factor)

    def get_config(self) -> dict[str, Any]:
        """What Keras saves when the model is saved in mid-run."""
        return {
            "inner": keras.saving.serialize_keras_object(self.inner),
            "origin": int(self.origin.numpy()),
            "scale": float(self.scale.numpy()),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The schedule as it was saved."""
        inner = keras.saving.deserialize_keras_object(config["inner"])
        return cls(inner, config["origin"], config["scale"])
