"""Trainings of a sweep as values: which are wanted, and what came of each. Pure."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from lrtui.protocol import unpack
from lrtui.protocol.chunks import ChunkDone
from lrtui.schedules.arrays import Float32s, Float64s, Int64s

KEY_BYTES = 16


class WantedTraining(Struct, frozen=True):
    """One training of a sweep."""

    key: bytes
    """What its numbers depend on, as a digest."""
    cell: int
    """Which cell it is of, in the order of the axes."""
    seed: int
    schedule: str
    settings: str
    """As JSON, without the seed."""
    files: str
    """Own files that it runs, with their SHA-256, as JSON."""


class Finished(Struct, frozen=True):
    """What came of a training."""

    final: float
    """The last epoch's loss, validated where that is done; NaN where it diverged."""
    best: float
    """The lowest at any epoch's end."""
    diverged: bool
    seconds: float
    """Its share of what its chunk took, counted by core."""


class TrainingKind(Struct, frozen=True):
    """On what a training's last bits depend."""

    stack: int
    """So many were trained together, at most."""
    threads: int
    processor: str
    versions: dict[str, str]


class SweepEnds(Struct, frozen=True):
    """What came of trainings of a sweep, arrays with a place a training."""

    cells: Int64s
    """Of which cell."""
    seeds: Int64s
    finals: Float64s
    """As in :class:`Finished`."""
    bests: Float64s
    seconds: Float64s

    @staticmethod
    def of(rows: Sequence[tuple[int, int, float | None, float | None, float]]) -> "SweepEnds":
        """From cell, seed, final and best loss (None where it diverged) and seconds of each."""
        table = np.array(rows, np.float64).reshape(-1, 5)
        return SweepEnds(*table[:, :2].T.astype(np.int64), *table[:, 2:].T)


def finished(means: Float32s, validation: Float32s | None, seconds: float) -> Finished:
    """What the losses of a training's epochs say.

    Args:
        means: of each epoch.
        validation: at the end of each; None: nothing is validated.
        seconds: that it took.
    """
    losses = means if validation is None else validation
    if not (np.isfinite(means).all() and np.isfinite(losses).all()) or not len(losses):
        return Finished(np.nan, np.nan, True, seconds)
    return Finished(float(losses[-1]), float(losses.min()), False, seconds)


def finished_of(some: Sequence[WantedTraining], done: ChunkDone) -> dict[bytes, Finished]:
    """What came of the trainings of a chunk, by their keys."""
    means, validation = losses_of(some, done)
    return {
        one.key: finished(
            means[row],
            validation[row] if done.validation else None,
            done.seconds * done.threads / len(some),
        )
        for row, one in enumerate(some)
    }


def losses_of(some: Sequence[WantedTraining], done: ChunkDone) -> tuple[Float32s, Float32s]:
    """Of each epoch and at its end, shape (trainings, epochs)."""
    means, validation = unpack(done.means), unpack(done.validation)
    return means.reshape(len(some), -1), validation.reshape(len(some), -1)
