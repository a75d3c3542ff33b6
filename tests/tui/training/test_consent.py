"""Code that a session, a preset or a paste names: shown as what it is, run when allowed."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from textual import events
from textual.pilot import Pilot

from lrtui.cli.program import program
from lrtui.kept import PRESETS_FILE, SESSION_FILE
from lrtui.kept.consent import Consent
from lrtui.protocol import Sample, Settings, Start
from lrtui.schedules import Reading, parse
from tests.consent import as_it_is
from tests.tui.conftest import Stage
from tests.tui.fake import READY

SIZE = (80, 24)
STEPS = Settings().steps
SOURCE = "mine.py:f"
ASKS = f"this asks for your code: {SOURCE}"


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("def f(step): return 0.1")
    return tmp_path


async def asked(stage: Stage, pilot: Pilot[None]) -> None:
    """It is shown, nothing of it is run, and what may run it is told."""
    assert await stage.sees(pilot, ASKS)
    stage.play([READY])
    for _ in range(3):
        stage.app._redraw_if_stale()
        await pilot.pause()
    assert stage.link.sent == []
    assert sum(ASKS in notice for notice in stage.app.notices) == 1
    assert SOURCE in stage.shown


@pytest.mark.parametrize("schedule", [SOURCE, f"Warmup('{SOURCE}', 5)", f"Floor('{SOURCE}')"])
async def test_of_a_session_nothing_is_run_before_a_person_says_so(
    mine: Path, schedule: str
) -> None:
    (mine / SESSION_FILE).write_text(f'schedule = "{schedule}"\n')
    stage = Stage(None, kept_in=mine)
    async with stage.app.run_test(size=SIZE) as pilot:
        await asked(stage, pilot)
        await pilot.press("t")
        assert await stage.sees(pilot, f"run your code, {SOURCE}? yes or no")
        await pilot.press("n", "enter", "t", "escape")
        await pilot.pause()
        assert stage.link.sent == []
        await pilot.press("t", *"yes", "enter")
        await pilot.pause()
        stage.app._redraw_if_stale()
        start = Start(str(parse(schedule)), Settings(), pace=100, pause_on_divergence=True)
        assert stage.link.sent == [start, Sample(SOURCE, STEPS)]
        assert stage.link.allowed == [as_it_is(SOURCE)] * 2


async def test_what_is_edited_after_a_yes_is_asked_for_again(mine: Path) -> None:
    stage = Stage(SOURCE, typed=False)
    async with stage.app.run_test(size=SIZE) as pilot:
        await asked(stage, pilot)
        await pilot.press("t", *"yes", "enter")
        await pilot.pause()
        stage.app._redraw_if_stale()
        sent = list(stage.link.sent)
        Path("mine.py").write_text("import os; os.system('evil')")
        stage.app._redraw_if_stale()
        await pilot.press("R")
        await pilot.pause()
        assert stage.link.sent == sent
        assert stage.app.notices.count(f"{ASKS}. It is not run until you say so; t asks") == 2


async def test_a_preset_and_a_paste_are_data(mine: Path) -> None:
    (mine / PRESETS_FILE).write_text(f'[[presets]]\nname = "mine"\nschedule = "{SOURCE}"\n')
    stage = Stage(kept_in=mine)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("k")
        await pilot.pause()
        await pilot.press("enter")
        await asked(stage, pilot)
    pasted = Stage()
    async with pasted.app.run_test(size=SIZE) as pilot:
        pasted.app.post_message(events.Paste(f"Warmup('{SOURCE}', 5)"))
        await asked(pasted, pilot)


async def test_enter_on_its_line_asks_too_and_what_is_typed_is_allowed(mine: Path) -> None:
    stage = Stage(SOURCE, typed=False)
    async with stage.app.run_test(size=SIZE) as pilot:
        await asked(stage, pilot)
        await pilot.press("down", "enter", "enter")
        assert await stage.sees(pilot, "yes or no")
        await pilot.press("escape")
        assert stage.link.sent == []
        await pilot.press("enter", "ctrl+u", *"./mine.py:f", "enter")
        await pilot.pause()
        assert Sample("./mine.py:f", STEPS) in stage.link.sent
        assert stage.link.allowed[0] == as_it_is("./mine.py:f")


async def test_the_open_dialog_left_as_it_stood_is_no_consent(mine: Path) -> None:
    stage = Stage(SOURCE, typed=False)
    async with stage.app.run_test(size=SIZE) as pilot:
        await asked(stage, pilot)
        await pilot.press("o", "enter")
        await pilot.pause()
        assert stage.link.sent == []
        assert parse(stage.shown) == parse(SOURCE)


async def test_a_model_opened_from_the_command_line_is_shown_and_not_run(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("lrtui.cli.commands.tui.missing", lambda: "")

    def opens(data: str) -> bool:
        tui = lambda *given, **_: opened.extend(given)  # noqa: E731
        return CliRunner().invoke(program, [data], obj=tui).exit_code == 0

    config = '{"class_name": "KerasSchedule", "config": {"schedule": "mine.py:f"}}'
    with zipfile.ZipFile("model.keras", "w") as archive:
        optimizer = f'{{"config": {{"learning_rate": {config}}}}}'
        archive.writestr("config.json", f'{{"compile_config": {{"optimizer": {optimizer}}}}}')
    for data in ("./model.keras", config):
        assert opens(data)
        reading, consent = opened.pop(0), opened.pop(0)
        assert isinstance(consent, Consent)
        assert isinstance(reading, Reading)
        assert str(reading.schedule) == SOURCE
        assert consent.missing([SOURCE]) == (SOURCE,)
    assert opens(SOURCE)
    assert isinstance(opened[1], Consent)
    assert opened[1].missing([SOURCE]) == ()
