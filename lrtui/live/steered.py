"""One steered optimizer: its attachment, what drives it, and all that was done to it.

Whoever steers the same optimizer shares it, so that two of them cannot contradict each other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary, ref

import keras
import msgspec

from lrtui.live.attachment import Attachment
from lrtui.live.backends import tensor_functions
from lrtui.live.by_hand import Stretch
from lrtui.live.driving import Driving
from lrtui.live.epoch_driving import EpochDrive, EpochDriving
from lrtui.live.hooks import NotSteerable
from lrtui.live.noted import CAPACITY
from lrtui.live.processes import refusal_of
from lrtui.live.rate_supply import RateSupply
from lrtui.protocol import Marked, MarkKind
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.arrays import Float32s


class Steered:
    """A steered optimizer.

    Args:
        model: that it trains; None: a loop of one's own.
        optimizer: None: the one that the model is compiled with, also when it is compiled again.
        capacity: for how many steps notes and rates are held.
        first: drives from the beginning, in place of the optimizer's own rate.
    """

    def __init__(
        self,
        model: Any,
        optimizer: Any,
        capacity: int | None,
        first: RateSupply | EpochDrive | None,
    ) -> None:
        self.model, self._optimizer, self._first = model, optimizer, first
        self.capacity = max(CAPACITY, capacity or 0)
        self.changes: list[Marked] = []
        self.stretches: list[Stretch] = []
        """What drove, each with the training's step that it began with."""
        self._apart = 0
        """Steps that are none of the training's: of range tests."""
        self.rate_before: tuple[int, float] = (0, float("nan"))
        """A step, and the rate that the training's last update before it used."""
        self.users = 0
        self.on_new_training: list[Callable[[], None]] = []
        self._attach()

    def _attach(self, begun: int | None = None, rows: Float32s | None = None) -> None:
        optimizer = taking_the_rate(self.model, self._optimizer)
        if self.model is not None and self.capacity < 4 * int(self.model.steps_per_execution):
            self.capacity, rows = 4 * int(self.model.steps_per_execution), None
        count = int(keras.ops.convert_to_numpy(optimizer._iterations))
        self._begun = count if begun is None else begun
        self._count_begun = count
        self.attachment = Attachment(self.model, optimizer, self.capacity, self._begun, rows)
        if isinstance(self._first, EpochDrive):
            self.driving: Driving = EpochDriving(self.attachment, self.capacity, self._first)
        else:
            self.driving = Driving(self.attachment, self.capacity, self._first)
        self.driving.on_assigned = self._assigned
        self._remember()
        try:
            self.attachment.attach(self.driving, self._training_begins)
        except Exception:
            self.attachment.detach()
            raise

    def detach(self) -> None:
        """Give optimizer and model back as if nobody had ever steered."""
        self.driving.release()
        self.attachment.detach()

    @property
    def optimizer(self) -> Any:
        """The optimizer that is steered."""
        return self.attachment.optimizer

    @property
    def steps(self) -> int:
        """The step that comes next."""
        return self.attachment.step.done()[0]

    def _training_begins(self) -> None:
        for told in list(self.on_new_training):
            told()
        if self.attachment.active:
            self.follow()

    def follow(self) -> None:
        """Go over to the optimizer that the model was compiled with since, if it was."""
        if self.model is None:
            return
        same = taking_the_rate(self.model, self._optimizer) is self.optimizer
        if same and not self.attachment.step.stale():
            return
        steps, rows = self.steps, self.attachment.step.rows()
        _STEERED.pop(self.optimizer, None)
        self.attachment.active = False
        self.driving.release()
        self.attachment.detach()
        self._attach(steps, rows)
        _STEERED[self.optimizer] = ref(self)
        if self.changes and not same:
            self.note("undo")

    def refusal(self) -> str | None:
        """Why the optimizer is not steered; None: it is, as far as is known."""
        if self.attachment.fault is not None:
            return self.attachment.fault
        processes = self.attachment.step.processes()
        if processes > 1:
            return refusal_of(processes)
        if self.steps > self._begun:
            return None
        name = type(self.optimizer).__name__
        count = int(self.attachment.step.number(self.optimizer._iterations))
        if count > self._count_begun:
            return (
                f"the step that applies this optimizer ({name}) was traced before lrtui was "
                "attached; make Steering before the first step, or trace the step anew"
            )
        if count and self._may_be_traced_already():
            return (
                f"this optimizer ({name}) has made {count} updates, and no step has been seen yet: "
                "it may be traced already. Do a step first, or make Steering before the first one"
            )
        if self.attachment.executions:
            return (
                f"nobody applies this optimizer ({name}): the train step uses another one; "
                "name it with Steering(model, optimizer=...)"
            )
        return None

    def _may_be_traced_already(self) -> bool:
        """Whether the step is a compiled function of the user's own, which we cannot trace anew."""
        compiled = isinstance(getattr(self.model, "train_step", None), tensor_functions())
        return self.attachment.step.TRACED_ONCE and (self.model is None or compiled)

    @contextmanager
    def steering(self) -> Iterator[Driving]:
        """Between two steps, with what drives the optimizer that trains now.

        Raises:
            NotSteerable: it is not steered, and why.
        """
        with self.attachment.turnstile.between():
            self.follow()
            refusal = self.refusal()
            if refusal is not None:
                raise NotSteerable(refusal)
            yield self.driving

    def state(self) -> Any:
        """What was steered so far."""
        return self.driving.state(), len(self.changes), len(self.stretches), self.steps

    def put_back(self, state: Any) -> None:
        """Have it be as if nothing had been steered since."""
        driving, changes, stretches, steps = state
        self._apart += self.steps - steps
        self.driving.put_back(driving)
        del self.changes[changes:], self.stretches[stretches:]

    def note(self, kind: MarkKind, **also: Any) -> None:
        """Write down what was just done."""
        steps = self.steps
        also = {"rate": self.driving.held, **also}
        mark = Marked(steps, kind, self.driving.text, self.driving.factor, **also)
        origin = steps - self.driving.position()
        self.changes.append(msgspec.structs.replace(mark, origin=origin))
        self._remember()

    def _assigned(self, rate: float, steered: bool) -> None:
        if steered:
            self.note("rate", rate=rate)
        else:
            self._remember()

    def _remember(self) -> None:
        driving, step = self.driving, self.steps - self._apart
        self.stretches.append(Stretch(step, driving.drives, driving.position(), driving.factor))


