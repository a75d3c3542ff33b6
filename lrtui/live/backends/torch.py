"""Steering and notes inside a step on torch, where a step is Python that runs each time.

The table and the count stay in Python; losses and the rates of the user's own schedule stay on
their device until they are read in bulk.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import torch

from lrtui.live.backends.in_place import TrainedInPlace
from lrtui.live.backends.in_step import Own, RateInputs
from lrtui.live.noted import ACCUMULATED, DID, LOSS, RATE, SEEN, SKIPPED, UPDATED
from lrtui.schedules.arrays import Float32s, Int64s

TENSOR_FUNCTIONS: tuple[type, ...] = ()


def each_step(schedule: Any, steps: Int64s) -> Float32s:
    """What a schedule gives for each step, one at a time. Torch runs each call as it is."""
    with torch.no_grad():
        return np.array([float(schedule(torch.tensor(step))) for step in steps], np.float32)


class Step(TrainedInPlace):
    """What runs inside the steps of one optimizer on PyTorch, and steers it between two."""

    TRACED_ONCE = False

    def __init__(self, model: Any, optimizer: Any, rows: Float32s, begun: int) -> None:
        capacity = len(rows) - 1
        self._capacity, self._size = capacity, capacity + 1
        self._step, self._position = begun, 0
        self._inputs = RateInputs(np.ones(capacity, np.float32))
        self._rows = rows
        self._elsewhere: Any = None
        self._is_elsewhere = np.zeros((self._size, 2), bool)

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def rate(self, own: Own) -> Any:
        """Inside a step: the rate that it takes."""
        inputs = self._inputs
        if not inputs.driven:
            rate = keras.ops.convert_to_tensor(own(inputs.origin)).detach()
            return rate * inputs.scale if inputs.scale != 1 else rate
        place = min(max(self._position - inputs.first, 0), self._capacity - 1)
        return torch.tensor(np.float32(inputs.scale) * inputs.table[place])

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def note_update(self, rate: Any, gradients: Any, accumulation: int) -> None:
        """Inside a step, after its update: note the rate, go on to the next step."""
        slot = self._step % self._size
        self._keep(RATE, slot, rate)
        last = accumulation == 1 or (self._position + 1) % accumulation == 0
        self._rows[slot, DID] = UPDATED if last else ACCUMULATED
        self._step += 1
        self._position += 1
        self._rows[self._step % self._size, SEEN] = 0

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def note_loss(self, loss: Any) -> None:
        """Inside a step: note its loss."""
        if loss.device.type == "meta":
            return  # Keras looks at shapes only
        slot = self._step % self._size
        self._keep(LOSS, slot, loss if loss.ndim == 0 else loss.mean())
        self._rows[slot, SEEN] = 1

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def note_skip(self, finite: Any) -> None:
        """Inside a step: it is skipped if its gradients are not finite.

        Keras waits for this number too.
        """
        if not finite:
            self._rows[self._step % self._size, DID] = SKIPPED
            self._step += 1
            self._rows[self._step % self._size, SEEN] = 0

    def put_inputs(self, inputs: RateInputs) -> None:
        """Between two steps: steer the next ones so."""
        self._inputs = inputs

    def assign(self, variable: Any, assign: Callable[[Any], Any], value: float) -> None:
        """Between two steps: set a variable of the optimizer by its own `assign`."""
        assign(value)

    def number(self, variable: Any) -> float:
        """Between two steps: a scalar variable's present value."""
        return float(variable.value)

    def done(self) -> tuple[int, int]:
        """Between two steps: the step and the position that come next."""
        return self._step, self._position

    def rows(self) -> Float32s:
        """Between two steps: all notes, shape (capacity + 1, 4), at step modulo capacity + 1."""
        return self.snapshot()()[1]

    def snapshot(self) -> Callable[[], tuple[int, Float32s]]:
        """Between two steps: what is noted by now.

        Its call waits for it, also in another thread.
        """
        step, rows, there = self._step, self._rows.copy(), self._elsewhere
        if there is None:
            return lambda: (step, rows)
        there, where = there.clone(), self._is_elsewhere.copy()
        return lambda: (step, _with(rows, there.cpu().numpy(), where))

    def count(self) -> Any:
        """Between two steps: the step that comes next, not waited for; its ``int`` waits."""
        return self._step

    def inside(self) -> bool:
        """Whether a step is being traced, or run, right now. Known by whoever calls the update."""
        return False

    def settle(self) -> None:
        """Between two steps: put what waits for the next execution where others see it.

        Nothing waits.
        """

    def carried(self) -> bool:
        """Whether the state is elsewhere: what variables are assigned now is a copy of it."""
        return False

    def stale(self) -> bool:
        """Whether the model was compiled again, so that this must be attached anew."""
        return False

    def plain(self, function: Any) -> Any:
        """A hook that the framework runs as it stands, and does not translate.

        What it calls is compiled all the same.
        """
        return torch.compiler.disable(function, recursive=False)

    def processes(self) -> int:
        """How many processes train this model together."""
        return int(torch.distributed.get_world_size()) if _in_group() else 1

    def chief(self) -> bool:
        """Whether this is the one of them that is watched."""
        return not _in_group() or int(torch.distributed.get_rank()) == 0

    def _keep(self, column: int, slot: int, value: Any) -> None:
        """Keep a number where it is: asking another device for it would wait for its steps."""
        device = value.device
        if device.type == "cpu":
            self._rows[slot, column] = float(value.detach())
            self._is_elsewhere[slot, column] = False
            return
        if self._elsewhere is None:
            self._elsewhere = torch.zeros((self._size, 2), device=device)
        self._elsewhere[slot, column] = value.detach()
        self._is_elsewhere[slot, column] = True


def _with(rows: Float32s, there: Float32s, where: Any) -> Float32s:
    """Notes, with those numbers that are on another device."""
    rows[:, : LOSS + 1] = np.where(where, there, rows[:, : LOSS + 1])
    return rows


def _in_group() -> bool:
    """Whether this process trains together with others."""
    return bool(torch.distributed.is_available() and torch.distributed.is_initialized())
