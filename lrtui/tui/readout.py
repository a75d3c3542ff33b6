"""What stands below the plot of rates: landmarks, or the rates under the cursor. Pure."""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from lrtui.plotting import Picture, legend_rows
from lrtui.schedules import Schedule
from lrtui.schedules.landmarks import Landmark, landmarks
from lrtui.tui import figures
from lrtui.tui.pictures import FORM, USED, named_curves
from lrtui.tui.rows import Row
from lrtui.tui.scene import Scene, driving

LANDMARKS_UP_TO = 200_000
"""Beyond so many steps, looking at each of them would be felt at every key press."""

LANDMARKS = ("start", "peak", "half", "end", "mean", "restarts", "area", "lowest")
"""The important first."""

Part = tuple[str, str]
"""A text and its paint."""


def readout(scene: Scene, width: int, rows: int) -> list[Row]:
    """What `width` cells and so many rows hold, the important first."""
    step = scene.cursor
    legend = painted(legend_rows(named_curves(scene, step), width, rows, scene.marker))
    if step is None:
        free = max(rows - len(legend), 0 if legend else 1)
        return [*legend, *_flowed([*_fan(scene), *_landmarks(scene)], width, free, scene.ascii)]
    read = _flowed(_under_cursor(scene, step), width, 1, scene.ascii)
    return [*read, *legend][: max(rows, 1)]


def painted(picture: Picture) -> list[Row]:
    """The rows of a picture as painted texts."""
    rows: list[Row] = []
    for text, paint in zip(picture.rows, picture.paint, strict=True):
        edges = [0, *(np.flatnonzero(np.diff(paint)) + 1).tolist(), len(text)]
        rows.append(
            [
                (text[start:end], f"curve-{paint[start]}" if paint[start] else "")
                for start, end in pairwise(edges)
            ]
        )
    return rows


def _landmarks(scene: Scene) -> list[Part]:
    found = _landmarks_of(scene.schedule, scene.total_steps)
    parts = []
    for mark in sorted(found, key=lambda mark: LANDMARKS.index(mark.name)):
        level = mark.name == "peak" and mark.value <= found[0].value
        if level or (mark.name == "restarts" and not mark.value) or mark.name == "lowest":
            continue
        place = f" at {mark.step}" if mark.name in ("peak", "half") and mark.step else ""
        value = f"{mark.value:.0f}" if mark.name == "restarts" else figures.rate(mark.value, 2)
        about = ("~" if scene.ascii else "≈") if mark.approximate else ""
        parts.append((f"{mark.name} {about}{value}{place}", ""))
    return parts


@lru_cache(maxsize=64)
def _landmarks_of(schedule: Schedule, steps: int) -> tuple[Landmark, ...]:
    return landmarks(schedule, steps, exact_up_to=LANDMARKS_UP_TO)


def _fan(scene: Scene) -> list[Part]:
    if not scene.fan:
        return []
    values = " ".join(value for value, _ in scene.fan)
    return [(f"fan {scene.fanned} {values}", "strong")]


def _under_cursor(scene: Scene, step: int) -> list[Part]:
    parts = [(f"step {step} (epoch {step // scene.epoch_steps + 1})", "strong")]
    record = scene.record
    if record is not None and step < record.steps:
        used, first = float(record.rates[step]), float(record.rates[0])
        parts.append((f"used {figures.rate(used, 4)}", f"curve-{USED}"))
        parts.append((f"loss {figures.loss(float(record.losses[step]))}", ""))
        parts += [(f"{used / first:.3g} of the start", "")] if first else []
    elif record is not None and scene.active:
        planned = figures.rate(driving(record).rate(step), 4)
        parts.append((f"planned {planned}", f"curve-{USED}"))
    if not scene.active:
        rate, first = float(scene.schedule(step)), float(scene.schedule(0))
        parts.append((f"{scene.name} {figures.rate(rate, 4)}", f"curve-{FORM}"))
        if first:
            parts.append((f"{rate / first:.3g} of the start", ""))
    return parts


def _flowed(parts: list[Part], width: int, rows: int, ascii: bool) -> list[Row]:
    """Parts one after another in rows; those that have no room are left out."""
    between = " - " if ascii else " · "
    lines: list[list[Part]] = []
    room = 0
    for text, paint in parts:
        if lines and len(between) + len(text) <= room:
            lines[-1] += [(between, "faint"), (text, paint)]
            room -= len(between) + len(text)
        elif len(lines) < rows:
            lines.append([(text, paint)])
            room = width - len(text)
    return list(lines)
