"""Watches a run for its first loss that is not finite, and keeps states to go back to.

It looks at losses that were read for the report anyway, so that a step costs nothing more. It
decides nothing: whether to pause and when to go back is told it.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np

from lrtui.live.checkpoint import Checkpoint, Checkpoints
from lrtui.live.noted import Noted
from lrtui.protocol import Diverged, to_wire
from lrtui.protocol.values import went_wrong
from lrtui.schedules import Invalid

if TYPE_CHECKING:
    from lrtui.live.steering import Steering


class DivergenceWatch:
    """Watches one fit. Steps are counted from 0 at its start.

    Args:
        model: the one that trains; None: a loop of one's own, whose states are not ours to keep.
        steering: of the same model.
        watching: whether to watch and keep checkpoints.
        wanted: steps whose state is kept in any case, for a script that goes back to them.
    """

    def __init__(
        self,
        model: Any,
        steering: "Steering",
        watching: bool,
        wanted: Collection[int] = (),
    ) -> None:
        self._model = model
        self._steering = steering
        self._begun = steering.steps
        self._on = self.watching = watching
        self._wanted: dict[int, Checkpoint | None] = dict.fromkeys(wanted)
        self._checkpoints = Checkpoints()
        self._last: tuple[int, float] | None = None
        self._restored_at: int | None = None
        self.due = False
        """Whether a state is to be kept as soon as there are weights: the first step makes them."""
        self.blind = False
        """Whether it is to watch, and no loss of any step has been seen."""
        self.found: Diverged | None = None
        """What was found and not restored from."""

    def keep(self) -> None:
        """Keep the state of now, if it is watching and all was finite so far."""
        watching = self.watching and self._model is not None
        self.due = watching and not self._model.built
        if watching and not self.due and self._steering.steps != self._restored_at:
            step = self._steering.steps
            with self._steering.unseen():
                self._checkpoints.take(self._model, step)

    def keep_wanted(self, step: int) -> None:
        """Keep the state of now, before this step, if a script will want it."""
        if step in self._wanted and self._wanted[step] is None:
            self._wanted[step] = self._steering.checkpoint()

    def look(self, first: int, noted: Noted) -> None:
        """Look at what was noted from step `first` on; :attr:`found` says whether it is bad."""
        if not self.watching:
            return
        losses = noted.losses
        bad = np.flatnonzero(went_wrong(losses))
        good = int(bad[0]) if bad.size else len(losses)
        seen = np.flatnonzero(noted.seen[:good])
        self.blind = not (seen.size or bad.size or self._last)
        if seen.size:
            self._last = first + int(seen[-1]), float(losses[seen[-1]])
        if not bad.size:
            return
        self.watching = False
        kept = self._checkpoints.at()
        self.found = Diverged(
            step=first + good,
            loss=to_wire(float(losses[good])),
            learning_rate=to_wire(float(noted.rates[good])),
            last_finite_step=self._last[0] if self._last else None,
            last_finite_loss=to_wire(self._last[1]) if self._last else None,
            checkpoint_step=kept.step - self._begun if kept else None,
        )

    def restore(self, step: int | None = None) -> None:
        """Put a state back, and watch again.

        Args:
            step: before which it was taken; None: the last that was kept.

        Raises:
            Invalid: there is none.
        """
        if self._model is None:
            raise Invalid("restore", "is for a Keras fit: a loop keeps its own weights", step)
        last = None if step is None else step + self._begun
        wanted = None if step is None else self._wanted.get(step)
        checkpoint = wanted or self._checkpoints.at(last)
        if checkpoint is None:
            kept = [at - self._begun for at in self._checkpoints.steps]
            allowed = f"one of {kept}, where a state was kept" if kept else "left: none was kept"
            raise Invalid("checkpoint_step", f"must be {allowed}", step)
        self._steering.restore(checkpoint)
        self._restored_at = self._steering.steps
        self.found, self._last, self.watching = None, None, self._on
