"""Steering the learning rate of a compiled model between two steps, and reading what was used.

Needs no socket and no process of ours: it works in any script, around ``model.fit`` and inside::

    steering = Steering(model)                     # after model.compile
    model.fit(x, y)
    steering.reset()                               # back to the schedule's start; weights stay
    model.fit(x, y)
    steering.reset(CosineDecay(0.1, 1000))         # over to another schedule
    print(steering.rate)                           # what the last step really used
    steering.detach()

In the middle of a ``fit`` call the same from a callback's ``on_train_batch_end``. TensorFlow only.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal, Self

from lrtui.schedules import Invalid
from lrtui.training.adapter import describe, keras_schedule
from lrtui.training.drive import AnySchedule, Drive, EpochDrive, SteeredSchedule, drive_of
from lrtui.training.protocol import Change, Marked
from lrtui.training.ring import CAPACITY, Float32s, Ring

__all__ = ["AnySchedule", "EpochDrive", "SteeredSchedule", "Steering", "describe", "keras_schedule"]


class Steering:
    """Steers one compiled model, whether its optimizer was built with a float or with a schedule.

    While attached, every step's rate and loss are noted inside the compiled step. The model's
    numbers do not change by being attached.

    Args:
        model: a compiled ``keras.Model``.
        drive: how the rate gets in, if not by the optimizer's own float or schedule.

    Raises:
        ValueError: the model is not compiled.
    """

    def __init__(self, model: Any, drive: Drive | None = None) -> None:
        if getattr(model, "optimizer", None) is None:
            raise ValueError("the model has no optimizer. Call model.compile(...) first")
        # In mixed precision the optimizer is wrapped; the one inside takes the rate.
        optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        self._model = model
        self._capacity = max(CAPACITY, 4 * int(model.steps_per_execution))
        # `optimizer.iterations` is divided by gradient_accumulation_steps, what a schedule is asked
        # for is not.
        self._ring = Ring(optimizer._iterations, self._capacity)
        self._drive = drive if drive is not None else drive_of(optimizer)
        self._drive.attach(optimizer, self._ring)
        self._factor = 1.0
        self._changes: list[Marked] = []
        self._wrap_loss()
        model.make_train_function(force=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.detach()

    @property
    def steps(self) -> int:
        """The optimizer's updates so far: the step that comes next, as the optimizer counts."""
        return self._ring.steps

    @property
    def capacity(self) -> int:
        """For how many steps back :meth:`read` reaches."""
        return self._capacity

    @property
    def rate(self) -> float:
        """The rate that the last step used; NaN before the first step since it was attached."""
        steps = self.steps
        return float(self._ring.read(steps - 1, steps)[0][0]) if steps else math.nan

    @property
    def factor(self) -> float:
        """What the rates are scaled by since the last reset."""
        return self._factor

    @property
    def changes(self) -> Sequence[Marked]:
        """Every reset and scale so far; their steps as the optimizer counts them."""
        return self._changes

    @property
    def schedule(self) -> str:
        """The schedule that drives, as text."""
        return self._drive.text()

    def read(self, first: int, stop: int) -> tuple[Float32s, Float32s]:
        """Rates and batch losses of the steps ``[first, stop)``, as the optimizer counts them.

        Returns:
            Two float32 arrays of shape (stop - first,); NaN for steps before it was attached.

        Raises:
            ValueError: more than :attr:`capacity` steps.
        """
        return self._ring.read(first, stop)

    def reset(self, schedule: AnySchedule | None = None) -> None:
        """From the next step on begin anew, unscaled; weights and optimizer state stay.

        Args:
            schedule: takes over, from its step 0. None: the present one restarts; without one, the
                rate is again the float that the optimizer had when this was attached.
        """
        self._factor = 1.0
        if self._drive.reset(schedule):
            # A compiled step goes on with the old schedule until it is traced anew.
            self._model.make_train_function(force=True)
        self._note("reset")

    def scale(self, factor: float, kind: Literal["scale", "plateau"] = "scale") -> None:
        """Multiply the rate from the next step on, on top of earlier scales.

        Args:
            factor: 0 or more.
            kind: what :attr:`changes` and the record call it.

        Raises:
            Invalid: the factor is negative or not finite.
        """
        if not (math.isfinite(factor) and factor >= 0):
            raise Invalid("factor", "must be a finite number >= 0", factor)
        self._factor *= factor
        self._drive.scale(factor)
        self._note(kind)

    def detach(self) -> None:
        """Give the model back with its own loss and, built with one, its own schedule.

        A float stays at its last value, as it does after Keras' own callbacks.
        """
        if self._previous_loss is None:
            del self._model.compute_loss
        else:
            self._model.compute_loss = self._previous_loss
        self._drive.detach()
        self._model.make_train_function(force=True)

    def _note(self, kind: Change) -> None:
        self._changes.append(Marked(self.steps, kind, self.schedule, self._factor))

    def _wrap_loss(self) -> None:
        compute_loss = self._model.compute_loss
        self._previous_loss = vars(self._model).get("compute_loss")

        def noted_loss(*args: Any, **kwargs: Any) -> Any:
            loss = compute_loss(*args, **kwargs)
            if kwargs.get("training", True):
                self._ring.write(self._drive.before_update(), loss)
            return loss

        self._model.compute_loss = noted_loss
