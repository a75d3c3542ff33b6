"""The keys below: only those that do something now, by what they do now; others say why not."""

import pytest

from tests.tui.conftest import Stage, run_with_reset
from tests.tui.fake import READY

SIZE = (320, 40)


def footer(stage: Stage) -> str:
    return str(stage.app.query_one("#footer").text)  # type: ignore[attr-defined]


def offers(stage: Stage, *labels: str) -> list[bool]:
    return [f" {label} " in footer(stage) for label in labels]


async def test_what_there_is_to_take_back_or_to_list(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        assert offers(stage, "u undo", "U redo", "P pins", "p pin") == [False, False, False, True]
        await stage.press(pilot, "down", "right")
        assert offers(stage, "u undo", "U redo", "P pins") == [True, False, False]
        await stage.press(pilot, "u")
        assert offers(stage, "u undo", "U redo", "P pins") == [False, True, False]
        await stage.press(pilot, "p")
        assert offers(stage, "P pins", "p pin", "U redo") == [True, False, False]


async def test_what_the_line_of_the_form_obeys(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        assert footer(stage).startswith(" ↑↓ line  ←→ turn ")
        assert offers(stage, "Enter choose", "f fan") == [True, False]
        await stage.press(pilot, "down")
        assert offers(stage, "Enter type", "f fan") == [True, True]
        await stage.press(pilot, "f")
        assert offers(stage, "f no fan") == [True]


async def test_while_a_value_is_typed_keys_are_text(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        await stage.press(pilot, "down", "5")
        assert footer(stage) == " Enter take it  Esc leave it  ↑↓ take it, next line "
        await stage.press(pilot, "escape")
        assert offers(stage, "Enter type", "t train") == [True, True]


async def test_under_a_dialog_the_keys_are_the_dialogs(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        for key in ("enter", "o", "question_mark"):
            before = footer(stage)
            await stage.press(pilot, key)
            await pilot.pause()
            assert footer(stage) == "", key
            await stage.press(pilot, "escape")
            await pilot.pause()
            assert footer(stage) == before, key


async def test_in_the_plots(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        assert offers(stage, "z whole", "< earlier", "> later") == [False] * 3
        await stage.press(pilot, "x", "l", "L", "y", "plus")
        assert footer(stage).startswith(" ←→ move  x leave ")
        assert offers(stage, "l linear", "L linear loss", "y not smooth") == [True] * 3
        assert offers(stage, "z whole", "< earlier", "> later") == [True, False, True]
        await stage.press(pilot, *["greater_than_sign"] * 8)
        assert offers(stage, "< earlier", "> later") == [True, False]
        await stage.press(pilot, "tab")
        assert footer(stage).split()[:2] != ["x", "leave"]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("r", "nothing trains; t trains"),
        ("s", "nothing is under way"),
        ("E", "nothing trains; t trains"),
        ("e", "nothing was trained yet"),
        ("z", "all steps are seen"),
        ("f", "a fan is of a parameter of the schedule"),
        ("shift+up", "there is one part only"),
        ("K", "there is no worker"),
        ("P", "nothing is pinned"),
    ],
)
async def test_a_key_that_does_nothing_says_why(stage: Stage, key: str, told: str) -> None:
    async with stage.app.run_test() as pilot:
        stage.play([READY])
        sent = list(stage.link.sent)
        await stage.press(pilot, key)
        assert told in stage.app.notices[-1]
        assert stage.link.sent == sent
        assert not stage.app.covered


async def test_what_is_wrong_in_the_form_is_not_trained_with(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        await stage.press(pilot, "down", "down", "0", "enter")
        assert offers(stage, "t train", "F find rate") == [False, False]
        assert "a value has to be mended" in stage.screen()
        await stage.press(pilot, "t")
        assert "decay_steps must be an integer" in stage.app.notices[-1]


async def test_all_rows_fit_a_new_size_by_themselves() -> None:
    stage = Stage(cold=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "t trains this schedule" in stage.screen(), "in the first frame"
        stage.play(run_with_reset())
        narrow = footer(stage)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert len(footer(stage)) > len(narrow)
        assert stage.screen().splitlines()[0].rstrip().endswith("batch loss 0.1252")
        await pilot.resize_terminal(60, 18)
        await pilot.pause()
        assert footer(stage).endswith("? help  q quit ")
        assert "epoch 8/20" in stage.screen().splitlines()[0]


async def test_a_click_on_a_key_of_the_form_does_no_harm(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.play([READY])
        before = stage.shown
        await pilot.click("#footer", offset=(3, 0))
        assert stage.shown == before
