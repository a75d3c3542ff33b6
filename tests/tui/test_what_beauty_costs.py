"""What is drawn for its beauty in a training (fill, head, sparklines) costs less than a tenth."""

from typing import Any

import numpy as np
import pytest

import lrtui.plotting.drawing
import lrtui.tui.scene.pictures
import lrtui.tui.side_column
from benchmarks import cells
from lrtui.protocol import Event, Settings, StepsDone, pack
from lrtui.schedules import parse
from tests.tui import looks
from tests.tui.conftest import Stage
from tests.tui.fake import READY, exchange

SCHEDULE = "CosineDecay(0.1, 1280)"
STEPS_A_FRAME = 25
"""A training is drawn four times a second, and does 100 steps in one."""


def frames() -> list[list[Event]]:
    """What comes between two frames of a training whose losses are noisy."""
    settings, rates = Settings(), parse(SCHEDULE)(range(1280)).tolist()
    noise = np.random.default_rng(0).random(1280)
    losses = 1 / (1 + np.arange(1280) / 64) + 0.1 * noise
    whole = exchange(SCHEDULE, settings, rates)
    ends = {event.steps: event for event in whole if hasattr(event, "steps")}
    found: list[list[Event]] = [[READY, whole[0]]]
    for first in range(0, 1280, STEPS_A_FRAME):
        stop = min(first + STEPS_A_FRAME, 1280)
        inner = [at for at in ends if first < at <= stop]
        coming: list[Event] = []
        for begin, end in zip([first, *inner], [*inner, stop], strict=True):
            if begin < end:
                coming.append(StepsDone(begin, pack(rates[begin:end]), pack(losses[begin:end])))
            coming += [ends[end]] if end in inner else []
        found.append(coming)
    return found


def picture(stage: Stage) -> cells.Picture:
    """What is on the screen, for the difference that is exact to a cell."""
    return [
        [
            (char, cells.Look(frozenset({"bold"} & set(paint.attributes)), *colours(paint)))
            for char, paint in row
        ]
        for row in looks.painted(stage.app)
    ]


def colours(paint: looks.Paint) -> tuple[str, str]:
    """As the encoder writes them."""
    return paint.color.removeprefix("#"), paint.background.removeprefix("#")


async def sent() -> int:
    """Bytes of all frames of a training."""
    stage = Stage(SCHEDULE, fills=True)
    total, before = 0, None
    async with stage.app.run_test(size=(120, 40)) as pilot:
        for coming in frames():
            stage.play(coming)
            stage.app.redraw()
            await pilot.pause()
            now = picture(stage)
            total += len(cells.difference(before, now)) if before is not None else 0
            before = now
    return total


async def test_less_than_a_tenth_of_what_a_training_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    beautiful = await sent()
    pictures: Any = lrtui.tui.scene.pictures
    labels = pictures._labels
    monkeypatch.setattr(lrtui.plotting.drawing, "fill_below", lambda *_, **__: None)
    monkeypatch.setattr(lrtui.tui.side_column, "sparkline", lambda *_, **__: "")
    monkeypatch.setattr(
        pictures, "_labels", lambda scene: [one for one in labels(scene) if not one.head]
    )
    plain = await sent()
    assert 0.9 * beautiful < plain < beautiful
