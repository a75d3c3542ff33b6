"""What comes back when the program is opened again, and what happens where it cannot be kept."""

from pathlib import Path

import pytest

from lrtui.tui.saved_session import SETTLED_SECONDS
from tests.tui.conftest import Stage

SIZE = (80, 24)
FILE = "session.toml"


async def test_a_sitting_comes_back_as_it_was_left(tmp_path: Path) -> None:
    """Schedule, settings, view, axes, pins with a name and a hidden one, theme."""
    first = Stage(kept_in=tmp_path)
    async with first.app.run_test(size=SIZE) as pilot:
        await first.press(pilot, "down", "right", "p", "right", "p", "P", "h", "down", "n")
        await first.press(pilot, *"mine", "enter", "q")
        await first.press(pilot, "l", "i", "m", *["down"] * 7, "7", "enter", "up", "up", "up")
        first.app.theme = "textual-light"
        left = first.app.editor.form_state, first.app.plot_controller.view_state.axes
    again = Stage(None, kept_in=tmp_path)
    async with again.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        form_state = again.app.editor.form_state
        assert again.app.plot_controller.view_state.axes == left[1]
        assert again.app.plot_controller.view_state.axes.log
        assert again.app.plot_controller.view_state.axes.unit == "epochs"
        assert again.app.plot_controller.view_state.axes.marker == "hd"
        assert (form_state.schedule, form_state.pins) == (left[0].schedule, left[0].pins)
        assert [pin.hidden for pin in form_state.pins] == [True, False]
        assert form_state.pins[1].given == "mine"
        assert (
            form_state.settings.valid == left[0].settings.valid != type(form_state.settings.valid)()
        )
        assert again.app.theme == "textual-light"


async def test_a_schedule_that_is_asked_for_comes_before_the_kept_one(tmp_path: Path) -> None:
    first = Stage(None, kept_in=tmp_path)
    async with first.app.run_test(size=SIZE) as pilot:
        await first.press(pilot, "down", "right", "l")
    again = Stage("Constant(0.5)", kept_in=tmp_path)
    async with again.app.run_test(size=SIZE):
        assert again.shown == "Constant(0.5)"
        assert again.app.plot_controller.view_state.axes.log


async def test_a_change_is_written_once_it_has_settled(tmp_path: Path) -> None:
    stage = Stage(None, kept_in=tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "right")
        stage.app._redraw_if_stale()
        assert not (tmp_path / FILE).exists(), "it may still be turned"
        stage.now += SETTLED_SECONDS
        stage.app._redraw_if_stale()
        assert stage.shown in (tmp_path / FILE).read_text()


BROKEN = {
    "a slip": ("log = yes\n", "line 1: it is not TOML"),
    "a value": ("[settings]\nepochs = -3\n", "line 2: epochs must be"),
    "a key of tomorrow": ("\n\ntomorrow = 1\n", "line 3: "),
    "no text": (b"\xff\xfe\x00", "line 1: it is not UTF-8"),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_file_is_named_with_its_line_and_left(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / FILE).write_bytes(data)
    stage = Stage(None, kept_in=tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        (told,) = stage.app.notices
        assert f"{FILE}, {said}" in told
        assert "It is left as it is" in told
        assert await stage.sees(pilot, "lrtui · warmup, cosine")
        await stage.press(pilot, "down", "right")
        stage.now += SETTLED_SECONDS
        stage.app._redraw_if_stale()
        assert len(stage.app.notices) == 1, "it is told once"
    assert (tmp_path / FILE).read_bytes() == data


async def test_a_folder_that_cannot_be_written_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    stage = Stage(None, kept_in=tmp_path / "file")
    async with stage.app.run_test(size=SIZE) as pilot:
        for _ in range(3):
            await stage.press(pilot, "down", "right")
            stage.now += SETTLED_SECONDS
            stage.app._redraw_if_stale()
        said = [one for one in stage.app.notices if FILE in one]
        assert len(said) == 1
        assert await stage.sees(pilot, "lrtui · warmup, cosine")


async def test_nothing_is_kept_where_nothing_shall_be(tmp_path: Path) -> None:
    stage = Stage()
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "down", "right")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("edited", ["not TOML [[[", "theme = 'textual-light'\n"])
async def test_a_file_that_a_person_edits_meanwhile_is_left(tmp_path: Path, edited: str) -> None:
    stage = Stage(None, kept_in=tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        for turned in (1, 2, 3):
            await stage.press(pilot, "down", "right", "up")
            stage.app._redraw_if_stale()
            stage.now += SETTLED_SECONDS
            stage.app._redraw_if_stale()
            if turned == 1:
                (tmp_path / FILE).write_text(edited)
        told = [notice for notice in stage.app.notices if "was changed meanwhile" in notice]
        assert len(told) == 1
        assert FILE in told[0]
    assert (tmp_path / FILE).read_text() == edited


async def test_a_file_that_is_gone_is_written_anew(tmp_path: Path) -> None:
    stage = Stage(None, kept_in=tmp_path)
    async with stage.app.run_test(size=SIZE) as pilot:
        for _ in range(2):
            (tmp_path / FILE).unlink(missing_ok=True)
            await stage.press(pilot, "down", "right", "up")
            stage.app._redraw_if_stale()
            stage.now += SETTLED_SECONDS
            stage.app._redraw_if_stale()
            assert (tmp_path / FILE).exists()
