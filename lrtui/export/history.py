"""The record of a run as CSV and as JSON.

An epoch's learning rate is the rate of its last step. Steps are counted from 0, so the `step` of
an epoch, which counts the steps done, is the first step of the next one.

JSON has no NaN and no infinity: such a number is written as the text "nan", "inf" or "-inf". CSV
has them bare, as pandas and NumPy read them. What was not measured is empty (CSV) or null (JSON).
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping

import msgspec

from lrtui import __version__
from lrtui.export.numbers import shortest
from lrtui.training.record import RunRecord

_CSV_HEADER = "epoch,step,learning_rate,loss,val_loss,resets,cuts"


def history_csv(record: RunRecord, versions: Mapping[str, str] | None = None) -> str:
    """A row an epoch: epoch (from 1), step, learning_rate, loss, val_loss, resets, cuts.

    `versions` has no place in a CSV and is left out.
    """
    rows = [
        f"{row.epoch},{row.steps},{shortest(row.learning_rate)},{shortest(row.loss)},"
        f"{'' if row.validation_loss is None else shortest(row.validation_loss)},"
        f"{row.resets},{row.cuts}"
        for row in record.rows
    ]
    return "\n".join([_CSV_HEADER, *rows, ""])


def history_json(record: RunRecord, versions: Mapping[str, str] | None = None) -> str:
    """The whole run but its single steps, as one indented JSON object.

    Its keys: lrtui (version), versions (of what trained, if known), schedule, settings, state,
    message, history (the table, a list a column), keras_history (Keras' own ``History.history``),
    events (resets, scales and cuts on a plateau, each with the first step it applies to).
    """
    rows = record.rows
    whole = {
        "lrtui": __version__,
        "versions": dict(versions or {}),
        "schedule": record.schedule,
        "settings": msgspec.structs.asdict(record.settings),
        "state": record.state,
        "message": record.message,
        "history": {
            "epoch": [row.epoch for row in rows],
            "step": [row.steps for row in rows],
            "learning_rate": _numbers(row.learning_rate for row in rows),
            "loss": _numbers(row.loss for row in rows),
            "val_loss": _numbers(row.validation_loss for row in rows),
            "resets": [row.resets for row in rows],
            "cuts": [row.cuts for row in rows],
        },
        "keras_history": {
            name: [value if math.isfinite(value) else shortest(value) for value in values]
            for name, values in record.history.items()
        },
        "events": [
            {"step": mark.step, "kind": mark.kind, "schedule": mark.schedule, "factor": mark.factor}
            for mark in record.marks
        ],
    }
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


_WRITERS: dict[str, Callable[[RunRecord, Mapping[str, str] | None], str]] = {
    ".csv": history_csv,
    ".json": history_json,
}
HISTORY_ENDINGS = tuple(_WRITERS)


def history_text(record: RunRecord, ending: str, versions: Mapping[str, str] | None = None) -> str:
    """The record in the format that goes with a file's ending, one of :data:`HISTORY_ENDINGS`.

    Raises:
        ValueError: there is no such format.
    """
    if ending.lower() not in _WRITERS:
        allowed = " or ".join(HISTORY_ENDINGS)
        raise ValueError(f"a history ends in {allowed}. Received: {ending!r}")
    return _WRITERS[ending.lower()](record, versions)


def _numbers(values: Iterable[float | None]) -> list[float | str | None]:
    return [None if value is None else _number(value) for value in values]


def _number(value: float) -> float | str:
    text = shortest(value)
    return float(text) if math.isfinite(value) else text
