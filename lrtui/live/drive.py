"""The ways in which a rate gets into an optimizer, each steerable between two steps.

A restart moves a schedule's origin. It never touches ``optimizer.iterations``, from which Adam
counts its bias correction.
"""

from collections.abc import Callable
from typing import Any, Protocol

import keras
import tensorflow as tf
from keras.optimizers.schedules import LearningRateSchedule

from lrtui.live.adapter import describe, keras_schedule
from lrtui.live.ring import Ring
from lrtui.live.steered_schedule import SteeredSchedule
from lrtui.schedules import Schedule

AnySchedule = Callable[[Any], Any]
"""A schedule of ours or of Keras: what gives the rate at a step."""


class Drive(Protocol):
    """How the rate gets into one optimizer."""

    def attach(self, optimizer: Any, ring: Ring) -> None:
        """Take the optimizer over; its rates must not change by that."""

    def detach(self) -> None:
        """Give the optimizer back as it was."""

    def reset(self, schedule: AnySchedule | None) -> bool:
        """Restart at the next step, unscaled. Returns whether the step must be compiled anew."""

    def undo(self) -> bool:
        """Go on from the next step as if never steered. Returns as :meth:`reset` does."""

    def hold(self, rate: float) -> None:
        """From the next step on the rate is this, unscaled, until a reset or :meth:`undo`."""

    def scale(self, factor: float) -> None:
        """Multiply the rate from the next step on."""

    def rewind(self, by: int) -> None:
        """The optimizer's count was just set back by so many: the rates go on all the same."""

    def position(self) -> int:
        """The schedule's own step that comes next."""

    def before_update(self) -> Any:
        """Called inside the compiled step: the rate it takes, NaN where that is noted later."""

    def text(self) -> str:
        """The schedule that drives, as text."""


def drive_of(optimizer: Any) -> Drive:
    """The drive that suits how the optimizer was built."""
    if isinstance(optimizer._learning_rate, keras.Variable):
        return FloatDrive()
    return ScheduleDrive()


class ScheduleDrive:
    """The optimizer was built with a schedule (or a callable): it is wrapped."""

    def attach(self, optimizer: Any, ring: Ring) -> None:
        """See :class:`Drive`."""
        self._optimizer = optimizer
        self._source = self._driver = optimizer._learning_rate
        own = isinstance(self._source, LearningRateSchedule)
        self._first = self._source if own else lambda step: tf.convert_to_tensor(self._source())
        self._steered = SteeredSchedule(self._first, ring=ring)
        self._rewound = 0
        optimizer.learning_rate = self._steered

    def detach(self) -> None:
        """See :class:`Drive`."""
        self._optimizer.learning_rate = self._source

    def reset(self, schedule: AnySchedule | None) -> bool:
        """See :class:`Drive`."""
        inner = self._steered.inner if schedule is None else _for_keras(schedule)
        self._steered.restart(_count(self._optimizer))
        if schedule is None:
            return False
        self._driver, self._steered.inner = schedule, inner
        return True

    def undo(self) -> bool:
        """See :class:`Drive`."""
        self._steered.restart(-self._rewound)
        changed = self._steered.inner is not self._first
        self._driver, self._steered.inner = self._source, self._first
        return changed

    def hold(self, rate: float) -> None:
        """See :class:`Drive`."""
        self._steered.hold(rate)

    def scale(self, factor: float) -> None:
        """See :class:`Drive`."""
        self._steered.multiply(factor)

    def rewind(self, by: int) -> None:
        """See :class:`Drive`."""
        self._rewound += by
        self._steered.rewind(by)

    def position(self) -> int:
        """See :class:`Drive`."""
        return _count(self._optimizer) - int(self._steered.origin.numpy())

    def before_update(self) -> Any:
        """See :class:`Drive`."""
        return float("nan")

    def text(self) -> str:
        """See :class:`Drive`."""
        return describe(self._driver)


