"""The hooks of one steered optimizer, and of the model that it trains; undone at the end.

Three of them, all on instances: the optimizer's rate getter gives the rate inside the step, its
``apply`` notes the rate of every update, the model's ``compute_loss`` notes the loss. The user's
own learning rate is never replaced. An error of ours is said in one line, and the training goes on.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import keras
from keras.optimizers.schedules import LearningRateSchedule

from lrtui.live import h5_saving
from lrtui.live.backends import in_step
from lrtui.live.backends.in_step import blank
from lrtui.live.hooks import Hook, NotSteerable, say, short
from lrtui.live.turnstile import Turnstile
from lrtui.schedules import Invalid
from lrtui.schedules.arrays import Float32s


class Drives(Protocol):
    """What an attachment asks of whoever says which rates are used."""

    def before_execution(self, begun: int) -> int:
        """An execution of the train function is about to begin.

        Args:
            begun: so many have begun since this was last asked, with this one.

        Returns:
            How many more may begin before this must be asked again.
        """

    def release(self) -> None:
        """Have what was traced change nothing any more."""

    def read(self, own: Callable[[], Any]) -> Any:
        """What ``optimizer.learning_rate`` is for whoever reads it between two steps."""

    def assigned(self, value: Any) -> None:
        """Someone has set the optimizer's float."""

    def saving(self) -> Any:
        """A context in which the optimizer's float is the user's own."""

    def saved_rate(self) -> float | None:
        """What a saved optimizer is to say of its float; None: what it says."""


