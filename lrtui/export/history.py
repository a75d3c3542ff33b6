"""The record of a run as CSV and as JSON; the JSON is enough to repeat the run.

An epoch's learning rate is the rate of its last step. Steps are counted from 0, so the `step` of
an epoch, which counts the steps done, is the first step of the next one.

JSON has no NaN and no infinity: such a number is written as the text "nan", "inf" or "-inf". CSV
has them bare, as pandas and NumPy read them. What was not measured is empty (CSV) or null (JSON): a
loss that the training step does not show, the rate of a step that moved no weight.
"""

import hashlib
import json
import math
import platform
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from lrtui import __version__
from lrtui.export.files import write_atomically
from lrtui.export.numbers import in_json, shortest
from lrtui.protocol import Ready
from lrtui.protocol.values import is_known, last_known, went_wrong
from lrtui.runs.epoch_columns import file_columns
from lrtui.runs.record import RunRecord
from lrtui.schedules.arrays import Float32s

ROWS_AT_ONCE = 1 << 14
_STEP_HEADER = "step,epoch,learning_rate,loss,event\n"


def export_run(
    record: RunRecord, ready: Ready | None, path: Path, *, per_step: bool = False
) -> None:
    """Write a run to a file, whole or not at all.

    Args:
        record: the run.
        ready: what the worker that trained said of itself; None: it is not known.
        path: its ending, one of :data:`HISTORY_ENDINGS`, says in which format.
        per_step: a row a step; CSV has either, JSON has both then.

    Raises:
        ValueError: there is no such format.
        OSError: it cannot be written.
    """
    write_atomically(path, history_pieces(record, path.suffix, ready, per_step=per_step))


def history_pieces(
    record: RunRecord, ending: str, ready: Ready | None = None, *, per_step: bool = False
) -> Iterator[str]:
    """The text of :func:`export_run`, in pieces: a million rows fit anywhere.

    Raises:
        ValueError: there is no such format.
    """
    if ending.lower() not in _WRITERS:
        allowed = " or ".join(HISTORY_ENDINGS)
        raise ValueError(f"a history ends in {allowed}. Received: {ending!r}")
    return _WRITERS[ending.lower()](record, ready, per_step)


def versions_of(ready: Ready | None) -> dict[str, str]:
    """What a run depends on besides what it is told: python, numpy, tensorflow, keras."""
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    return versions | ({"tensorflow": ready.tensorflow, "keras": ready.keras} if ready else {})


def _csv(record: RunRecord, ready: Ready | None, per_step: bool) -> Iterator[str]:
    """A row an epoch: epoch (from 1), step, learning_rate, loss, val_loss, resets, cuts, metrics.

    Or a row a step: step (from 0), epoch (from 1), learning_rate, loss (of its batch), event (what
    was steered before it; `skipped` where LossScaleOptimizer left the weights alone; `diverged`
    where a loss is not finite for the first time, or again after a restore).
    """
    if per_step:
        yield from _csv_of_steps(record)
        return
    columns = file_columns(record.rows)
    yield ",".join(column.name for column in columns) + "\n"
    for row in record.rows:
        yield ",".join(_cell(column.value(row)) for column in columns) + "\n"


def _csv_of_steps(record: RunRecord) -> Iterator[str]:
    events: dict[int, str] = {}
    diverged = ((one["step"], "diverged") for one in _divergences(record))
    skipped = ((step, "skipped") for step in record.skipped)
    for step, what in (*((mark.step, mark.kind) for mark in record.marks), *skipped, *diverged):
        events[step] = f"{events.get(step, '')} {what}".strip()
    yield _STEP_HEADER
    for part in _parts(record):
        columns = [column(part) for column in _columns(record).values()]
        after = [events.get(step, "") for step in range(record.steps)[part]]
        yield "".join([f"{','.join(row)}\n" for row in zip(*columns, after, strict=True)])