class FloatDrive:
    """The optimizer was built with a float, a variable that anyone may assign.

    A schedule that takes over assigns that variable inside the step, so that the optimizer stays
    one with a float: Keras' own callbacks still work on it, and its saved form is the same.
    """

    def attach(self, optimizer: Any, ring: Ring) -> None:
        """See :class:`Drive`."""
        self._optimizer = optimizer
        self._variable = optimizer._learning_rate
        self._initial = float(self._variable.numpy())
        self._driver: Any = self._initial
        self._steered: SteeredSchedule | None = None

    def detach(self) -> None:
        """See :class:`Drive`. The variable keeps its value, as after Keras' own callbacks."""

    def reset(self, schedule: AnySchedule | None) -> bool:
        """See :class:`Drive`."""
        count = _count(self._optimizer)
        if schedule is not None:
            self._steered = SteeredSchedule(_for_keras(schedule), origin=count)
            self._driver = schedule
            return True
        if self._steered is not None:
            self._steered.restart(count)
        else:
            self._variable.assign(self._initial)
        return False

    def undo(self) -> bool:
        """See :class:`Drive`."""
        changed = self._steered is not None
        self._steered, self._driver = None, self._initial
        self._variable.assign(self._initial)
        return changed

    def hold(self, rate: float) -> None:
        """See :class:`Drive`."""
        if self._steered is not None:
            self._steered.hold(rate)
        else:
            self._variable.assign(rate)

    def scale(self, factor: float) -> None:
        """See :class:`Drive`."""
        if self._steered is not None:
            self._steered.multiply(factor)
        else:
            self._variable.assign(self._variable * factor)

    def rewind(self, by: int) -> None:
        """See :class:`Drive`."""
        if self._steered is not None:
            self._steered.rewind(by)

    def position(self) -> int:
        """See :class:`Drive`. Of a float, that has none, the optimizer's own."""
        count = _count(self._optimizer)
        return count if self._steered is None else count - int(self._steered.origin.numpy())

    def before_update(self) -> Any:
        """See :class:`Drive`."""
        if self._steered is not None:
            self._variable.assign(self._steered(self._optimizer._iterations))
        return self._variable

    def text(self) -> str:
        """See :class:`Drive`."""
        return describe(self._driver)


class EpochDrive:
    """Keras' LearningRateScheduler sets an optimizer's float once an epoch; this tells it what.

    Give it to ``keras.callbacks.LearningRateScheduler`` as its function, and to the steering of the
    same model. Each epoch has the rate of its first step; a reset acts at once all the same.

    Args:
        schedule: what the rates are taken from.
    """

    def __init__(self, schedule: AnySchedule) -> None:
        self._schedule = self._source = schedule
        self._origin = 0
        self._scale = 1.0
        self._held: float | None = None
        self._epoch_begin = 0

    def __call__(self, epoch: int, learning_rate: float) -> float:
        """The rate of the epoch that begins now."""
        self._epoch_begin = self._ring.steps
        return self._at(self._epoch_begin)

    def attach(self, optimizer: Any, ring: Ring) -> None:
        """See :class:`Drive`."""
        self._variable, self._ring = optimizer._learning_rate, ring

    def detach(self) -> None:
        """See :class:`Drive`."""

    def reset(self, schedule: AnySchedule | None) -> bool:
        """See :class:`Drive`."""
        self._schedule = schedule if schedule is not None else self._schedule
        self._origin, self._scale, self._held = self._ring.steps, 1.0, None
        self._variable.assign(self._at(self._origin))
        return False

    def undo(self) -> bool:
        """See :class:`Drive`. The rate is the one with which the present epoch began."""
        self._schedule, self._origin, self._scale, self._held = self._source, 0, 1.0, None
        self._variable.assign(self._at(self._epoch_begin))
        return False

    def hold(self, rate: float) -> None:
        """See :class:`Drive`."""
        self._held, self._scale = rate, 1.0
        self._variable.assign(rate)

    def scale(self, factor: float) -> None:
        """See :class:`Drive`."""
        self._scale *= factor
        self._variable.assign(self._variable * factor)

    def rewind(self, by: int) -> None:
        """See :class:`Drive`. Nothing to do: its steps are not the optimizer's."""

    def position(self) -> int:
        """See :class:`Drive`."""
        return self._ring.steps - self._origin

    def before_update(self) -> Any:
        """See :class:`Drive`."""
        return self._variable

    def text(self) -> str:
        """See :class:`Drive`."""
        return describe(self._schedule)

    def _at(self, step: int) -> float:
        held = self._held
        return (float(self._schedule(step - self._origin)) if held is None else held) * self._scale


def _count(optimizer: Any) -> int:
    # `optimizer.iterations` is divided by gradient_accumulation_steps, what a schedule is asked for
    # is not.
    return int(optimizer._iterations.value)


def _for_keras(schedule: AnySchedule) -> Any:
    return keras_schedule(schedule) if isinstance(schedule, Schedule) else schedule
