"""What a run tells whoever watches: every step in bulk, epochs, and how it was steered.

It reads what was noted inside the compiled step, and neither computes a rate nor waits.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lrtui.live.link import Link
from lrtui.live.memory import resident_bytes
from lrtui.live.noted import Noted
from lrtui.protocol import Epoch, StepsDone, pack, to_wire

if TYPE_CHECKING:
    from lrtui.live.steering import Steering

REPORT_SECONDS = 0.2
"""Steps are reported at most this often; a screen draws them four times a second."""


class Reporter:
    """Reports one fit. Steps are counted from 0 at its start.

    Args:
        link: who is told.
        steering: of the model that trains.
        steps_per_execution: of that model.
        clock: seconds, monotonic.
    """

    def __init__(
        self, link: Link, steering: "Steering", steps_per_execution: int, clock: Callable[[], float]
    ) -> None:
        self._link = link
        self._steering = steering
        self._clock = clock
        self.begun = steering.steps
        """The first step of the fit, as `steering` counts."""
        self._reported = 0
        self._batches_unread = 0
        self._batches_held = steering.capacity // (2 * steps_per_execution)
        self._epochs: list[Epoch] = []
        self._due = clock() + REPORT_SECONDS

    @property
    def steps(self) -> int:
        """Steps done since the start of the fit."""
        return self._steering.steps - self.begun

    def due(self) -> bool:
        """Whether it is time for :meth:`flush`. Call it once after each batch."""
        self._batches_unread += 1
        return self._clock() >= self._due or self._batches_unread >= self._batches_held

    def epoch(self, epoch: int, logs: dict[str, Any]) -> None:
        """An epoch, counted from 0, ended: report it. Its logs hold the rate of its last step."""
        # A metric may be an array, one value a class: that is no column of a table.
        told = {name: to_wire(float(one)) for name, one in logs.items() if np.ndim(one) == 0}
        if told.get("loss") == 0 and not self._loss_is_known():
            del told["loss"]
        self._epochs.append(Epoch(epoch + 1, self.steps, told))

    def flush(self) -> tuple[int, Noted] | None:
        """Report all that is done and not reported yet.

        Returns:
            The first of the steps that were reported, and what was noted of them, if any.
        """
        self._batches_unread = 0
        self._due = self._clock() + REPORT_SECONDS
        first, steps, noted = self._reported, self.steps, None
        if steps > first:
            noted = self._steering.read(self.begun + first, self.begun + steps)
            skipped = tuple(int(at) + first for at in np.flatnonzero(noted.skipped))
            rates, losses = pack(noted.rates), pack(noted.losses)
            self._link.send(StepsDone(first, rates, losses, resident_bytes(), skipped))
            self._reported = steps
        for epoch in self._epochs:
            self._link.send(epoch)
        self._epochs.clear()
        return None if noted is None else (first, noted)

    def _loss_is_known(self) -> bool:
        """Whether Keras' mean of the loss is one: 0 is also what it says when it was never told."""
        model, last = self._steering.model, self._steering.steps
        keras_own = any(one is model._loss_tracker for one in model.metrics)
        return not keras_own or bool(self._steering.read(last - 1, last).seen.any())
