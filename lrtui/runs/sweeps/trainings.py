"""The trainings of a sweep's cells, each with its key, and the chunks they are done in. Pure."""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from lrtui.protocol import Settings, pack
from lrtui.protocol.at_once import MOST_RATES, rates_of, why_not_at_once
from lrtui.protocol.chunks import SEEDS_IN_STACK, Chunk
from lrtui.runs.sweeps.cells import SweepCell, SweepRequest
from lrtui.runs.sweeps.stored_trainings import KEY_BYTES, WantedTraining
from lrtui.schedules import Schedule

STACK, SMALL_STACK = 64, 8
"""Models that are trained as one: the larger, where there are more trainings than the smaller."""
IN_TURN = 4
"""Trainings of a chunk where models are trained in turn."""

Allowed = tuple[tuple[str, str], ...]


class SweepTraining(NamedTuple):
    """One training of a sweep."""

    wanted: WantedTraining
    schedule: Schedule
    settings: Settings
    """Without its seed."""
    whole: Settings
    """Of the whole training, of which it may be the beginning."""


class PlannedChunk(NamedTuple):
    """A chunk and the trainings that it does, in its order."""

    trainings: tuple[SweepTraining, ...]
    stack: int


def refusal_of(cell: SweepCell) -> str:
    """Why a cell cannot be trained; empty: it can."""
    return cell.refused or why_not_at_once(cell.settings)


def trainings_of(
    cells: Iterable[SweepCell],
    sweep: SweepRequest,
    seeds: Sequence[int],
    allowed: Allowed = (),
    share: float = 1,
) -> list[SweepTraining]:
    """The trainings of some cells, those of the first cell first.

    Args:
        cells: that can be trained.
        sweep: that they are of.
        seeds: with each of which every cell is trained.
        allowed: own files that are run, with their digests: other content gives other numbers.
        share: of the epochs of each, from the first on, at least one.
    """
    files = msgspec.json.encode(allowed).decode()
    made = []
    for cell in cells:
        settings = cell.settings.replace(seed=0)
        if share < 1:
            settings = settings.replace(epochs=max(1, round(share * settings.epochs)))
        text = msgspec.json.encode(settings).decode()
        number = sweep.number_of(cell.place)
        # A shorter training is the beginning of the whole one.
        rates = rates_of(cell.schedule, cell.settings)[: settings.steps]
        base = hashlib.blake2b(digest_size=KEY_BYTES)
        for part in (text.encode(), files.encode(), pack(rates)):
            base.update(len(part).to_bytes(8, "little") + part)
        for seed in seeds:
            key = base.copy()
            key.update(seed.to_bytes(8, "little"))
            wanted = WantedTraining(key.digest(), number, seed, str(cell.schedule), text, files)
            made.append(SweepTraining(wanted, cell.schedule, settings, cell.settings))
    return made


def chunks_of(
    trainings: Sequence[SweepTraining], known: Container[bytes], stacked: bool
) -> Iterator[PlannedChunk]:
    """Chunks for those trainings that are not known, all of the same settings.

    How many models are stacked is the same whatever is known: numbers may depend on it.

    Args:
        trainings: all of them, in the order in which they are wanted.
        known: keys that need no training.
        stacked: whether such models are trained as one.
    """
    size = (STACK if len(trainings) > SMALL_STACK else SMALL_STACK) if stacked else 1
    most = size if stacked else IN_TURN
    fitting = max(1, MOST_RATES // trainings[0].settings.steps)
    some: list[SweepTraining] = []
    for training in {one.wanted.key: one for one in trainings}.values():
        if training.wanted.key in known:
            continue
        seeds = {one.wanted.seed for one in (*some, training)}
        schedules = {one.wanted.cell for one in (*some, training)}
        if len(some) == most or len(seeds) > SEEDS_IN_STACK or len(schedules) > fitting:
            yield PlannedChunk(tuple(some), size)
            some = []
        some.append(training)
    if some:
        yield PlannedChunk(tuple(some), size)


def chunk_of(
    planned: PlannedChunk, threads: int, allowed: Allowed, versions: Mapping[str, str]
) -> Chunk:
    """What a training process is told to do."""
    places = {one.wanted.cell: one for one in planned.trainings}
    order = list(places)
    settings = planned.trainings[0].settings
    rates = [rates_of(one.schedule, one.whole)[: settings.steps] for one in places.values()]
    return Chunk(
        settings,
        pack(np.concatenate(rates)),
        len(order),
        tuple((order.index(one.wanted.cell), one.wanted.seed) for one in planned.trainings),
        planned.stack,
        threads,
        allowed,
        dict(versions),
    )
