"""The losses that the training of the form would have, over several seeds. Pure."""

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from lrtui.schedules.arrays import Float32s

if TYPE_CHECKING:
    from lrtui.runs.trained import Trained

SMOOTHED_PARTS = 4
"""Batch losses are smoothed over this part of an epoch, as those of a run can be."""


class LossBand(Struct, frozen=True, eq=False):
    """What is known of it so far, from the left on."""

    low: Float32s
    """The lowest smoothed loss over the seeds, shape (steps known,)."""
    middle: Float32s
    """The median."""
    high: Float32s
    """The highest."""
    validation: Float32s
    """The median validation loss at the end of each epoch known; empty: nothing is validated."""
    steps_per_epoch: int
    seeds: int
    diverged: int = 0
    """With how many seeds a loss was not finite; they are left out from there on."""
    first: int = 0
    """The step that the first of the values is of: that from which a copy of a run went on."""

    @property
    def name(self) -> str:
        """What the legend calls it."""
        if self.first:
            return "if reset, at once"
        wild = f", {self.diverged} diverged" if self.diverged else ""
        return f"at once, {self.seeds} seeds{wild}"


def loss_band(trained: "Trained") -> LossBand | None:
    """The band of trainings at once that differ in their seeds alone; None: nothing is known."""
    steps = int(trained.steps.min())
    length = trained.asked.settings.steps_per_epoch
    if not trained.asked.losses:
        return _band_of_epochs(trained, steps // length, length)
    if steps == 0:
        return None
    losses = trained.losses[:, :steps]
    smooth = _smoothed(losses, max(1, length // SMOOTHED_PARTS))
    wild = ~np.isfinite(losses).all(axis=1)
    if wild.all():
        wild_from = np.argmin(np.isfinite(losses), axis=1).max()
        smooth = smooth[:, : max(1, int(wild_from))]
    epochs = steps // length if trained.validated else 0
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduce(smooth), np.fmax.reduce(smooth)
        middle = _median(smooth)
        validation = _median(trained.validation[:, :epochs])
    return LossBand(low, middle, high, validation, length, len(losses), int(wild.sum()))


def _band_of_epochs(trained: "Trained", epochs: int, length: int) -> LossBand | None:
    """Where the losses of batches were not asked for: each epoch's mean, for all its steps."""
    if epochs == 0:
        return None
    means = trained.means[:, :epochs]
    wild = int((~np.isfinite(means).all(axis=1)).sum())
    with np.errstate(invalid="ignore"):
        three = (np.fmin.reduce(means), _median(means), np.fmax.reduce(means))
        validation = _median(trained.validation[:, : epochs if trained.validated else 0])
    low, middle, high = (np.repeat(one, length) for one in three)
    return LossBand(low, middle, high, validation, length, len(means), wild)


def _median(values: Float32s) -> Float32s:
    """Over the rows, of what is finite; NaN where nothing is."""
    known = np.isfinite(values)
    filled = np.sort(np.where(known, values, np.float32(np.inf)), axis=0)
    count = known.sum(axis=0)
    places = np.maximum(count - 1, 0)
    pick = np.arange(values.shape[1])
    both = filled[places // 2, pick] + filled[(places + 1) // 2, pick]
    return np.where(count > 0, both / 2, np.nan).astype(np.float32)


def _smoothed(losses: Float32s, window: int) -> Float32s:
    """Each loss as the mean of itself and those before it, `window` in all; NaN once one is not
    finite.
    """
    sums = np.cumsum(losses, axis=1, dtype=np.float64)
    sums[:, window:] = sums[:, window:] - sums[:, :-window].copy()
    counts = np.minimum(np.arange(losses.shape[1]) + 1, window)
    means = sums / counts
    sound = np.logical_and.accumulate(np.isfinite(losses), axis=1)
    return np.where(sound, means, np.nan).astype(np.float32)
