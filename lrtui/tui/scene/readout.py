"""What stands below the plot of rates: landmarks, or the rates under the cursor. Pure."""

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lrtui.plotting.legend import legend_fits, legend_rows
from lrtui.plotting.picture import Curve, Picture
from lrtui.protocol.values import last_known
from lrtui.schedules import Schedule
from lrtui.schedules.landmarks import Landmark, landmarks
from lrtui.tui import paints
from lrtui.tui.number_format import format_batch_loss, format_rate
from lrtui.tui.scene.pictures import FORM, PLANNED, USED, named_curves
from lrtui.tui.scene.scene import Scene, driving_schedule
from lrtui.tui.terminal.paint import Paint

if TYPE_CHECKING:
    from lrtui.tui.terminal.painted_rows import PaintedText

LANDMARKS_UP_TO = 200_000
"""Beyond so many steps, looking at each of them would be felt at every key press."""

LANDMARKS = ("start", "peak", "half", "end", "mean", "restarts", "area", "lowest")
"""The important first."""

_VALUES = tuple("0123456789[")
"""What the value of a parameter begins with."""
NARROW = 45
"""With fewer cells than this the rate comes before the epoch."""

BETWEEN = " · "

Span = tuple[str, Paint | None]
"""A text and its paint."""


def readout(scene: Scene, width: int, rows: int) -> "list[PaintedText]":
    """What `width` cells and so many rows hold, the important first."""
    if scene.verdict and scene.cursor is None and rows > 0:
        told = textwrap.wrap(scene.verdict, width)[: max(1, rows)]
        said: list[PaintedText] = [[(line, paints.STRONG)] for line in told]
        return said + readout(replace(scene, verdict=""), width, rows - len(said))
    if rows <= 0:
        return []
    step = scene.cursor
    if step is None:
        legend = _legend(scene, width, rows)
        free = max(rows - len(legend), 0 if legend else 1)
        return [
            *legend,
            *_flowed([*_fan(scene, width), *_landmarks(scene, width)], width, free, scene.ascii),
        ]
    read = _flowed(_under_cursor(scene, step, width), width, 1, scene.ascii)
    read += _legend(scene, width, rows - 1)
    return [*read, *_flowed(_landmarks(scene, width), width, rows - len(read), scene.ascii)]


def _legend(scene: Scene, width: int, rows: int) -> "list[PaintedText]":
    """The curves by name; what all names begin with is said once.

    With their rates at the cursor, if there is one: these alone where not all have room by name.
    """
    has_cursor, marker = scene.cursor is not None, scene.marker
    curves = named_curves(scene, scene.cursor)
    common, short = _headed(curves)
    beside = width - len(common)
    if common and rows > 0 and legend_fits(short, beside, 1, marker):
        return [[(common, None), *painted(legend_rows(short, beside, 1, marker))[0]]]
    if common and rows > 1 and (not has_cursor or legend_fits(short, width, rows - 1, marker)):
        return [[(common, None)], *painted(legend_rows(short, width, rows - 1, marker))]
    if has_cursor and not legend_fits(curves, width, rows, marker):
        curves = _by_rate(curves, named_curves(scene))
    return painted(legend_rows(curves, width, rows, marker))


def _by_rate(curves: Sequence[Curve], bare: Sequence[Curve]) -> list[Curve]:
    """The curves named by what stands after their names, if anything does."""
    return [
        curve._replace(name=curve.name.removeprefix(named.name).strip() or curve.name)
        for curve, named in zip(curves, bare, strict=False)
    ]


def _headed(curves: Sequence[Curve]) -> tuple[str, list[Curve]]:
    """The parameter that all names begin with, and the curves named by their values alone."""
    split = [curve.name.partition(" ") for curve in curves]
    words = {word for word, _, _ in split}
    values = all(value[:1] in _VALUES and "," not in value for _, _, value in split)
    if len(curves) < 2 or len(words) > 1 or not values:
        return "", list(curves)
    named = zip(curves, split, strict=True)
    return words.pop(), [curve._replace(name=value) for curve, (_, _, value) in named]