def _json(record: RunRecord, ready: Ready | None, per_step: bool) -> Iterator[str]:
    """The whole run as one indented JSON object.

    Its keys: lrtui (version), versions (of what trained), machine (devices and threads that it
    trained on), schedule, origin (the step that was its step 0 at the start), settings, own (of the
    user's own schedules the SHA-256 of the rates, and whether the file was edited between two uses
    in this run), state, message, history (the table, a list a column), keras_history (Keras' own
    ``History.history``), events (what was steered, each with the first step it applies to), pauses
    (those that a viewer at a distance asked for or ended, with the step that waited and who did it;
    others leave no trace), divergences (the first loss that is not finite, and the first after each
    restore), skipped (the steps that LossScaleOptimizer skipped) and, if asked for, steps (a list a
    column).
    """
    whole = {
        "lrtui": __version__,
        "versions": versions_of(ready),
        "machine": {"devices": ready.devices, "threads": ready.threads} if ready else {},
        "schedule": record.schedule,
        "origin": record.origin,
        "settings": msgspec.structs.asdict(record.settings),
        "own": {
            source: {"sha256": digest_of(rates), "edited": source in record.edited}
            for source, rates in record.samples.items()
        },
        "state": record.state,
        "message": record.message,
        "history": {
            column.name: [_json_number(column.value(row)) for row in record.rows]
            for column in file_columns(record.rows)
        },
        "keras_history": {
            name: [_finite(value) for value in values] for name, values in record.history.items()
        },
        "events": [
            {name: _finite(value) for name, value in msgspec.structs.asdict(mark).items()}
            for mark in record.marks
        ],
        "pauses": [
            msgspec.structs.asdict(pause)
            for pause in record.pauses
            if pause.who or pause.resumed_by
        ],
        "divergences": _divergences(record),
        "skipped": record.skipped,
    }
    separator = "{"
    for name, value in whole.items():
        text = json.dumps(value, indent=2, allow_nan=False).replace("\n", "\n  ")
        yield f'{separator}\n  "{name}": {text}'
        separator = ","
    yield from _json_of_steps(record) if per_step else ()
    yield "\n}\n"


def _json_of_steps(record: RunRecord) -> Iterator[str]:
    """One more key of the object; its lists are too long to be held as one text."""
    yield ',\n  "steps": '
    separator = "{"
    for name, column in _columns(record).items():
        yield f'{separator}\n    "{name}": ['
        for part in _parts(record):
            yield ", " * (part.start > 0) + ", ".join(map(_quoted, column(part)))
        yield "]"
        separator = ","
    yield "\n  }"


_WRITERS: dict[str, Callable[[RunRecord, Ready | None, bool], Iterator[str]]] = {
    ".csv": _csv,
    ".json": _json,
}
HISTORY_ENDINGS = tuple(_WRITERS)


def _divergences(record: RunRecord) -> list[dict[str, Any]]:
    """The first step whose loss is not finite, and the first after each restore.

    Read off the losses, so that they are the same whether someone watched for them or not.
    """
    restores = [mark.step for mark in record.marks if mark.kind == "restore"]
    bounds = [0, *restores, record.steps]
    found = []
    for first, stop in pairwise(bounds):
        bad = np.flatnonzero(went_wrong(record.losses[first:stop]))
        if bad.size:
            step = first + int(bad[0])
            seen = np.flatnonzero(is_known(record.losses[first:step]))
            last = first + int(seen[-1]) if seen.size else None
            rate = last_known(record.rates[step : step + 1])
            found.append(
                {
                    "step": step,
                    "learning_rate": None if rate is None else in_json(rate),
                    "loss": in_json(float(record.losses[step])),
                    "last_finite_step": last,
                    "last_finite_loss": None if last is None else in_json(record.losses[last]),
                }
            )
    return found


def digest_of(samples: bytes) -> str:
    """The SHA-256 of the rates of a schedule of the user's own: others have another."""
    return hashlib.sha256(samples).hexdigest()


def _parts(record: RunRecord) -> list[slice]:
    """The steps, so many at once that little memory is needed for their text."""
    return [slice(first, first + ROWS_AT_ONCE) for first in range(0, record.steps, ROWS_AT_ONCE)]


def _columns(record: RunRecord) -> dict[str, Callable[[slice], list[str]]]:
    """What is known of each step, as texts for some of the steps."""
    steps, ends = range(record.steps), [row.steps for row in record.rows]
    return {
        "step": lambda part: [str(step) for step in steps[part]],
        "epoch": lambda part: [str(bisect_right(ends, step) + 1) for step in steps[part]],
        "learning_rate": lambda part: _texts(record.rates[part]),
        "loss": lambda part: _texts(record.losses[part]),
    }


def _texts(values: Float32s) -> list[str]:
    """Each as text; empty: it is not known."""
    texts = list(map(str, values))
    for place in np.flatnonzero(~is_known(values)).tolist():
        texts[place] = ""
    return texts


def _quoted(text: str) -> str:
    return f'"{text}"' if text in ("nan", "inf", "-inf") else text or "null"


def _cell(value: float | None) -> str:
    """A value of the CSV; counts are whole."""
    return "" if value is None else str(value) if isinstance(value, int) else shortest(value)


def _json_number(value: float | None) -> float | str | None:
    return value if value is None or isinstance(value, int) else in_json(value)


def _finite(value: Any) -> Any:
    """The value itself, to its last digit, unless it is a number that JSON does not have."""
    return shortest(value) if isinstance(value, float) and not math.isfinite(value) else value
