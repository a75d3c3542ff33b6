"""The runs of a session by keys: listed, laid over, taken into the form, exported, compared."""

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from lrtui.live.hub import Hub
from lrtui.protocol import Ended, Event, Marked, Settings
from lrtui.schedules import parse
from lrtui.tui.app import LrtuiApp
from lrtui.tui.plots.plot_view import PictureView, PlotView
from lrtui.tui.scene.pictures import USED
from tests.tui.conftest import SCHEDULE, Stage
from tests.tui.exchanges import recorded
from tests.tui.fake import READY, exchange

SIZE = (120, 40)
OTHER = "Constant(0.05)"


SHORT = Settings(epochs=3, steps_per_epoch=10)


def run(schedule: str = SCHEDULE, settings: Settings = SHORT) -> list[Event]:
    """A whole run."""
    rates = parse(schedule)(range(settings.steps)).tolist()
    return exchange(schedule, settings, rates, ended=True)


def paints(stage: Stage, which: str = "#rate") -> set[int]:
    picture = stage.app.query_one(which, PlotView).picture
    assert picture is not None
    return set(np.unique(picture.paint).tolist())


async def type_in(stage: Stage, pilot: Pilot[None], text: str) -> None:
    """Answer a question that has an answer in it already."""
    await stage.press(pilot, "end", "ctrl+u")
    stage.app.post_message(events.Paste(text))
    await stage.press(pilot, "enter")


async def test_runs_are_told_apart_and_what_came_of_them_is_said(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY, *run(), *run(OTHER), *run(OTHER, replace(SHORT, seed=7))])
        await stage.press(pilot, "v")
        screen = stage.screen()
        for text in ("#1 exponential", "#2 constant", "#3 constant", "seed 7", "done", "best"):
            assert text in screen


async def test_the_list_of_runs_has_room_at_80x24_and_says_nothing_twice(stage: Stage) -> None:
    """Of 30 steps, with losses 1 / (1 + step / 64), held out at 1.05 times an epoch's mean."""
    async with stage.app.run_test(size=(80, 24)) as pilot:
        first = [*run()[:-1], *[Marked(30, "reset", SCHEDULE)] * 2, Ended("done")]
        stage.play([READY, *first, *run(OTHER), *run(settings=replace(SHORT, seed=7))])
        await stage.press(pilot, "v")
        rows = [row for row in stage.screen().splitlines() if " best " in row]
        assert [row[1:].split()[0] for row in rows] == ["#1", "#2", "#3"]
        rate = 0.1 * 0.5 ** (29 / 300)
        mean = 1.05 * sum(1 / (1 + step / 64) for step in range(20, 30)) / 10
        assert f"{mean:.4f} best  {mean:.4f} rate {rate:.2e}".replace("e-0", "e-") in rows[0]
        assert rows[0].rstrip(" │").endswith("2 resets done")
        assert rows[1].rstrip(" │").endswith("0 resets done")
        assert "rate 5.00e-2" in rows[1]
        assert stage.screen().count("spirals, sgd") == 1, "below, of the run that is stood on"


async def test_each_run_has_a_picture_of_its_rates_and_losses(stage: Stage) -> None:
    """A rate that is held is level; one that is halved every 300 steps falls from left to right."""
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.play([READY, *run(settings=Settings()), *run(OTHER, Settings())])
        await stage.press(pilot, "v", "home")
        picture = stage.app.screen.query_one("#picture", PictureView)
        assert await stage.sees(pilot, "train ")
        rows = used_rows(picture)
        assert rows == sorted(rows)
        assert rows[0] < rows[-1]
        await stage.press(pilot, "down")
        await pilot.pause()
        assert len(set(used_rows(picture))) == 1


def used_rows(picture: PictureView) -> list[int]:
    """The row of what was used, from left to right."""
    shown = picture.picture
    assert shown is not None
    used = shown.paint == USED
    return [int(used[:, x].argmax()) for x in np.flatnonzero(used.any(axis=0))]


async def test_a_run_is_found_by_typing(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.play([READY, *run(), *run(OTHER)])
        await stage.press(pilot, "v", "slash", *"onst")
        assert "#1" not in stage.screen().split("runs")[1]
        await stage.press(pilot, "enter")
        assert stage.app.plot_controller.view_state.overlaid == (1,)


async def test_a_run_is_laid_over_and_taken_away(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY, *run("Constant(0.02)", Settings()), *run(OTHER, Settings())])
        await pilot.pause()
        rates = paints(stage)
        await stage.press(pilot, "v", "enter")
        assert await stage.sees(pilot, "#1 learning_rate 0.02")
        await pilot.pause()
        assert paints(stage) > rates
        await stage.press(pilot, "v", "space", "q")
        await pilot.pause()
        assert paints(stage) == rates


