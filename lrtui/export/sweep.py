"""A sweep as CSV and as JSON, a row a cell, the same columns in both.

Numbers are written as they read back. What there is none of is empty in CSV and null in JSON.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from lrtui.export.numbers import shortest
from lrtui.runs.sweeps.answers import CellAnswer, SweepAnswers, verdict_lines
from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.stored_trainings import TrainingKind


def sweep_csv(answers: SweepAnswers) -> str:
    """A row a cell: schedule, a column for each axis, trainings, diverged, then median, lowest and
    highest final loss over the seeds, the median of the lowest losses, and why it is not trained.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(_rows(answers)):
        if not number:
            writer.writerow(row)
        writer.writerow([_cell(value) for value in row.values()])
    return out.getvalue()


def sweep_json(answers: SweepAnswers, kinds: Sequence[TrainingKind], left_out: list[str]) -> str:
    """The rows, each with its losses by seed, what was asked for and what follows, in one."""
    sweep = answers.sweep
    verdict = answers.verdict
    rows = []
    for row, one in zip(_rows(answers), answers.cells, strict=True):
        losses = dict(zip(map(str, sweep.seeds), map(_number, one.losses), strict=False))
        rows.append({**row, "losses": losses})
    told: dict[str, Any] = {
        "schedules": sweep.schedules,
        "over": {axis.name: axis.values for axis in sweep.axes},
        "seeds": sweep.seeds,
        "settings": msgspec.to_builtins(sweep.settings),
        "measure": measure_of(sweep),
        "versions": kinds[0].versions if kinds else {},
        "made_with": msgspec.to_builtins(kinds),
        "cells": rows,
        "lowest": verdict.lowest,
        "best": verdict.best,
        "no_different": verdict.alike,
        "verdict": verdict_lines(answers),
        "left_out": left_out,
        "trainings": answers.trainings,
        "core_seconds": round(answers.seconds, 3),
    }
    return json.dumps(told, indent=2) + "\n"


def measure_of(sweep: SweepRequest) -> str:
    """What the losses are: val_loss, or loss where nothing is validated."""
    return "val_loss" if sweep.settings.validation_share else "loss"


def _rows(answers: SweepAnswers) -> Iterator[dict[str, Any]]:
    for one in answers.cells:
        axes = zip((axis.name for axis in answers.sweep.axes), one.values, strict=True)
        yield {
            "schedule": one.schedule or answers.sweep.schedules[one.place[0]],
            **{f"over_{name}" if name == "schedule" else name: value for name, value in axes},
            "trainings": len(one.losses),
            "diverged": one.diverged,
            "median": _number(one.median),
            "lowest": _number(one.lowest),
            "highest": _number(one.highest),
            "best": _number(_median_of_bests(one)),
            "why": one.why,
        }


def _median_of_bests(one: CellAnswer) -> float:
    ordered = sorted(one.bests)
    middle = len(ordered) // 2
    if not ordered:
        return math.nan
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return shortest(value) if isinstance(value, float) else str(value)
