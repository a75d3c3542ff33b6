"""Steering the learning rate of a Keras optimizer between two steps, and reading what was used.

Needs no socket and no process of ours: it works in any script, around ``model.fit`` and inside::

    steering = Steering(model)                     # after model.compile
    model.fit(x, y)
    steering.reset()                               # back to the schedule's start; weights stay
    model.fit(x, y)
    steering.reset("CosineDecay(0.1, 1000)")       # over to another schedule
    print(steering.rate)                           # what the last step really used
    steering.set_rate(0.01)                        # ... or to a rate, until the next reset
    good = steering.checkpoint()                   # weights and optimizer, as they are now
    model.fit(x, y)
    steering.restore(good)                         # ... and again, if that diverged
    steering.detach()

In the middle of a ``fit`` call the same from a callback or from another thread: it is done between
two steps, and has been done when the call returns.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Self

import numpy as np

from lrtui.live.by_hand import as_schedule
from lrtui.live.checkpoint import Checkpoint
from lrtui.live.epoch_driving import EpochDrive
from lrtui.live.noted import Noted
from lrtui.live.rate_supply import AnyRates, rate_supply
from lrtui.live.steered import leave, steered
from lrtui.protocol import Marked
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.family.constant import Constant

__all__ = ["AnyRates", "EpochDrive", "Steering"]


class Steering:
    """Steers one optimizer, whether it was built with a float or with a schedule.

    While attached, every step's rate and loss are noted inside the compiled step. The model's
    numbers do not change by being attached, and whatever is saved meanwhile is as if it were not.
    If the model is compiled again, its new optimizer is steered.

    Args:
        model: a compiled ``keras.Model``.
        optimizer: the one to steer, of a model that has several.
        drive: drives from the beginning in place of what the optimizer was built with.
        capacity: for how many steps notes and rates are held, at least. A compiled loop of one's
            own runs with the rates that are there when it begins: give it its length.

    Raises:
        Invalid: it is steered already and `drive` is given.
        NotSteerable: the model is not compiled, or its optimizer cannot be steered.
    """

    def __init__(
        self,
        model: Any,
        drive: EpochDrive | AnyRates | None = None,
        *,
        optimizer: Any = None,
        capacity: int | None = None,
    ) -> None:
        first = drive if drive is None or isinstance(drive, EpochDrive) else rate_supply(drive)
        self._model = model
        self._steered = steered(model, optimizer, capacity, first)
        self._attached = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.detach()

    @property
    def model(self) -> Any:
        """The model it was made for."""
        return self._model

    @property
    def steps(self) -> int:
        """The steps so far, and so the step that comes next. A step is an update of the weights.

        A batch that ``LossScaleOptimizer`` skipped counts, and one whose gradients only accumulate.
        Counted as the optimizer does when this is attached, and on upward from there: also after
        a :meth:`restore`.
        """
        # A thread beside the training waits for the step under way: on JAX its state is nowhere.
        with self._steered.attachment.turnstile.between():
            return self._steered.steps

    @property
    def iterations(self) -> int:
        """What the optimizer itself counts."""
        attachment = self._steered.attachment
        with attachment.turnstile.between():
            return int(attachment.step.number(attachment.optimizer._iterations))

    @property
    def capacity(self) -> int:
        """For how many steps back :meth:`read` reaches."""
        return self._steered.capacity

    @property
    def rate(self) -> float:
        """The rate that the last update used; NaN before the first since it was attached."""
        steps, (begun, before) = self.steps, self._steered.rate_before
        noted = self.read(max(begun, steps - self.capacity), steps)
        used = noted.rates[noted.updated]
        return float(used[-1]) if used.size else before

    @property
    def factor(self) -> float:
        """What the rates are scaled by since the last reset."""
        return self._steered.driving.factor

    @property
    def changes(self) -> Sequence[Marked]:
        """Every reset and scale so far; their steps as :attr:`steps` counts them."""
        return self._steered.changes

    @property
    def schedule(self) -> str:
        """The schedule that drives, as text."""
        return self._steered.driving.text

    @property
    def position(self) -> int:
        """The step that comes next, as what drives counts it."""
        return self._steered.driving.position()

    def as_schedule(self) -> Schedule:
        """All that drove so far as one schedule, to be put into the script: what was done by hand.

        A training that begins with it at step 0 has the rates that this one had, and goes on with
        what drives now. Its text form is ``str`` of it; ``lrtui.keras_schedule`` makes it one that
        an optimizer takes.

        Raises:
            Invalid: a part of it has no text form, a function of one's own that drives still.
        """
        return as_schedule(self._steered.stretches)

    @property
    def refusal(self) -> str | None:
        """Why it cannot be steered, as far as is known; None: it can."""
        return self._steered.refusal()

    @property
    def fault(self) -> str | None:
        """What of ours failed and was said, so that nothing is steered or noted any more."""
        return self._steered.attachment.fault

    def read(self, first: int, stop: int) -> Noted:
        """What was noted of the steps ``[first, stop)``: rates, batch losses, which were skipped.

        Returns:
            Arrays of shape (stop - first,). A rate is NaN where none was used: of a step that was
            skipped or that only accumulates (``gradient_accumulation_steps``), or before this was
            attached. A loss is NaN where it was not `seen`.

        Raises:
            ValueError: more than :attr:`capacity` steps.
        """
        capacity = self.capacity
        if stop - first > capacity:
            raise ValueError(f"at most {capacity} steps are held. Received: {stop - first}")
        with self._steered.attachment.turnstile.between():
            rows = self._steered.attachment.step.rows()
        return _noted(rows, first, stop)

    def snapshot(self) -> Callable[[int], tuple[int, Noted]]:
        """What is noted by now, not waited for.

        Returns:
            A function that waits for it, in any thread: from a step to the step that comes next,
            and what was noted of those between, of :attr:`capacity` steps at most.
        """
        taken = self._steered.attachment.step.snapshot()

        def read(first: int) -> tuple[int, Noted]:
            stop, rows = taken()
            return stop, _noted(rows, max(first, stop - len(rows) + 1), stop)

        return read

    def count(self) -> Any:
        """:attr:`steps`, not waited for: its ``int`` waits."""
        return self._steered.attachment.step.count()

    def before_call(self) -> None:
        """For a loop of one's own, before it goes on: have the next steps' rates there."""
        self._steered.attachment.refill()

    @property
    def watched_here(self) -> bool:
        """Whether this is, of the processes that train the model together, the one to watch."""
        return self._steered.attachment.step.chief()

    def reset(self, schedule: AnyRates | None = None, at: int = 0) -> None:
        """From the next step on begin anew, unscaled; weights and optimizer state stay.

        Args:
            schedule: takes over. A schedule of lrtui or of Keras, a rate, a text, a function of the
                step, an array of rates. None: the present one restarts; without one, the rate is
                again the optimizer's own float.
            at: the step of the schedule to begin with.

        Raises:
            Invalid: it gives no rates, or the optimizer cannot be steered.
        """
        if at < 0:
            raise Invalid("at", "must be 0 or more", at)
        supply = None if schedule is None else rate_supply(schedule)
        with self._steered.steering() as driving:
            driving.reset(supply, at)
            self._steered.note("reset")

    def undo(self) -> None:
        """From the next step on the rate is what it had been if nobody had ever steered it."""
        with self._steered.steering() as driving:
            driving.undo()
            self._steered.note("undo")

    def set_rate(self, learning_rate: float) -> None:
        """From the next step on use this rate, whatever the schedule gives.

        Until :meth:`reset`, :meth:`undo` or the next of these. A later :meth:`scale` multiplies it.

        Raises:
            Invalid: it is negative, or no finite float32; or the optimizer cannot be steered.
        """
        Constant(learning_rate)  # refuses what no rate can be
        with self._steered.steering() as driving:
            driving.hold(learning_rate)
            self._steered.note("rate")

    def scale(self, factor: float, kind: Literal["scale", "plateau"] = "scale") -> None:
        """Multiply the rate from the next step on, on top of earlier scales.

        Args:
            factor: 0 or more.
            kind: what :attr:`changes` and the record call it.

        Raises:
            Invalid: the factor is negative or not finite, or the optimizer cannot be steered.
        """
        if not (math.isfinite(factor) and factor >= 0):
            raise Invalid("factor", "must be a finite number >= 0", factor)
        with self._steered.steering() as driving:
            driving.scale(factor)
            self._steered.note(kind, by=factor)

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Between two steps, with the variables of model and optimizer as if without us."""
        attachment = self._steered.attachment
        with attachment.turnstile.between(), attachment.step.hidden():
            yield

    def checkpoint(self) -> Checkpoint:
        """The state of model and optimizer now, copied in memory, for :meth:`restore`."""
        with self.unseen():
            return Checkpoint.of(self._model, self.steps)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put that state back; rate, schedule and :attr:`steps` go on as if it had not been.

        What Keras' running means (of the loss, say) have seen is forgotten with it: a NaN in them
        would stay to the end of the epoch.

        Raises:
            ValueError: it was taken of another model or optimizer.
        """
        attachment = self._steered.attachment
        with attachment.turnstile.between():
            count = attachment.optimizer._iterations
            before = int(attachment.step.number(count))
            rate = attachment.optimizer._learning_rate
            with attachment.ours(), attachment.step.hidden():
                checkpoint.restore(self._model, besides=rate)
            self._steered.driving.rewind(before - int(attachment.step.number(count)))
            self._model.reset_metrics()
            self._steered.note("restore", checkpoint_step=checkpoint.step)

    def state(self) -> Any:
        """All that was steered so far, for :meth:`put_back`."""
        return self._steered.state(), self.rate

    def put_back(self, state: Any) -> None:
        """Have it be as if nothing had been steered since, with the optimizer's count put back.

        The steps since then count and can be read; they are not the training's, whose last rate
        :attr:`rate` is again.
        """
        steered, rate = state
        with self._steered.attachment.turnstile.between():
            self._steered.put_back(steered)
            self._steered.rate_before = self.steps, rate

    def on_new_training(self, told: Callable[[], None]) -> None:
        """Have it called when another training of the model begins."""
        self._steered.on_new_training.append(told)

    def detach(self) -> None:
        """Give the optimizer back as if it had never been steered, unless others steer it too.

        A float is again what it was, or what another callback made of it.
        """
        if self._attached:
            self._attached = False
            leave(self._steered)


def _noted(rows: Any, first: int, stop: int) -> Noted:
    return Noted.of(rows[np.arange(first, stop) % len(rows)])
