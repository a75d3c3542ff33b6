"""Steering the learning rate of a compiled model between two steps, and reading what was used.

Needs no socket and no process of ours: it works in any script, around ``model.fit`` and inside::

    steering = Steering(model)                     # after model.compile
    model.fit(x, y)
    steering.reset()                               # back to the schedule's start; weights stay
    model.fit(x, y)
    steering.reset(CosineDecay(0.1, 1000))         # over to another schedule
    print(steering.rate)                           # what the last step really used
    steering.set_rate(0.01)                        # ... or to a rate, until the next reset
    good = steering.checkpoint()                   # weights and optimizer, as they are now
    model.fit(x, y)
    steering.restore(good)                         # ... and again, if that diverged
    steering.detach()

In the middle of a ``fit`` call the same from a callback's ``on_train_batch_end``. TensorFlow only.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self

import keras
import msgspec

from lrtui.live.adapter import describe, keras_schedule
from lrtui.live.checkpoint import Checkpoint
from lrtui.live.drive import AnySchedule, Drive, EpochDrive, drive_of
from lrtui.live.ring import CAPACITY, Noted, Ring
from lrtui.live.steered_schedule import SteeredSchedule
from lrtui.protocol import Marked, MarkKind
from lrtui.schedules import Invalid
from lrtui.schedules.family.constant import Constant

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
        self._model, self._optimizer = model, optimizer
        self._capacity = max(CAPACITY, 4 * int(model.steps_per_execution))
        self._accumulation = optimizer.gradient_accumulation_steps or 1
        self._ring = Ring(optimizer._iterations, self._capacity, self._accumulation)
        self._drive = drive if drive is not None else drive_of(optimizer)
        self._drive.attach(optimizer, self._ring)
        self._factor = 1.0
        self._held: float | None = None
        self._changes: list[Marked] = []
        self._wrapped = [_Wrapped(model, "compute_loss", self._noting_loss)]
        if optimizer is not model.optimizer:
            self._wrapped += [_Wrapped(model.optimizer, "check_finite", self._noting_skips)]
        model.make_train_function(force=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.detach()

    @property
    def steps(self) -> int:
        """The steps so far, and so the step that comes next. A step is a batch trained on.

        Counted as the optimizer does, but on upward: also after a :meth:`restore`, and over a step
        that ``LossScaleOptimizer`` skipped.
        """
        return self._ring.steps

    @property
    def capacity(self) -> int:
        """For how many steps back :meth:`read` reaches."""
        return self._capacity

    @property
    def rate(self) -> float:
        """The rate that the last update used; NaN before the first since it was attached."""
        steps = self.steps
        noted = self._ring.read(max(0, steps - self._capacity), steps)
        used = noted.rates[noted.updated]
        return float(used[-1]) if used.size else math.nan

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

    def read(self, first: int, stop: int) -> Noted:
        """What was noted of the steps ``[first, stop)``: rates, batch losses, which were skipped.

        Returns:
            Arrays of shape (stop - first,). A rate is NaN where none was used: of a step that was
            skipped or that only accumulates (``gradient_accumulation_steps``), or before this was
            attached.

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
        self._factor, self._held = 1.0, None
        self._compile_if(self._drive.reset(schedule))
        self._note("reset")

    def undo(self) -> None:
        """From the next step on the rate is what it had been if nobody had ever steered it."""
        self._factor, self._held = 1.0, None
        self._compile_if(self._drive.undo())
        self._note("undo")

    def checkpoint(self) -> Checkpoint:
        """The state of model and optimizer now, copied in memory, for :meth:`restore`."""
        return Checkpoint.of(self._model, self.steps)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put that state back; rate, schedule and :attr:`steps` go on as if it had not been.

        What Keras' running means (of the loss, say) have seen is forgotten with it: a NaN in them
        would stay to the end of the epoch.

        Raises:
            ValueError: it was taken of another model or optimizer.
        """
        before, rate = self._optimizer._iterations.numpy(), self._optimizer._learning_rate
        held = rate.numpy() if isinstance(rate, keras.Variable) else None
        checkpoint.restore(self._model)
        if held is not None:
            rate.assign(held)
        by = int(before - self._optimizer._iterations.numpy())
        self._ring.rewind(by)
        self._drive.rewind(by)
        self._model.reset_metrics()
        self._note("restore", checkpoint_step=checkpoint.step)

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
        self._note(kind, by=factor)

    def set_rate(self, learning_rate: float) -> None:
        """From the next step on use this rate, whatever the schedule gives.

        Until :meth:`reset`, :meth:`undo` or the next of these. A later :meth:`scale` multiplies it.

        Raises:
            Invalid: it is negative, or no finite float32.
        """
        Constant(learning_rate)  # refuses what no rate can be
        self._factor, self._held = 1.0, learning_rate
        self._drive.hold(learning_rate)
        self._note("rate")

    def detach(self) -> None:
        """Give the model back with its own loss and, built with one, its own schedule.

        A float stays at its last value, as it does after Keras' own callbacks.
        """
        for wrapped in self._wrapped:
            wrapped.undo()
        self._drive.detach()
        self._model.make_train_function(force=True)

    def _compile_if(self, changed: bool) -> None:
        if changed:
            # A compiled step goes on with the old schedule until it is traced anew.
            self._model.make_train_function(force=True)

    def _note(self, kind: MarkKind, **also: Any) -> None:
        steps = self.steps
        mark = Marked(steps, kind, self.schedule, self._factor, self._held, **also)
        origin = steps - self._drive.position()
        self._changes.append(msgspec.structs.replace(mark, origin=origin))

    def _noting_loss(self, compute_loss: Any) -> Any:
        def compute_loss_and_note(*args: Any, **kwargs: Any) -> Any:
            loss = compute_loss(*args, **kwargs)
            if kwargs.get("training", True):
                self._ring.write(self._drive.before_update(), loss)
            return loss

        return compute_loss_and_note

    def _noting_skips(self, check_finite: Any) -> Any:
        def check_finite_and_note(gradients: Any) -> Any:
            finite = check_finite(gradients)
            self._ring.write_skipped(~finite)
            return finite

        return check_finite_and_note


class _Wrapped:
    """A method that is wrapped on one instance, until it is undone."""

    def __init__(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        self._owner, self._name = owner, name
        self._previous = vars(owner).get(name)
        setattr(owner, name, wrap(getattr(owner, name)))

    def undo(self) -> None:
        """Give the owner its own method back."""
        if self._previous is None:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._previous)
