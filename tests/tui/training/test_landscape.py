"""The landscape on the screen, on a link that is no process."""

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from lrtui.protocol import Settings, TrainedAtOnce, pack
from lrtui.schedules import parse
from lrtui.tui.dialogs.landscape_dialog import LandscapeDialog
from tests.tui.conftest import Stage
from tests.tui.looks import cells
from tests.tui.training.test_loss_follower import FakeAtOnce, stage_at_once

Loss = Callable[[np.ndarray, int], float]
"""The final loss of rates and a seed."""


def answer(link: FakeAtOnce, loss: Loss) -> None:
    """All trainings that were asked for end with this loss."""
    asked = link.trained.asked
    ends = [[loss(asked.rates[row], seed)] * 20 for row, seed in asked.rows]
    told = pack(np.array(ends, np.float32))
    link.trained.add(TrainedAtOnce(1, 0, len(asked.rows), 0, 1280, b"", 0, told, told))
    link.end()


def bowl(rates: np.ndarray, seed: int) -> float:
    """Lowest where the rate begins with 0.1; at rates from 1 on it diverges."""
    if rates[0] >= 1:
        return math.nan
    return float(0.1 + abs(math.log10(rates[0] / 0.1)) + 0.01 * rates[-1] + seed / 1000)


async def opened(stage: Stage, pilot: Pilot[None], *, again: bool = False) -> LandscapeDialog:
    """Over the first rate and the decay rate, which is chosen as the other one; and kept then."""
    await stage.press(pilot, "down", "H")
    assert await stage.sees(pilot, "initial learning rate, and upward")
    await stage.press(pilot, *([] if again else ["down"]), "enter")
    assert await stage.sees(
        pilot, "final loss: initial learning rate to the right, decay rate upward"
    )
    dialog = stage.app.screen
    assert isinstance(dialog, LandscapeDialog)
    return dialog


async def filled(stage: Stage, pilot: Pilot[None], link: FakeAtOnce, loss: Loss) -> int:
    before = -1
    while before != len(link.asked):
        before = len(link.asked)
        answer(link, loss)
    await pilot.pause()
    return len(link.asked)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_it_fills_coarse_to_fine_marks_what_diverged_and_opens_a_cell(
    size: tuple[int, int],
) -> None:
    stage, link = stage_at_once()
    async with stage.app.run_test(size=size) as pilot:
        await opened(stage, pilot)
        (asked,) = link.asked
        assert len(asked.rates) == 16, "few cells first"
        assert asked.rows == tuple((row, seed) for row in range(16) for seed in range(4))
        assert len({float(row[0]) for row in asked.rates}) == 4, "that lie far from each other"
        answer(link, bowl)
        assert await stage.sees(pilot, "16 of 256 cells")
        assert "·" in stage.screen(), "what stands for a cell is no digit"
        await filled(stage, pilot, link, bowl)

        screen = stage.screen()
        assert "·" not in screen
        for seen in ("from 0 0.1", "x diverged", "^0.1", ">", "[", "4 seeds"):
            assert seen in screen, seen
        assert sum(line.count(" x ") for line in screen.splitlines()) >= 15
        assert len({bytes(row) for one in link.asked for row in one.rates}) == 256
        await stage.press(pilot, "left", "up", "enter")
        text = stage.shown
        first, decay = parse(text)(0), text.partition("decay_rate=")[2]
        assert float(first) < 0.1
        assert not decay.startswith("0.5")
        assert not isinstance(stage.app.screen, LandscapeDialog)


async def test_the_best_is_marked_only_where_chance_would_not_have_it() -> None:
    random = np.random.default_rng(0)

    def clear(rates: np.ndarray, seed: int) -> float:
        """Lowest where the rate has halved after 300 steps."""
        return bowl(rates, seed) + abs(math.log(rates[300] / rates[0] / 0.5)) / 10

    for loss, said in (
        (clear, "* best: 0.1, 0.5; chance would not have it"),
        (lambda rates, seed: 1 + float(random.random()), "no best: "),
    ):
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await opened(stage, pilot)
            await filled(stage, pilot, link, loss)
            assert await stage.sees(pilot, said), stage.screen()
            assert ("*" in stage.screen().replace("* best", "")) == ("* best" in said)


async def test_of_before_until_it_is_anew_and_nothing_twice() -> None:
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(stage, pilot)
        count = await filled(stage, pilot, link, bowl)
        await stage.press(pilot, "q")
        asked = len(link.asked)
        await stage.press(pilot, "up")
        await opened(stage, pilot, again=True)
        assert len(link.asked) == asked, "the same form: everything is known"
        assert "256 cells" not in stage.screen()
        await stage.press(pilot, "q", "down", "right", "up", "up")
        await opened(stage, pilot, again=True)
        assert await stage.sees(pilot, "0 of 256 cells, 256 of before"), stage.screen()
        assert await stage.sees(pilot, "of before")
        answer(link, bowl)
        assert await stage.sees(pilot, "16 of 256 cells, 240 of before")
        assert count < asked + 1


async def test_t_trains_the_cell_and_e_writes_the_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(stage, pilot)
        await filled(stage, pilot, link, bowl)
        await stage.press(pilot, "e", "enter")
        assert await stage.sees(pilot, "256 cells written to")
        rows = list(csv.reader((tmp_path / "landscape.csv").read_text().splitlines()))
        assert rows[0] == [
            *("initial_learning_rate", "decay_rate", "median", "diverged"),
            *("seed_0", "seed_1", "seed_2", "seed_3"),
        ]
        assert len(rows) == 257
        assert {row[3] for row in rows[1:] if float(row[0]) >= 1} == {"4"}
        await stage.press(pilot, "left", "t")
        assert stage.app.session.queued is not None
        assert stage.app.session.queued.schedule == stage.shown
        assert stage.app.session.queued.settings == Settings()


async def test_it_is_read_without_colour_and_on_a_light_ground() -> None:
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(stage, pilot)
        await filled(stage, pilot, link, bowl)
        for row in await cells(stage.app, pilot):
            for character, looks in row:
                if character.isdigit():
                    assert all(paint.contrast >= 3 for paint in looks), (character, looks)
    link = FakeAtOnce()
    stage = Stage(ascii=True, open_at_once=lambda: link)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await opened(stage, pilot)
        answer(link, bowl)
        await pilot.pause()
        assert stage.screen().isascii()