def painted(picture: Picture) -> "list[PaintedText]":
    """The rows of a picture as painted texts."""
    return [
        [(text, paints.curve(code) if code else None) for text, code in picture.painted(y)]
        for y in range(len(picture.rows))
    ]


def _landmarks(scene: Scene, width: int) -> list[Span]:
    found = _landmarks_of(scene.schedule, scene.total_steps or scene.total)
    parts: list[Span] = []
    end = scene.schedule.end()
    if end is not None and end > scene.total and not scene.active:
        told = f"ends at {end}, beyond the plot: Z"
        parts.append((told if len(told) <= width else f"ends at {end}: Z", paints.STRONG))
    for mark in sorted(found, key=lambda mark: LANDMARKS.index(mark.name)):
        level = mark.name == "peak" and mark.value <= found[0].value
        if level or (mark.name == "restarts" and not mark.value) or mark.name == "lowest":
            continue
        place = f" at {mark.step}" if mark.name in ("peak", "half") and mark.step else ""
        value = f"{mark.value:.0f}" if mark.name == "restarts" else format_rate(mark.value, 2)
        about = ("~" if scene.ascii else "≈") if mark.approximate else ""
        parts.append((f"{mark.name} {about}{value}{place}", None))
    return parts


@lru_cache(maxsize=64)
def _landmarks_of(schedule: Schedule, steps: int) -> tuple[Landmark, ...]:
    return landmarks(schedule, steps, exact_up_to=LANDMARKS_UP_TO)


def _fan(scene: Scene, width: int) -> list[Span]:
    if not scene.fan:
        return []
    values = [value for value, _ in scene.fan]
    text = f"fan {scene.fanned} {' '.join(values)}"
    if len(text) > width:
        text = f"fan {scene.fanned} {values[0]} to {values[-1]}"
    return [(text, paints.STRONG)]


def _under_cursor(scene: Scene, step: int, width: int) -> list[Span]:
    """Step, rates, their ratios; the epoch last, where before them it would crowd one out."""
    epoch = f"epoch {step // scene.epoch_steps + 1}"
    parts: list[Span] = []
    record = scene.record
    if record is not None and step < record.steps:
        used, first = last_known(record.rates[step : step + 1]), float(record.rates[0])
        text = "no rate used" if used is None else f"used {format_rate(used, 4)}"
        parts.append((text, paints.curve(USED)))
        parts.append((f"loss {format_batch_loss(record.losses[step])}", None))
        parts += [(_ratio(used / first), None)] if used is not None and first > 0 else []
    elif record is not None and scene.active:
        driving = driving_schedule(record)
        planned = "not known" if driving is None else format_rate(driving.rate(step), 4)
        parts.append((f"planned {planned}", paints.curve(PLANNED)))
    if not scene.active:
        rate, first = float(scene.schedule(step)), float(scene.schedule(0))
        name = scene.name if len(scene.name) + NARROW < width else "schedule"
        parts.append((f"{name} {format_rate(rate, 4)}", paints.curve(FORM)))
        if first:
            parts.append((_ratio(rate / first), None))
    whole = f"step {step} ({epoch})"
    if width < NARROW or len(whole) + len(BETWEEN) + len(parts[0][0]) > width:
        return [(f"step {step}", paints.STRONG), *parts, (epoch, None)]
    return [(whole, paints.STRONG), *parts]


def _ratio(value: float) -> str:
    """To three digits; near 1 to so many that it is not 1."""
    told = next((f"{value:.{n}g}" for n in range(3, 9) if f"{value:.{n}g}" != "1"), "1")
    return f"{told} of the start"


def _flowed(parts: list[Span], width: int, rows: int, ascii: bool) -> "list[PaintedText]":
    """Parts one after another in rows; those that have no room are left out."""
    between = BETWEEN.replace("·", "-") if ascii else BETWEEN
    lines: list[list[Span]] = []
    room = 0
    for text, paint in parts:
        if lines and len(between) + len(text) <= room:
            lines[-1] += [(between, paints.FAINT), (text, paint)]
            room -= len(between) + len(text)
        elif len(lines) < rows:
            lines.append([(text, paint)])
            room = width - len(text)
    return list(lines)
