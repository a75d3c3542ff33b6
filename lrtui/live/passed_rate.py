"""The rates of a loop that asks for each and passes it to whatever applies it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lrtui.live.host_steering import HostSteering
from lrtui.live.processes import group

NOT_ASKED = (
    "the loop has not asked for run.rate before its last step, so it uses another rate, "
    "which is not known here"
)
CONSTANT = (
    "run.rate was read while the step was compiled, so it is a constant there; "
    "read it before the call and pass it in as an argument"
)


class PassedIn:
    """The loop asks for each rate, and passes it to whatever applies it.

    Args:
        steering: says which rates.
    """

    def __init__(self, steering: HostSteering) -> None:
        self.steering = steering
        self.optimizer, self.backend = "", framework()
        self._group = group()
        self._asked = False
        self._given = 0.0
        self._constant = False

    @property
    def refusal(self) -> str | None:
        """Why it cannot be steered, as far as is known; None: it can."""
        return self.steering.refusal

    @property
    def watched_here(self) -> bool:
        """Whether this is, of several processes, the one that is watched."""
        return self._group.place == 0

    def next_rate(self) -> float:
        """The rate that the next step is to use.

        A float32: a compiled step that takes it is compiled once.
        """
        if _compiling():
            self._constant = True
        self._asked, self._given = True, self.steering.next_rate()
        return np.float32(self._given)  # type: ignore[return-value]

    @contextmanager
    def using(self, rate: Any) -> Iterator[None]:
        """A context in which the optimizer applies this rate, where that must be said.

        Whatever applies it has been given it already.
        """
        yield

    def stepped(self) -> None:
        """The loop has done a step."""
        reason = self._why_not()
        self.steering.note(None if reason else self._given)
        self.steering.refusal = self._group.refusal or reason
        self._asked = False

    def end(self) -> None:
        """Give the optimizer back as it was."""

    def _why_not(self) -> str | None:
        """Why the rate of the step just done is not known; None: it is what was given."""
        if self._constant:
            return CONSTANT
        return None if self._asked else NOT_ASKED


def framework() -> str:
    """The framework of a loop that only asks for rates, as far as it can be told."""
    for name in ("jax", "torch", "tensorflow"):
        if name in sys.modules:
            return name
    return ""


def _compiling() -> bool:
    """Whether a framework is tracing a step right now: a number read here is a constant in it."""
    clean = getattr(sys.modules.get("jax._src.core"), "trace_state_clean", None)
    if clean is not None and not clean():
        return True
    inside = getattr(sys.modules.get("tensorflow"), "inside_function", None)
    return inside is not None and bool(inside())
