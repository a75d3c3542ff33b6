"""What trainings at once are held against: Keras' own ``model.fit`` of the same settings."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from lrtui.live.keras_schedule import keras_schedule
from lrtui.protocol import Settings
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Float32s, Float64s
from lrtui.worker import build
from lrtui.worker.at_once.training import Row, Trainings

BOUND = 2e-6
"""Relative, of an epoch's losses."""
CALM = 1e-6
"""Two fits that begin a last bit apart stay within this while training is not chaotic."""


class Epochs(NamedTuple):
    """The losses of each epoch, shape (epochs,) or (trainings, epochs)."""

    means: Float64s
    validation: Float64s


Change = Callable[[Any], None]
"""What is done to a model before it is trained."""


def new_fit(settings: Settings, schedule: Schedule, change: Change = lambda _: None) -> Epochs:
    """What ``model.fit`` of a new model says of its epochs."""
    keras.backend.clear_session()
    material = build.material(settings)
    change(material.model)
    optimizer = build.optimizer(settings.optimizer, keras_schedule(schedule))
    material.model.compile(optimizer, material.loss, jit_compile=False)
    return _fitted(material.model, material, settings)


class Table(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The rates of a training, which can be filled anew without compiling anything."""

    def __init__(self, steps: int) -> None:
        self.rates = tf.Variable(tf.zeros(steps))

    def __call__(self, step: Any) -> Any:
        return tf.gather(self.rates, tf.cast(step, tf.int32))

    def get_config(self) -> dict[str, Any]:
        return {}


class Fits:
    """The same for schedules and seeds of the same settings; compiled once, which takes longest."""

    def __init__(self, settings: Settings) -> None:
        self._table = Table(settings.steps)
        material = build.material(settings)
        self._model, optimizer = material.model, build.optimizer(settings.optimizer, self._table)
        self._model.compile(optimizer, material.loss, jit_compile=False)
        optimizer.build(self._model.trainable_variables)
        self._fresh = [(one, np.array(one)) for one in optimizer.variables]

    def fit(
        self, settings: Settings, schedule: Schedule, change: Change = lambda _: None
    ) -> Epochs:
        material = build.material(settings)
        change(material.model)
        self._model.set_weights(material.model.get_weights())
        self._table.rates.assign(rates_of(schedule, settings))
        for variable, value in self._fresh:
            variable.assign(value)
        return _fitted(self._model, material, settings)


def _fitted(model: Any, material: Any, settings: Settings) -> Epochs:
    validation = material.validation
    history = model.fit(
        material.batches,
        epochs=settings.epochs,
        steps_per_epoch=settings.steps_per_epoch,
        validation_data=validation,
        validation_batch_size=None if validation is None else len(validation[0]),
        shuffle=False,
        verbose=0,
    ).history
    return Epochs(np.array(history["loss"]), np.array(history.get("val_loss", [])))


def one_bit(model: Any) -> None:
    """Change the last bit of one weight: the first that is not 0."""
    for variable in model.trainable_variables:
        values = np.array(variable)
        places = np.flatnonzero(values)
        if places.size:
            values.flat[places[0]] = np.nextafter(values.flat[places[0]], np.float32(9))
            variable.assign(values)
            return


def rates_of(schedule: Schedule, settings: Settings) -> Float32s:
    return np.asarray(schedule(np.arange(settings.steps)))


def at_once(
    trainings: Trainings,
    settings: Settings,
    rates: Sequence[Float32s],
    rows: Sequence[Row],
    stack: bool | None = None,
) -> Epochs:
    """The same of trainings at once, shapes (rows, epochs)."""
    found: list[Any] = [([], []) for _ in rows]
    for done in trainings.train(settings, np.stack(rates), rows, stack):
        for offset in range(len(done.losses)):
            means, validation = found[done.first_row + offset]
            if done.means is not None:
                means.append(done.means[offset])
            if done.validation is not None:
                validation.append(done.validation[offset])
    return Epochs(*(np.array([one[part] for one in found]) for part in (0, 1)))


def assert_same(made: Epochs, fitted: Epochs, twin: Callable[[], Epochs]) -> int:
    """Each epoch's losses are the fit's, for as long as training is not chaotic.

    It is chaotic from the epoch on at which two fits that began a last bit apart are as far apart
    as the bound; asked for only if the bound does not hold.

    Returns:
        How many epochs were compared.
    """
    pairs = [(made.means, fitted.means), (made.validation, fitted.validation)]
    apart = np.max([np.abs(a / b - 1) for a, b in pairs if len(b)], axis=0)
    if (apart <= BOUND).all():
        return len(apart)
    other = twin()
    drifts = [(other.means, fitted.means), (other.validation, fitted.validation)]
    drift = np.max([np.abs(a / b - 1) for a, b in drifts if len(b)], axis=0)
    wild = np.flatnonzero(drift > CALM)
    calm = int(wild[0]) if wild.size else len(apart)
    assert (apart[:calm] <= BOUND).all(), f"apart {apart}, a twin of fit {drift}"
    return calm