class Attachment:
    """What hangs on one optimizer while it is steered.

    Args:
        model: that it trains; None: a loop of one's own.
        optimizer: the one that takes the rate (within ``LossScaleOptimizer``, the inner one).
        capacity: for how many steps notes and rates are held.
        begun: the step that comes next.
        rows: what was noted of the steps before, of the same capacity.
    """

    def __init__(
        self, model: Any, optimizer: Any, capacity: int, begun: int, rows: Float32s | None = None
    ) -> None:
        self.model, self.optimizer = model, optimizer
        notes = blank(capacity) if rows is None else rows
        self.step = in_step(model, optimizer, notes, begun)
        self.turnstile = Turnstile()
        self.active = False
        self.fault: str | None = None
        """Why it no longer steers and notes, if something of ours failed."""
        self.executions = 0
        """How often the train function was run since."""
        self._rest = self._rests = 0
        """How many executions may begin before ``drives`` is asked, and of how many it said so."""
        of_keras = keras.optimizers.Optimizer._get_current_learning_rate
        self.own_getter = type(optimizer)._get_current_learning_rate is not of_keras
        """Whether the optimizer's class finds its rate in a way of its own."""
        scheduled = isinstance(optimizer._learning_rate, LearningRateSchedule)
        self._shifts = scheduled and not self.own_getter
        self._accumulation = optimizer.gradient_accumulation_steps or 1
        self._local = threading.local()
        self._ours = self._leaving = False
        self._hooks: list[Hook] = []

    # ------------------------------------------------------------------ on and off

    def attach(self, drives: Drives, anew: Callable[[], None]) -> None:
        """Put the hooks on, and have the next step traced anew.

        Args:
            drives: says which rates are used.
            anew: called when a training of the model begins.
        """
        self._drives, self._anew = drives, anew
        optimizer, model, plain = self.optimizer, self.model, self.step.plain
        self.step.attach()
        self._own_rate = optimizer._get_current_learning_rate
        self._hook(optimizer, "_get_current_learning_rate", lambda own: plain(self._getter(own)))
        self._hook(optimizer, "apply", lambda own: plain(self._applier(own)))
        self._hook(optimizer, "get_config", self._configurer)
        for name in ("save_own_variables", "load_own_variables"):
            self._hook(optimizer, name, self.without_us)
        if isinstance(optimizer._learning_rate, keras.Variable):
            self._hook(optimizer._learning_rate, "assign", self._assigner)
        if model is None:
            self.active = True
            return
        outer = model.optimizer
        if getattr(outer, "inner_optimizer", None) is optimizer:
            self._hook(outer, "check_finite", lambda own: plain(self._checker(own)))
        self._hook(model, "compute_loss", lambda own: plain(self._loser(own)))
        for name in ("get_state_tree", "set_state_tree", "save"):  # `.h5` takes all variables
            self._hook(model, name, self.without_us)
        h5_saving.add(self)
        self._hook(model, "make_train_function", self._maker)
        self.active = True
        model.make_train_function(force=True)

    def detach(self) -> None:
        """Take the hooks off. What was traced meanwhile keeps operations of ours."""
        self.active = False
        for hook in reversed(self._hooks):
            hook.undo()
        self._hooks.clear()
        h5_saving.remove(self)
        self.step.detach()
        if self.model is not None and self.model.train_function is not None:
            self.model.make_train_function(force=True)

    def fail(self, what: str, error: Exception) -> None:
        """Something of ours went wrong: say so, leave the training alone from now on."""
        if self.fault is None:
            self.fault = said = f"{what} failed ({short(error)})"
            if isinstance(error, NotSteerable):
                self.fault, said = error.reason, str(error)
            say(f"{said}; the training goes on without being steered or recorded")
            self._leaving = True
        self.active = False

    # ------------------------------------------------------------------ between two steps

    @contextmanager
    def ours(self) -> Iterator[None]:
        """While it lasts the optimizer's float is set by us."""
        before, self._ours = self._ours, True
        try:
            yield
        finally:
            self._ours = before

    def own_rate(self, origin: Any) -> Any:
        """The rate of the user's own optimizer, if it counted from an origin."""
        own, count = self.optimizer._learning_rate, self.optimizer._iterations
        if not self._shifts or (isinstance(origin, int) and origin == 0):
            return self._own_rate()
        steps = keras.ops.convert_to_tensor(count)
        return own(steps - keras.ops.cast(origin, steps.dtype))

    def ask_soon(self) -> None:
        """What drives has changed: it is asked before the next execution."""
        self._rest = self._rests = 0

    # ------------------------------------------------------------------ the hooks

    def _hook(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        self._hooks.append(Hook(owner, name, wrap))

    def _getter(self, own: Any) -> Any:
        def get_current_learning_rate() -> Any:
            if not self.active:
                return own()
            taken = getattr(self._local, "rate", None)
            if taken is not None:
                return taken  # what the present update receives
            try:
                if self.step.inside():
                    return self.step.rate(self.own_rate)
                return self._drives.read(own)
            except Exception as error:
                self.fail("reading the rate", error)
                return own()

        return get_current_learning_rate

    def _applier(self, own: Any) -> Any:
        def apply(grads: Any, trainable_variables: Any = None) -> Any:
            if not self.active:
                return own(grads, trainable_variables)
            grads = list(grads)
            try:
                rate = self._local.rate = self.step.rate(self.own_rate)
            except Exception as error:
                self.fail("steering the rate", error)
                return own(grads, trainable_variables)
            try:
                result = own(grads, trainable_variables)
            finally:
                self._local.rate = None
            if grads:
                self._note("noting the rate", self.step.note_update, rate, grads)
            return result

        return apply

    def _loser(self, own: Any) -> Any:
        def compute_loss(*args: Any, **kwargs: Any) -> Any:
            loss = own(*args, **kwargs)
            training = kwargs.get("training", args[4] if len(args) > 4 else True)
            if self.active and training and loss is not None:
                self._note("noting the loss", self.step.note_loss, loss)
            return loss

        return compute_loss

    def _checker(self, own: Any) -> Any:
        def check_finite(grads: Any) -> Any:
            finite = own(grads)
            if self.active:
                self._note("noting a skipped step", self.step.note_skip, finite)
            return finite

        return check_finite

    def _note(self, what: str, note: Callable[..., None], *values: Any) -> None:
        try:
            if note == self.step.note_update:
                note(*values, self._accumulation)
            else:
                note(*values)
        except Exception as error:
            self.fail(what, error)

    def _assigner(self, own: Any) -> Any:
        def assign(value: Any) -> Any:
            result = own(value)
            if self.active and not (self._ours or self.step.inside() or self.step.carried()):
                try:
                    self._drives.assigned(value)
                except Exception as error:
                    self.fail("following another callback's rate", error)
            return result

        return assign

    def _configurer(self, own: Any) -> Any:
        def get_config() -> Any:
            config = own()
            try:
                rate = self._drives.saved_rate() if self.active else None
            except Exception as error:
                self.fail("saving the rate that is yours", error)
                return config
            return config if rate is None else {**config, "learning_rate": rate}

        return get_config

    def without_us(self, own: Any) -> Any:
        """A function that does what `own` does, while nothing of ours is to be seen."""

        def as_if_without_us(*args: Any, **kwargs: Any) -> Any:
            with contextlib.ExitStack() as while_it_lasts:
                for context in (self.step.hidden, self._drives.saving):
                    try:
                        while_it_lasts.enter_context(context())
                    except Invalid:  # whoever saves is told why that cannot be done here
                        raise
                    except Exception as error:
                        self.fail("saving what is yours", error)
                return own(*args, **kwargs)

        return as_if_without_us

    def _maker(self, own: Any) -> Any:
        def make_train_function(force: bool = False) -> Any:
            if self.active:
                try:
                    self._anew()
                except Exception as error:
                    self.fail("following the model", error)
            result = own(force=force)
            if self.active:
                self._wrap_train_function()
            return result

        return make_train_function

    def _wrap_train_function(self) -> None:
        made = self.model.train_function
        if made is None or self in getattr(made, "steered_by", ()):
            return
        inner, turnstile = self.step.around(made), self.turnstile

        def train_function(*args: Any) -> Any:
            if not self.active:
                return self._left(made, inner)(*args)
            if turnstile.waiting:
                turnstile.let_pass()
            with turnstile.gate:
                if self._rest:
                    self._rest -= 1
                else:
                    self.step.about_to_run(*args)
                    self.refill()
                    if not self.active:
                        return self._left(made, inner)(*args)
                result = inner(*args)
                self.executions += 1
                return result

        train_function.steered_by = (self, *getattr(made, "steered_by", ()))  # type: ignore[attr-defined]
        self.model.train_function = train_function

    def _left(self, made: Any, inner: Any) -> Any:
        """The train function of whoever is not steered any more."""
        if not self._leaving:
            return made
        self._leaving = False
        with contextlib.suppress(Exception):
            self._drives.release()
        return inner  # which takes these last inputs with it

    def refill(self) -> None:
        """Before an execution: have the table hold the rates of its steps."""
        if not self.active:
            return
        try:
            begun, self._rests = self._rests + 1, 0
            self._rest = self._rests = self._drives.before_execution(begun)
        except Exception as error:
            self.fail("refilling the table of rates", error)