_STEERED: WeakKeyDictionary[Any, ref[Steered]] = WeakKeyDictionary()
"""Weak on both sides: the hooks of an optimizer hold whatever steers it."""


def steered(
    model: Any,
    optimizer: Any = None,
    capacity: int | None = None,
    first: RateSupply | EpochDrive | None = None,
) -> Steered:
    """The steered optimizer that this means: a new one, or that of whoever steers it already.

    Raises:
        Invalid: it is steered already and something else is to drive it from the beginning.
        NotSteerable: there is no optimizer that could be steered.
    """
    taking = taking_the_rate(model, optimizer)
    if getattr(model, "optimizer", None) is None:
        model = None  # not compiled: a loop of one's own
    found = _STEERED.get(taking)
    known = None if found is None else found()
    if known is not None and known.attachment.active:
        if first is not None:
            raise Invalid("drive", "must be left: this optimizer is steered already", first)
        known.follow()
    else:
        explicit = None if model is not None and optimizer in (None, model.optimizer) else optimizer
        known = Steered(model, explicit, capacity, first)
        _STEERED[taking] = ref(known)
    known.users += 1
    return known


def leave(one: Steered) -> None:
    """One of those who steer it leaves; the last one detaches it."""
    one.users -= 1
    if one.users == 0:
        _STEERED.pop(one.optimizer, None)
        one.detach()


def taking_the_rate(model: Any, optimizer: Any = None) -> Any:
    """The optimizer that takes the rate; in mixed precision it is within another one.

    Raises:
        NotSteerable: there is none, or several under one name.
    """
    if optimizer is None:
        optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        raise NotSteerable("the model has no optimizer. Call model.compile(...) first")
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    if hasattr(optimizer, "optimizers"):
        raise NotSteerable(
            f"{type(optimizer).__name__} has several rates and cannot be steered as one. "
            "Give one of its optimizers: Steering(model, optimizer=...)"
        )
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise NotSteerable(f"a Keras optimizer is needed. Received: {type(optimizer).__name__}")
    if isinstance(optimizer._learning_rate, Schedule):
        raise NotSteerable(
            f"{type(optimizer).__name__} was given a schedule that Keras does not know: "
            "give it lrtui.keras_schedule(schedule)"
        )
    return optimizer