async def test_a_run_is_taken_into_the_form(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY, *run(settings=replace(SHORT, seed=7))])
        await stage.press(pilot, "down", "right", "v", "f")
        assert stage.shown == SCHEDULE
        assert stage.app.editor.form_state.settings.valid == replace(SHORT, seed=7)


async def test_steps_to_a_loss(stage: Stage) -> None:
    """The losses of `exchange` fall as 1 / (1 + step / 64); an epoch's mean times 1.05 is held out:
    0.982, 0.850, 0.750 after 10, 20 and 30 steps.
    """
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY, *run()])
        await stage.press(pilot, "v", "l", "0", "full_stop", "8", "6", "enter")
        assert await stage.sees(pilot, "0.8600 in 20 steps")
        await stage.press(pilot, "l", "0", "full_stop", "1", "enter")
        assert await stage.sees(pilot, "0.1000 not reached")
        await stage.press(pilot, "l", "x", "enter")
        assert await stage.sees(pilot, "must be a number")


async def test_losses_of_batches_are_smoothed(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(recorded())
        await pilot.pause()
        before = stage.app.query_one("#loss", PlotView).picture
        await stage.press(pilot, "y")
        assert await stage.sees(pilot, "mean of 8")
        assert stage.app.query_one("#loss", PlotView).picture != before
        await stage.press(pilot, "y")
        assert stage.app.query_one("#loss", PlotView).picture == before


async def test_without_a_run_there_is_nothing_to_list_or_to_export(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "v", "e", "R")
        assert len(stage.app.screen_stack) == 1
        assert stage.link.sent == []


@pytest.mark.parametrize("ending", [".json", ".csv"])
async def test_a_run_is_exported(stage: Stage, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"run{ending}"
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(recorded())
        await stage.press(pilot, "e")
        await type_in(stage, pilot, str(target))
        assert any(f"written to {target}" in said for said in stage.app.notices)
    if ending == ".json":
        assert json.loads(target.read_text())["schedule"] == SCHEDULE.replace("300", "100")
    else:
        assert len(target.read_text().splitlines()) == 1 + 6


async def test_a_row_a_step_if_asked(stage: Stage, tmp_path: Path) -> None:
    target = tmp_path / "run.csv"
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(recorded())
        await stage.press(pilot, "e")
        await type_in(stage, pilot, f"{target} +steps")
        assert len(target.read_text().splitlines()) == 1 + 192


async def test_what_cannot_be_exported_is_said_and_asked_for_again(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(recorded())
        await stage.press(pilot, "e")
        for name, said in (
            ("run.txt", "must end in"),
            ("no/such/run.json", "could not be written"),
            ("~nobody at all/run.json", "must be in a folder that there is"),
        ):
            await type_in(stage, pilot, name if name[0] == "~" else f"{tmp_path}/{name}")
            assert said in str(stage.app.screen.query_one("#answer", Static).content)
        await type_in(stage, pilot, "~/mine.json")
        assert len(stage.app.screen_stack) == 1
        await stage.press(pilot, "e")
        assert await stage.sees(pilot, "mine-2.json"), "a name like it that is of no file"
        await type_in(stage, pilot, "~/mine.json")
        assert "a ! after its name to overwrite it" in stage.screen()
        (tmp_path / "mine.json").write_text("")
        await type_in(stage, pilot, "~/mine.json!")
        assert (tmp_path / "mine.json").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def keep(events: list[Event]) -> None:
    """Have a run in a journal, as a session of before left it."""
    hub = Hub("spirals")
    for event in events:
        hub.send(event)
    hub.close()


async def test_runs_of_earlier_sessions_are_listed_laid_over_and_taken() -> None:
    keep(run(OTHER))
    keep(run("Constant(0.02)")[:-1])  # killed: it told no end
    async with Stage().app.run_test(size=SIZE) as pilot:
        again = pilot.app
        assert isinstance(again, LrtuiApp)
        await pilot.press("v")
        await pilot.pause()
        told = [again.session.runs[place] for place in (0, 1)]
        assert [one.schedule for one in told] == [OTHER, "Constant(0.02)"]
        assert [one.state for one in told] == ["done", "killed"]
        assert again.session.record is None
        await pilot.press("space", "f")
        await pilot.pause()
        assert str(again.editor.form_state.schedule) == OTHER
        assert [name for name, _ in again.trainer.overlaid()] == ["#1 learning_rate 0.05"]


async def test_without_any_run_v_says_so(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "v")
        assert "nothing was trained yet" in stage.screen()
