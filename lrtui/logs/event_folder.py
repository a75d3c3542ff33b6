"""The trainings in a folder of TensorBoard's event files.

Keras writes those of one training into ``train`` and ``validation``; lrtui a ``steps`` beside them.
A folder may hold several trainings, and one training several files: it begins anew where a file's
steps do not go on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from lrtui.logs import columns
from lrtui.logs.files.event_file import Points, joined
from lrtui.logs.table import MOST_TRAININGS
from lrtui.logs.values import Log, Series, Unit
from lrtui.schedules.arrays import Int64s

Scalars = Mapping[str, Points]
PARTS = ("train", "validation", "val", "eval", "test", "steps")
"""Folders that hold a part of one training."""
_VALIDATION = ("validation", "val", "eval", "test")
_EPOCH = "epoch_"
"""What Keras puts before that which it logs at the end of an epoch."""
_BATCH = "batch_"
"""And of a batch, over the number of batches done."""
_ITERATIONS = "_vs_iterations"
"""What ends the name of that which Keras logs over the steps done, after each validation."""


def training_of(folder: Path) -> Path:
    """The folder of the training that a folder of event files belongs to."""
    return folder.parent if folder.name in PARTS else folder


def logs_of(
    files: Iterable[tuple[Path, Scalars]], root: Path, chosen: Mapping[str, str]
) -> tuple[Log, ...]:
    """The trainings in files, each given with what was read of it.

    Args:
        files: in the order of their time.
        root: what the person named.
        chosen: which scalar is what, where a person said it.
    """
    folders: dict[Path, list[Scalars]] = defaultdict(list)
    for path, scalars in files:
        folders[path.parent].append(scalars)
    trainings: dict[Path, dict[str, list[dict[str, Points]]]] = defaultdict(dict)
    left_out: dict[Path, int] = defaultdict(int)
    for folder, parts in folders.items():
        part = folder.name if folder.name in PARTS else ""
        training = training_of(folder)
        trainings[training][part], more = _split(parts)
        left_out[training] = max(left_out[training], more)
    logs = []
    for folder, split in trainings.items():
        name = _name(folder, root)
        for place in range(max(map(len, split.values()))):
            of_one = {part: runs[place] for part, runs in split.items() if place < len(runs)}
            if log := _log(of_one, name, chosen):
                logs.append(replace(log, left_out=left_out.pop(folder, 0)))
    return tuple(logs)


def _name(folder: Path, root: Path) -> str:
    if folder != root and root in folder.parents:
        return str(folder.relative_to(root))
    return folder.name or str(folder)


def _split(files: list[Scalars]) -> tuple[list[dict[str, Points]], int]:
    """The scalars of each training that wrote into a folder; how many more there were in a file."""
    runs: list[dict[str, list[Points]]] = [defaultdict(list)]
    last: dict[str, int] = {}
    left_out = 0
    for scalars in files:
        if any(tag in last and one.steps[0] <= last[tag] for tag, one in scalars.items()):
            runs.append(defaultdict(list))
            last = {}
        begins = [-1, *_turns(scalars), 1 << 62]
        more = max(0, len(begins) - 1 - MOST_TRAININGS)
        left_out += more
        for begin, stop in pairwise(begins[more:]):
            if begin >= 0:
                runs.append(defaultdict(list))
                last = {}
            for tag, points in scalars.items():
                within = (points.places >= begin) & (points.places < stop)
                if within.any():
                    runs[-1][tag].append(points if within.all() else points.of(within))
                    last[tag] = int(points.steps[within][-1])
    whole = [{tag: joined(pieces) for tag, pieces in run.items()} for run in runs]
    return [run for run in whole if run], left_out


def _turns(scalars: Scalars) -> list[int]:
    """The places in a file at which the steps of a scalar go back."""
    found: set[int] = set()
    for points in scalars.values():
        found |= set(points.places[1:][np.diff(points.steps) < 0].tolist())
    return sorted(found)


def _log(parts: Mapping[str, Scalars], name: str, chosen: Mapping[str, str]) -> Log | None:
    found = []
    for part, scalars in parts.items():
        before = "val_" if part in _VALIDATION else ""
        for tag, points in scalars.items():
            unit: Unit = "epoch" if tag.startswith(_EPOCH) else "step"
            at = points.steps - 1 if tag.startswith(_BATCH) else points.steps
            found.append(Series(before + tag, at, points.values, unit))
    if not found:
        return None
    names = [one.name for one in found if not one.name.endswith(_ITERATIONS)]
    return Log(name, "TensorBoard", tuple(found), columns.roles(names, chosen), _length(found))


def _length(found: list[Series]) -> int | None:
    """Steps of an epoch, as Keras' own scalars tell it."""
    for one in found:
        if one.name.endswith(_ITERATIONS):
            return _constant(one.at)
    batches = [one.at for one in found if one.name.startswith(_BATCH)]
    epochs = [len(one) for one in found if one.unit == "epoch"]
    if batches and epochs and (np.diff(batches[0]) == 1).all():
        count = len(batches[0])
        return count // epochs[0] if count % epochs[0] == 0 else None
    return None


def _constant(done: Int64s) -> int | None:
    lengths = np.diff(done, prepend=0)
    return (
        int(lengths[0]) if len(lengths) and (lengths == lengths[0]).all() and lengths[0] else None
    )
