"""Whatever is shown on the screen goes through one door, and nothing that a terminal obeys."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.screen import ModalScreen

from lrtui.protocol import Broken, Ended, RangeTestEnded, Sampled, Settings
from lrtui.protocol.range_test import Sweep
from lrtui.tui.dialogs.code_dialog import CodeDialog
from lrtui.tui.dialogs.dialogs import AskDialog, ChoiceDialog, ConfirmDialog, HelpDialog
from lrtui.tui.dialogs.list_dialog import ListDialog
from lrtui.tui.form.form_line import LineName
from lrtui.tui.list_line import ListLine
from tests.hostile import CORPUS, obeyed
from tests.tui.conftest import Stage
from tests.tui.fake import READY, exchange

SIZE = (100, 30)
ALL = " ".join(CORPUS.values())


def lines(text: str) -> list[tuple[str, str]]:
    return [(text, text)]


DIALOGS: dict[str, Callable[[str], ModalScreen[Any]]] = {
    "ask": lambda text: AskDialog(text, str, text, text),
    "confirm": lambda text: ConfirmDialog(text),
    "choose": lambda text: ChoiceDialog(text, [("a", text)], "a"),
    "code": lambda text: CodeDialog((text,), lambda _: text, Path, lambda *_: text),
    "help": lambda text: HelpDialog([(text, text), (text, lines(text))], title=text),
    "list": lambda text: ListDialog(
        text, lambda: [ListLine(text, text)], [("enter", text, lambda _: None)]
    ),
}


@pytest.mark.parametrize("dialog", DIALOGS.values(), ids=DIALOGS)
async def test_dialogs(dialog: Callable[[str], ModalScreen[Any]]) -> None:
    stage = Stage()
    async with stage.app.run_test(size=SIZE) as pilot:
        for text in CORPUS.values():
            stage.app.push_screen(dialog(text))
            await pilot.pause()
            while not stage.screen().strip():
                await pilot.pause()
            assert obeyed(stage.screen()) == []
            stage.app.pop_screen()


async def test_a_title_is_no_markup() -> None:
    stage = Stage()
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.app.push_screen(ConfirmDialog(CORPUS["markup"]))
        await pilot.pause()
        await pilot.pause()
        assert "[@click=app.quit]press[/] [link=http://x]here[/link] [red]" in stage.screen()


async def test_what_a_worker_says() -> None:
    source = "nothing.py:f"
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE) as pilot:
        for text in (ALL, CORPUS["clipboard"], CORPUS["turned"]):
            ready = replace(READY, tensorflow=text, keras=text, devices=[text])
            events = [
                ready,
                Sampled(source, 3, b"", text),
                *exchange("Constant(0.1)", Settings(optimizer="sgd"), [0.1] * 64),
                Ended("failed", text),
                RangeTestEnded(Sweep(), error=text),
                Broken(text),
            ]
            for event in events:
                stage.play([event])
                await pilot.pause()
                assert obeyed(stage.screen()) == []
            stage.play([READY])
            stage.link.die(text)
            await pilot.pause()
            assert obeyed(stage.screen()) == []
            stage.link.output = (text,)
            await pilot.press("w")
            await pilot.pause()
            assert obeyed(stage.screen()) == []
            await pilot.press("escape")
        assert [notice for notice in stage.app.notices if ALL in notice]


async def test_notices_and_the_form() -> None:
    stage = Stage()
    async with stage.app.run_test(size=SIZE) as pilot:
        for text in CORPUS.values():
            stage.app.say(text)
            await pilot.pause()
            assert obeyed(stage.screen()) == []
            for name in (
                LineName("schedule", "decay_rate"),
                LineName("settings", "optimizer"),
                LineName("settings", "epochs"),
            ):
                stage.app.editor.type(name, text)
                await pilot.pause()
                assert obeyed(stage.screen()) == []
