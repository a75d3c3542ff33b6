"""Reads logs that are a JSON document: Keras' History, transformers' trainer_state, rows.

Such a file is written anew each time, so it is read anew.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from lrtui.logs.table import Table
from lrtui.logs.values import Log

LARGEST_BYTES = 1 << 26
"""A larger document is not read: it would be in memory several times."""


class NoLog(ValueError):
    """These bytes hold no log that is known here."""


def read_json(data: bytes, name: str, chosen: Mapping[str, str]) -> tuple[Log, ...]:
    """The trainings in a document.

    Raises:
        NoLog: it is cut, no JSON, or holds none.
    """
    try:
        found = json.loads(data)  # which reads NaN, as Python writes it
    except (ValueError, RecursionError):
        found = _lines(data)
    table, kind = _table(found)
    logs = table.logs(name, kind, chosen, counts_done=kind == "lrtui")
    if not logs:
        raise NoLog("it holds no columns of numbers")
    return logs


def _lines(data: bytes) -> list[Any]:
    """The objects of a file with one a line."""
    found = []
    for line in data.splitlines():
        if line.strip():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                break
    if not found or not all(isinstance(one, dict) for one in found):
        raise NoLog("it is not JSON, or cut")
    return found


def _table(found: Any) -> tuple[Table, str]:
    if isinstance(found, dict) and isinstance(found.get("log_history"), list):
        return _of_rows(found["log_history"]), "trainer_state"
    if isinstance(found, dict) and isinstance(found.get("history"), dict):
        found = _with_epochs(found["history"], found.get("epoch"))
    if isinstance(found, dict) and isinstance(found.get("epochs"), list):
        return _of_rows(found["epochs"]), "lrtui"
    if isinstance(found, dict):
        return _of_columns(found), "History"
    if isinstance(found, list):
        return _of_rows(found), "JSON"
    raise NoLog("it is neither an object nor a list")


def _with_epochs(history: dict[str, Any], epochs: Any) -> dict[str, Any]:
    return {"epoch": epochs, **history} if isinstance(epochs, list) else history


def _of_rows(rows: list[Any]) -> Table:
    table = Table()
    for row in rows:
        if isinstance(row, dict):
            numbers = {str(name): number(value) for name, value in row.items()}
            table.add({name: value for name, value in numbers.items() if value is not None})
    return table


def _of_columns(found: dict[str, Any]) -> Table:
    """Of lists by name, as History has them, or of objects that pandas makes of them."""
    lists = {
        name: list(one.values()) if isinstance(one, dict) else one for name, one in found.items()
    }
    lists = {name: one for name, one in lists.items() if isinstance(one, list)}
    table, length = Table(), max(map(len, lists.values()), default=0)
    counted = any(name in ("epoch", "step") for name in lists)
    for row in range(length):
        numbers = {name: number(one[row]) for name, one in lists.items() if row < len(one)}
        known = {name: value for name, value in numbers.items() if value is not None}
        table.add(known if counted else {"epoch": row, **known})
    return table


def number(value: Any) -> float | None:
    """A number of a document; None: it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
