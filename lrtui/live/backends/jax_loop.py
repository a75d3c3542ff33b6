"""A Keras optimizer in a loop of one's own on JAX: the loop passes the rate into its compiled step.

There ``optimizer.stateless_apply`` takes it. Nothing of ours is among the optimizer's variables,
whose list the loop holds itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import keras
from jax import numpy as jnp
from keras.optimizers.schedules import LearningRateSchedule
from keras.src.backend.common.stateless_scope import in_stateless_scope

from lrtui.live.hooks import Hook
from lrtui.live.host_steering import HostSteering
from lrtui.live.passed_rate import PassedIn
from lrtui.live.rate_supply import rate_supply
from lrtui.live.steered import taking_the_rate

OWN_RATE = (
    "the step applies the optimizer's own rate: pass run.rate into it, and call stateless_apply "
    "within `with run.using(rate):`"
)
CONSTANT_RATE = (
    "the rate given to run.using is a constant of the compiled step; "
    "read run.rate before the call and pass it in as an argument"
)


class JaxOptimizer(PassedIn):
    """An optimizer of Keras in a loop on JAX, which passes the rate in.

    Args:
        optimizer: of Keras.
    """

    def __init__(self, optimizer: Any) -> None:
        taking = taking_the_rate(None, optimizer)
        own = taking._learning_rate
        scheduled = isinstance(own, LearningRateSchedule)
        supply = rate_supply(own if scheduled else float(own.value))
        super().__init__(HostSteering(supply, done=int(taking._iterations.value)))
        self.optimizer, self.backend = type(optimizer).__name__, "jax"
        self._passed: Any = None
        self._applies_own = self._applies_passed = False
        self._applies_constant = False
        self._hooks = [
            Hook(taking, "_get_current_learning_rate", self._getter),
            Hook(taking, "apply", self._applier),
        ]

    @contextmanager
    def using(self, rate: Any) -> Iterator[None]:
        """A context in which the optimizer applies this rate, where that must be said."""
        if isinstance(jnp.zeros(()), jax.core.Tracer) and not isinstance(rate, jax.core.Tracer):
            self._applies_constant = True
        before, self._passed = self._passed, rate
        try:
            yield
        finally:
            self._passed = before

    def end(self) -> None:
        """Give the optimizer back as it was.

        What was traced meanwhile goes on with what is passed in.
        """
        for hook in reversed(self._hooks):
            hook.undo()

    def _why_not(self) -> str | None:
        if self._applies_constant:
            return CONSTANT_RATE
        if self._applies_own or not self._applies_passed:
            return OWN_RATE
        return super()._why_not()

    def _getter(self, own: Any) -> Any:
        def get_current_learning_rate() -> Any:
            if self._passed is not None:
                self._applies_passed = True
                return keras.ops.cast(jnp.asarray(self._passed), "float32")
            if in_stateless_scope():
                self._applies_own = True
                return own()
            return jnp.float32(self.steering.next_rate())

        return get_current_learning_rate

    def _applier(self, own: Any) -> Any:
        def apply(grads: Any, trainable_variables: Any = None) -> Any:
            if self._passed is not None or in_stateless_scope():
                return own(grads, trainable_variables)
            with self.using(self.next_rate()):  # outside a compiled step nobody need pass it in
                return own(grads, trainable_variables)

        return apply
