"""A file of ``lrtui sweep`` on the screen: shown, filled further there, taken into the form."""

from pathlib import Path

import numpy as np
import pytest

from lrtui.protocol import Settings, pack
from lrtui.protocol.chunks import ChunkDone
from lrtui.runs.sweeps.axes import read_axis
from lrtui.runs.sweeps.cells import SweepRequest, cells_of
from lrtui.runs.sweeps.store import Store
from lrtui.runs.sweeps.trainings import trainings_of
from lrtui.schedules import parse
from lrtui.tui.dialogs.landscape_dialog import LandscapeDialog
from tests.tui.training.test_landscape import bowl, filled
from tests.tui.training.test_loss_follower import stage_at_once

KNOWN = 6


def kept(path: Path, *over: str) -> SweepRequest:
    """A sweep of which some cells are known: their loss is 5."""
    schedule = parse("ExponentialDecay(0.1, 100, 0.9)")
    axes = tuple(read_axis(text, [schedule]) for text in over)
    sweep = SweepRequest((str(schedule),), axes, (3, 4), Settings(epochs=20))
    trainings = trainings_of(cells_of(sweep), sweep, sweep.seeds)
    store = Store(path)
    store.begin(sweep, [one.wanted for one in trainings])
    losses = pack(np.full(KNOWN * 2 * 20, 5, np.float32))
    some = [one.wanted for one in trainings[: KNOWN * 2]]
    store.add(some, ChunkDone(losses, losses, "host", "cpu", 1, 1.0, 0, {}), 64)
    store.close()
    return sweep


async def test_it_is_shown_and_filled_and_kept_and_taken_into_the_form(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    sweep = kept(path, "batch_size=8,16,32", "highest_rate=0.01..1:5")
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.open_store(path)
        assert await stage.sees(pilot, "final loss: highest rate to the right, batch size upward")
        assert await stage.sees(pilot, f"{KNOWN} of 15 cells")
        await filled(stage, pilot, link, bowl)
        assert "of 15 cells" not in stage.screen()
        asked = [(one.settings.batch_size, seed) for one in link.asked for _, seed in one.rows]
        assert len(asked) == (15 - KNOWN) * 2
        assert {seed for _, seed in asked} == {3, 4}

        store = Store(path, writes=False)
        number, known = store.latest()
        assert known == sweep
        assert len(store.ends(number).cells) == 30

        await stage.press(pilot, "right", "up", "up", "enter")
        assert not isinstance(stage.app.screen, LandscapeDialog)
        assert stage.shown == "ExponentialDecay(0.0316, decay_steps=100, decay_rate=0.9)"
        settings = stage.app.editor.form_state.settings.valid
        assert settings == Settings(batch_size=32, seed=3)


async def test_over_one_name_it_has_one_row(tmp_path: Path) -> None:
    kept(tmp_path / "night.db", "decay_rate=0.5..0.9:8")
    stage, _ = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.open_store(tmp_path / "night.db")
        assert await stage.sees(pilot, f"{KNOWN} of 8 cells")


async def test_each_schedule_and_each_value_of_a_third_name_has_a_map(tmp_path: Path) -> None:
    schedules = ("Constant(0.1)", "CosineDecay(0.1, decay_steps=1280)")
    axes = tuple(
        read_axis(text, [parse(one) for one in schedules])
        for text in ("noise=0.1,0.2", "batch_size=8,16", "highest_rate=0.01,1")
    )
    store = Store(tmp_path / "night.db")
    store.begin(SweepRequest(schedules, axes, (3,), Settings(epochs=20)), ())
    store.close()
    stage, link = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.open_store(tmp_path / "night.db")
        assert await stage.sees(pilot, "constant noise=0.1: highest rate to the right")
        assert "n next of 4 maps" in stage.screen()
        await filled(stage, pilot, link, bowl)
        for title in ("constant noise=0.2", "cosine noise=0.1"):
            await stage.press(pilot, "n")
            assert await stage.sees(pilot, f"{title}: highest rate to the right")
            await filled(stage, pilot, link, bowl)
        asked = [one.settings for one in link.asked]
        assert {(one.noise, one.batch_size) for one in asked} == {
            (noise, size) for noise in (0.1, 0.2) for size in (8, 16)
        }
        await stage.press(pilot, "enter")
        assert stage.shown.startswith("CosineDecay(0.01")


async def test_o_opens_one_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    kept(path, "batch_size=8,16,32", "highest_rate=0.01..1:5")
    stage, _ = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.press(pilot, "o")
        stage.app.screen.query_one("Input").value = str(path)  # type: ignore[attr-defined]
        await stage.press(pilot, "enter")
        assert await stage.sees(pilot, f"{KNOWN} of 15 cells")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 and no more of it"])
async def test_what_is_none_is_a_notice(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.db"
    path.write_bytes(content)
    stage, _ = stage_at_once()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.open_store(path)
        assert await stage.sees(pilot, "must be a file that lrtui sweep made")
