"""The ways in which the rate gets into the steps of a loop of one's own.

A Keras optimizer on TensorFlow or torch takes it by hooks on the optimizer, one of ``torch.optim``
by its step hooks. On JAX a step is a pure function: the loop asks for the rate and passes it in.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from lrtui.live.hooks import NotSteerable
from lrtui.live.host_steering import HostSteering
from lrtui.live.passed_rate import PassedIn, framework
from lrtui.live.processes import group
from lrtui.live.rate_supply import rate_supply
from lrtui.schedules import Invalid


class RateTaker(Protocol):
    """What takes the rates of a loop."""

    steering: Any
    """A :class:`~lrtui.live.steering.Steering`, or one of the host."""
    optimizer: str
    """The class of the optimizer; empty: not known."""
    backend: str
    """The framework; empty: not known."""

    @property
    def refusal(self) -> str | None:
        """Why it cannot be steered, as far as is known; None: it can."""

    @property
    def watched_here(self) -> bool:
        """Whether this is, of several processes, the one that is watched."""

    def next_rate(self) -> float:
        """The rate that the next step is to use."""

    def using(self, rate: Any) -> Any:
        """A context in which the optimizer applies this rate, where that must be said."""

    def stepped(self) -> None:
        """The loop has done a step."""

    def end(self) -> None:
        """Give the optimizer back as it was."""


class KerasOptimizer:
    """A Keras optimizer that takes its rates by hooks, on TensorFlow and on torch."""

    def __init__(self, optimizer: Any, capacity: int | None) -> None:
        import keras

        from lrtui.live.steered import taking_the_rate
        from lrtui.live.steering import Steering

        self._taking = taking_the_rate(None, optimizer)
        self.steering = Steering(None, optimizer=optimizer, capacity=capacity)
        self.optimizer, self.backend = type(optimizer).__name__, keras.backend.backend()

    @property
    def refusal(self) -> str | None:
        """Why it cannot be steered, as far as is known; None: it can."""
        return self.steering.refusal

    @property
    def watched_here(self) -> bool:
        """Whether this is, of several processes, the one that is watched."""
        return self.steering.watched_here

    def next_rate(self) -> float:
        """The rate that the next step is to use. Waits for the device."""
        import keras

        return float(keras.ops.convert_to_numpy(self._taking.learning_rate))

    @contextmanager
    def using(self, rate: Any) -> Iterator[None]:
        """A context in which the optimizer applies this rate, where that must be said.

        It has the same rate already.
        """
        yield

    def stepped(self) -> None:
        """The loop has done a step."""
        self.steering.before_call()

    def end(self) -> None:
        """Give the optimizer back as it was."""
        self.steering.detach()


class NotTaken:
    """An optimizer that cannot be steered: its loop is watched only.

    Args:
        optimizer: its class.
        refusal: why.
    """

    def __init__(self, optimizer: str, refusal: str) -> None:
        self.steering = HostSteering(text=optimizer)
        self.steering.refusal = refusal
        self.optimizer, self.backend = optimizer, framework()
        self.watched_here = group().place == 0

    @property
    def refusal(self) -> str | None:
        """Why it cannot be steered, as far as is known; None: it can."""
        return self.steering.refusal

    def next_rate(self) -> float:
        """The rate that the next step is to use. It is not known."""
        return float("nan")

    @contextmanager
    def using(self, rate: Any) -> Iterator[None]:
        """A context in which the optimizer applies this rate, where that must be said."""
        yield

    def stepped(self) -> None:
        """The loop has done a step."""
        self.steering.note(None)

    def end(self) -> None:
        """Give the optimizer back as it was."""


def rate_taker(what: Any, capacity: int | None = None) -> RateTaker:
    """What takes the rates, of an optimizer or for a loop that asks for them.

    Args:
        what: a Keras optimizer, one of ``torch.optim``, or whatever gives rates.
        capacity: the most steps that a compiled call of the loop does.

    Raises:
        Invalid: it is nothing of these.
    """
    if hasattr(what, "param_groups") and hasattr(what, "register_step_pre_hook"):
        from lrtui.live.torch_optimizer import TorchOptimizer

        return TorchOptimizer(what)
    if _of_keras(what):
        import keras

        try:
            if keras.backend.backend() != "jax":
                return KerasOptimizer(what, None if capacity is None else 4 * capacity)
            from lrtui.live.backends.jax_loop import JaxOptimizer

            return JaxOptimizer(what)
        except NotSteerable as refusal:
            return NotTaken(type(what).__name__, refusal.reason)
    try:
        return PassedIn(HostSteering(rate_supply(what)))
    except Invalid as refusal:
        if isinstance(what, str):
            raise
        allowed = "must be an optimizer of Keras or of torch.optim, or what gives rates"
        raise Invalid("optimizer", allowed, repr(what)[:60]) from refusal


def _of_keras(what: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(what, keras.optimizers.Optimizer)
