"""An error that nobody expected: the program, the run and its record stay, and it is told.

Faults are put into what Textual calls: handlers, timers, drawing, callbacks, workers, tasks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from lrtui.kept.fault_log import FaultLog
from lrtui.protocol import StepsDone, pack
from lrtui.runs.record import RunRecord
from lrtui.tui.app import LrtuiApp
from lrtui.tui.dialogs.dialogs import HelpDialog
from lrtui.tui.dialogs.list_dialog import ListDialog
from lrtui.tui.form.form import Form
from lrtui.tui.list_line import ListLine
from lrtui.tui.plots.plot_view import PlotView
from lrtui.tui.terminal.palette import SafeCommandPalette
from tests.tui.conftest import SCHEDULE, Stage, run_with_reset

SIZE = (100, 30)
TEXTS = [("title", "text")]
SAID = "lrtui has a fault (KeyError: 'lost')"


def fall(*_: object, **__: object) -> NoReturn:
    raise KeyError("lost")


async def fall_later() -> NoReturn:
    fall()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / "faults.log"


@pytest.fixture
def stage(log: Path) -> Stage:
    return Stage(on_fault=FaultLog(log).record)


@asynccontextmanager
async def trained(stage: Stage) -> AsyncIterator[Pilot[None]]:
    """A run is under way; what happens then leaves it and the program as they are."""
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.play(run_with_reset())
        await pilot.pause()
        yield pilot
        assert isinstance(stage.app._exception, KeyError), "nothing has happened"
        stage.app._exception = None
        assert len(stage.app.screen_stack) == 1
        run = stage.app.session.active
        assert run is not None
        before = run.steps
        stage.play([StepsDone(before, pack([0.1]), pack([0.5]), 0)])
        assert run.steps == before + 1
        await stage.press(pilot, "down", "right")
        assert stage.shown == SCHEDULE.replace("0.1", "0.125"), "keys are obeyed"
        assert await stage.sees(pilot, "◂ 0.125 ▸"), "and what they do is drawn"
    assert stage.app.return_code in (None, 0)


def trace_in(log: Path) -> str:
    text = log.read_text()
    assert "Traceback" in text
    assert text.splitlines()[-1] == "KeyError: 'lost'"
    assert text.count("Traceback") < 20
    return text


async def by_a_key(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setattr(Form, "on_key", fall)
        await pilot.press("right")


async def by_an_action(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setitem(stage.app.actions, "pin", fall)
        await pilot.press("p")


async def by_the_mouse(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setattr("lrtui.tui.main_screen.MainScreen.on_click", fall)
        await pilot.click("#footer")
        await pilot.pause()


async def by_a_timer(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    stage.app.set_timer(0.001, fall)
    while stage.app._exception is None:
        await pilot.pause(0.01)


async def by_the_tick(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setattr(LrtuiApp, "_want_samples", fall)
        while stage.app._exception is None:
            await pilot.pause(0.01)


async def by_drawing(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setattr(PlotView, "render_line", fall)
        await pilot.press("l")
        await pilot.pause()
        assert "epoch 8/20" in stage.screen(), "the rest is drawn"


async def by_a_picture(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setattr("lrtui.tui.main_screen.rate_picture", fall)
        await pilot.press("l")
        await pilot.pause()


async def by_a_new_size(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setattr("lrtui.tui.main_screen.MainScreen.on_resize", fall)
        await pilot.resize_terminal(90, 28)
        await pilot.pause()


async def by_a_callback(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    stage.app.call_later(fall)
    stage.app.call_after_refresh(fall)
    stage.app.call_next(fall)
    stage.app.screen.call_next(fall)
    await pilot.pause()


async def by_a_worker(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    stage.app.run_worker(fall_later())
    await pilot.pause()


async def by_a_thread(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    stage.app.run_worker(fall, thread=True)
    while stage.app._exception is None:
        await pilot.pause(0.01)


async def by_a_task(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    asyncio.get_running_loop().create_task(fall_later())
    await pilot.pause()


async def by_the_loop(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    asyncio.get_running_loop().call_soon(fall)
    await pilot.pause()


async def by_an_event(stage: Stage, pilot: Pilot[None], patch: pytest.MonkeyPatch) -> None:
    with patch.context() as one:
        one.setattr(RunRecord, "add", fall)
        stage.link.say(StepsDone(10**6, pack([0.1]), pack([0.5]), 0))
    await pilot.pause()


WAYS = (
    *(by_a_key, by_an_action, by_the_mouse, by_a_timer, by_the_tick, by_drawing, by_a_picture),
    *(by_a_new_size, by_a_callback, by_a_worker, by_a_thread, by_a_task, by_the_loop, by_an_event),
)


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
async def test_on_the_main_screen(
    stage: Stage, log: Path, monkeypatch: pytest.MonkeyPatch, way: Callable[..., Any]
) -> None:
    async with trained(stage) as pilot:
        await way(stage, pilot, monkeypatch)
        assert await stage.sees(pilot, SAID)
        assert await stage.sees(pilot, "faults.log")
    trace_in(log)


def faulty(base: Any, where: str, *arguments: Any) -> Any:
    """One of a class that falls in this method."""
    return type("Faulty", (base,), {where: fall, "can_focus": True})(*arguments)


class Around(HelpDialog):
    """A dialog that is sound, around a widget that is not."""

    def __init__(self, where: str) -> None:
        super().__init__(TEXTS)
        self._where = where

    def begin(self) -> None:
        self.query_one("#frame").mount(faulty(Static, self._where, "x"))


def with_timer(_: Stage) -> HelpDialog:
    dialog = HelpDialog(TEXTS)
    dialog.begin = lambda: dialog.set_timer(0.001, partial(fall_of, dialog))  # type: ignore
    return dialog


def fall_of(self: HelpDialog) -> NoReturn:
    fall()


def with_worker(_: Stage) -> HelpDialog:
    async def work(self: HelpDialog) -> NoReturn:
        await asyncio.sleep(0)
        fall()

    dialog = HelpDialog(TEXTS)
    dialog.begin = lambda: dialog.run_worker(work(dialog))  # type: ignore
    return dialog


DIALOGS: dict[str, Callable[[Stage], Any]] = {
    "compose": lambda _: faulty(HelpDialog, "compose", TEXTS),
    "mount": lambda _: faulty(HelpDialog, "begin", TEXTS),
    "resume": lambda _: faulty(HelpDialog, "on_screen_resume", TEXTS),
    "key": lambda _: ListDialog("t", lambda: [ListLine("a", "b")], [("x", "fall", fall)]),
    "lines": lambda _: ListDialog("t", fall, [("x", "fall", fall)]),
    "a widget's render": lambda _: Around("render"),
    "a widget's lines": lambda _: Around("render_line"),
    "a widget's event": lambda _: Around("on_event"),
    "a widget's mount": lambda _: Around("_on_mount"),
    "a timer": with_timer,
    "a worker": with_worker,
}


@pytest.mark.parametrize("make", DIALOGS.values(), ids=DIALOGS)
async def test_a_dialog_is_closed_with_its_reason(
    stage: Stage, log: Path, make: Callable[[Stage], Any]
) -> None:
    async with trained(stage) as pilot:
        stage.app.push_screen(make(stage))
        await pilot.pause()
        if stage.app._exception is None:
            await pilot.press("x")
        for _ in range(100):
            if not stage.app.covered:
                break
            await pilot.pause(0.01)
        assert await stage.sees(pilot, f"the dialog was closed: {SAID}")
    trace_in(log)


async def test_a_dialog_over_another_leaves_that_one(stage: Stage, log: Path) -> None:
    async with trained(stage) as pilot:
        await pilot.press("question_mark")
        below = stage.app.screen
        assert isinstance(below, HelpDialog)
        stage.app.push_screen(DIALOGS["key"](stage))
        await pilot.pause()
        await pilot.press("x")
        await pilot.pause()
        assert stage.app.screen is below
        await pilot.press("q")
        assert stage.app.notices[-1].startswith(f"the dialog was closed: {SAID}")
    trace_in(log)


async def test_of_a_fault_that_comes_again_the_log_stays_small(stage: Stage, log: Path) -> None:
    async with trained(stage) as pilot:
        for _ in range(3):
            for _ in range(100):
                stage.app.call_later(fall)
            await pilot.pause()
    assert log.read_text().count("Traceback") == 1


async def test_the_palette(stage: Stage, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with trained(stage) as pilot:
        with monkeypatch.context() as one:
            one.setattr(SafeCommandPalette, "compose", fall)
            await pilot.press("ctrl+p")
            for _ in range(100):
                if not stage.app.covered:
                    break
                await pilot.pause(0.01)
        await pilot.pause()
    assert "KeyError: 'lost'" in log.read_text()


async def test_at_the_end_the_worker_is_ended_all_the_same(
    stage: Stage, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def leave(pilot: Pilot[Any]) -> None:
        pilot.app.exit()

    monkeypatch.setattr(LrtuiApp, "_save", fall)
    await stage.app.run_async(headless=True, size=SIZE, auto_pilot=leave)
    assert stage.link.closed
    trace_in(log)


async def test_before_the_first_frame_it_ends_with_a_line(
    log: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for owner, name in ((LrtuiApp, "compose"), (LrtuiApp, "redraw")):
        with monkeypatch.context() as one:
            stage = Stage(on_fault=FaultLog(log).record)
            one.setattr(owner, name, fall)
            await stage.app.run_async(headless=True, size=SIZE)
        assert stage.app.return_code == 1
        (line,) = capfd.readouterr().err.split("\n\n")
        assert " ".join(line.split()).startswith(f"lrtui: {SAID}; its trace is in ")
        assert stage.link.closed or not stage.link.starts
    trace_in(log)
