"""What each framework must provide to steer a step and to note what it used.

The rate of a step is ``table[position]`` where the table drives, else what the user's own optimizer
would have used, each times a scale. Table, scale and origin can be set between two steps, which
compiles nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import keras
import numpy as np
from msgspec import Struct

from lrtui.live.noted import DID, RATE, SEEN
from lrtui.schedules.arrays import Float32s

Own = Callable[[Any], Any]
"""The rate of the user's own optimizer, if it counted from an origin."""


class RateInputs(Struct, frozen=True):
    """What steers the steps from the next one on."""

    table: Float32s
    """Rates, shape (capacity,); the last one holds beyond its end."""
    first: int = 0
    """The position whose rate is the table's first."""
    driven: bool = False
    """Whether the table drives."""
    origin: int = 0
    """What the user's own schedule takes for its step 0, as the optimizer counts."""
    scale: float = 1.0


class InStep(Protocol):
    """What runs inside the steps of one optimizer.

    A step is a call of the optimizer's ``apply`` or one that ``LossScaleOptimizer`` skipped. The
    position counts those calls only: of a skipped step no schedule knows.
    """

    TRACED_ONCE: bool
    """Whether a compiled step of the user's own keeps what it was traced with."""

    def rate(self, own: Own) -> Any:
        """Inside a step: the rate that it takes."""

    def note_update(self, rate: Any, gradients: Any, accumulation: int) -> None:
        """Inside a step, after its update: note the rate, go on to the next step."""

    def note_loss(self, loss: Any) -> None:
        """Inside a step: note its loss."""

    def note_skip(self, finite: Any) -> None:
        """Inside a step: it is skipped if its gradients are not finite."""

    def put_inputs(self, inputs: RateInputs) -> None:
        """Between two steps: steer the next ones so."""

    def assign(self, variable: Any, assign: Callable[[Any], Any], value: float) -> None:
        """Between two steps: set a variable of the optimizer by its own `assign`."""

    def number(self, variable: Any) -> float:
        """Between two steps: a scalar variable's present value."""

    def done(self) -> tuple[int, int]:
        """Between two steps: the step and the position that come next."""

    def rows(self) -> Float32s:
        """Between two steps: all notes, shape (capacity + 1, 4), at step modulo capacity + 1."""

    def snapshot(self) -> Callable[[], tuple[int, Float32s]]:
        """Between two steps: what is noted by now. Its call waits for it, also in another thread.

        It gives the step that comes next, and :meth:`rows`.
        """

    def count(self) -> Any:
        """Between two steps: the step that comes next, not waited for; its ``int`` waits."""

    def inside(self) -> bool:
        """Whether a step is being traced, or run, right now."""

    def settle(self) -> None:
        """Between two steps: put what waits for the next execution where others see it."""

    def carried(self) -> bool:
        """Whether the state is elsewhere: what variables are assigned now is a copy of it."""

    def stale(self) -> bool:
        """Whether the model was compiled again, so that this must be attached anew."""

    def plain(self, function: Any) -> Any:
        """A hook that the framework runs as it stands, and does not translate."""

    def around(self, train_function: Any) -> Any:
        """The train function, with what each execution needs around it."""

    def about_to_run(self, *args: Any) -> None:
        """Before an execution with these arguments: what is read now is what it is given."""

    def attach(self) -> None:
        """Put into model and optimizer what the framework needs there."""

    def detach(self) -> None:
        """Take it out again."""

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """While something is saved or loaded: model and optimizer are as if without us."""

    def processes(self) -> int:
        """How many processes train this model together."""

    def chief(self) -> bool:
        """Whether this is the one of them that is watched."""


def raises_nowhere(optimizer: Any) -> bool:
    """Whether the optimizer's own rate is Keras' alone, which can be asked at any step."""
    own, getter = optimizer._learning_rate, type(optimizer)._get_current_learning_rate
    if getter is not keras.optimizers.Optimizer._get_current_learning_rate:
        return False
    return isinstance(own, keras.Variable) or type(own).__module__.startswith("keras.")


def blank(capacity: int) -> Float32s:
    """Notes of no step: neither a rate nor a loss is known."""
    rows = np.full((capacity + 1, 4), np.nan, np.float32)
    rows[:, DID] = rows[:, SEEN] = 0
    rows[:, RATE] = np.nan
    return rows
