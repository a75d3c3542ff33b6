"""Keys that come all at once, as over a slow line: each is obeyed by what was meant."""

import pytest
from textual import events
from textual.pilot import Pilot

from lrtui.tui.dialogs.dialogs import OneLineInput
from tests.tui.conftest import SCHEDULE, Stage
from tests.tui.fake import READY

SIZE = (80, 24)


async def burst(stage: Stage, pilot: Pilot[None], *keys: str) -> None:
    """Keys of which none waits for what the one before did."""
    for key in keys:
        stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.pause()


async def test_a_pin_and_a_turn_pin_the_value_before(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        await burst(stage, pilot, "p", "right")
        (pin,) = stage.app.editor.form_state.pins
        assert pin.schedule(0) == pytest.approx(0.1)
        assert "0.125" in stage.shown


async def test_what_is_typed_after_a_key_that_asks_is_the_answer(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        await burst(stage, pilot, "g", "7", "7", "7", "enter")
        await stage.sees(pilot, "step 777")
        assert stage.app.plot_controller.view_state.cursor == 777
        assert stage.shown == SCHEDULE, "no digit went into the form"


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p", "o", "k", "w", "c"])
async def test_a_held_key_opens_one_dialog(stage: Stage, key: str) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        await burst(stage, pilot, *[key] * 20)
        assert len(stage.app.screen_stack) <= 2
        await burst(stage, pilot, "escape", "escape", "escape")
        await pilot.press("down", "right")
        assert "ExponentialDecay(0.125," in stage.shown


async def test_a_line_that_is_edited_and_taken_in_one_burst(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        text = "CosineDecay%(0.2, 500"
        keys = [*text[:12], "backspace", *text[12:], "right_parenthesis", "enter", "down", "down"]
        named = {"(": "left_parenthesis", ",": "comma", " ": "space", ".": "full_stop"}
        stage.app.post_message(events.Key("o", "o"))
        stage.app.post_message(events.Key("ctrl+u", None))
        for key in keys:
            character = ")" if key == "right_parenthesis" else key if len(key) == 1 else None
            stage.app.post_message(events.Key(named.get(key, key), character))
        await stage.sees(pilot, "◂ 500 ▸")
        assert stage.shown.startswith("CosineDecay(0.2, decay_steps=500")
        await pilot.press("right")
        assert "decay_steps=1000" in stage.shown, "the keys after Enter are the form's"


async def test_nothing_is_sent_while_a_field_waits(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("g")
        assert not stage.app.screen.query_one(OneLineInput).cursor_blink


async def typed(stage: Stage, pilot: Pilot[None], *keys: str) -> None:
    """As a terminal sends it; a text of more than one character is typed."""
    for key in keys:
        for one in [key] if key in ("enter", "right", "down", "ctrl+u") else key:
            stage.app.post_message(events.Key(one, one if len(one) == 1 else None))
    await pilot.pause()


@pytest.mark.parametrize("opened", [False, True])
async def test_keys_after_an_answer_are_the_desks(stage: Stage, opened: bool) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        if opened:
            await pilot.press("o")
        answer = ("ctrl+u", "CosineDecay(0.2, 500)", "enter", "p", "down", "right")
        await typed(stage, pilot, *(answer if opened else ("o", *answer)))
        assert await stage.sees(pilot, "◂ 0.25 ▸"), stage.screen()
        (pin,) = stage.app.editor.form_state.pins
        assert str(pin.schedule).startswith("CosineDecay(0.2, decay_steps=500")


async def test_a_paste_after_a_key_that_asks_is_the_answer(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.app.post_message(events.Key("g", "g"))
        stage.app.post_message(events.Paste("77"))
        await typed(stage, pilot, "7", "enter", "l")
        assert await stage.sees(pilot, "step 777"), stage.screen()
        assert stage.app.plot_controller.view_state.cursor == 777
        assert stage.app.plot_controller.view_state.axes.log, "the key after Enter"
        assert stage.shown == SCHEDULE


async def test_what_follows_the_way_into_the_plot_and_out_of_it_is_done_there(
    stage: Stage,
) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        await burst(stage, pilot, "x", "end", "left", "left")
        assert await stage.sees(pilot, "step 12")
        assert stage.shown == SCHEDULE, "no arrow turned the form"
        place = stage.app.plot_controller.view_state.cursor
        assert place is not None
        assert 1000 < place < 1279
        await burst(stage, pilot, "x", "right", "down")
        assert await stage.sees(pilot, "◂ 300 ▸")
        assert "ExponentialDecay(0.125, decay_steps=300" in stage.shown
        assert stage.app.plot_controller.view_state.cursor is None
