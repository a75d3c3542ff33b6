"""The app on a fake link: what a user presses, what is sent, what is seen."""

import gc
import weakref
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from lrtui.kept.consent import Consent
from lrtui.plotting.picture import Picture
from lrtui.protocol import Broken, Marked, Paused, Reset, Settings, Start, Started
from lrtui.schedules import parse
from lrtui.tui import main_screen
from lrtui.tui.app import LrtuiApp
from lrtui.tui.form.form_line import LineName
from lrtui.tui.plots.plot_view import PlotView
from lrtui.tui.scene.pictures import rate_picture
from lrtui.tui.scene.scene import Scene
from lrtui.tui.start import run
from lrtui.tui.terminal import base_app as shell
from tests.tui.conftest import SCHEDULE, Stage, run_with_reset
from tests.tui.fake import READY

SIZE = (80, 24)


@pytest.mark.parametrize("old", [False, True])
async def test_garbage_is_collected_between_keys(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, old: bool
) -> None:
    class Garbage:
        myself: Any

    monkeypatch.setattr(shell, "COLLECT_SECONDS", 0.01)
    monkeypatch.setattr(shell, "COLLECTIONS_UNTIL_ALL", 3)
    gc.disable()  # as the program's entry does
    try:
        async with stage.app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            garbage = Garbage()
            garbage.myself = garbage
            if old:
                gc.collect()
            there = weakref.ref(garbage)
            del garbage
            for _ in range(1000):
                await pilot.pause(0.01)
                if there() is None:
                    break
            assert there() is None
            assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


async def test_the_form_turns_the_curve(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        before = stage.app.query_one("#rate", PlotView).picture
        assert before is not None
        await pilot.press("down", "down", "right")
        after = stage.app.query_one("#rate", PlotView).picture
        assert after is not None
        assert before.rows != after.rows
        assert "decay_steps       •◂ 500 ▸" in stage.screen()
        assert "1.00e-1 · half 5.00e-2 at 500" in stage.screen()


async def test_keys_in_one_burst_are_obeyed_in_their_order(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("down", "1", "e", "minus", "2", "enter", "down", "7", "down", "right")
        await pilot.pause()
        assert str(stage.app.scene.schedule) == (
            "ExponentialDecay(0.01, decay_steps=7, decay_rate=0.51)"
        )


async def test_a_reset_in_the_same_burst_takes_what_was_turned_before_it(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.play(run_with_reset())
        for key in ("down", "right", "r"):
            stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
        while not stage.link.sent:
            await pilot.pause()
        assert stage.link.sent == [Reset(SCHEDULE.replace("0.1", "0.125"))]


async def test_shift_turns_coarser_and_backspace_returns_to_the_default(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("down", "shift+left")
        assert stage.app.scene.schedule([0])[0] == parse("Constant(0.01)")([0])[0]
        await pilot.press("down", "backspace")
        assert "decay_steps=1000" in str(stage.app.scene.schedule)


async def test_a_wrong_value_is_marked_where_it_stands_and_the_curve_stays(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("down", "down")
        before = stage.app.query_one("#rate", PlotView).picture
        await pilot.press("0", "enter")
        await pilot.pause()
        rows = [row[1:27].rstrip() for row in stage.screen().splitlines()]
        place = next(i for i, row in enumerate(rows) if row.startswith("decay_steps"))
        assert rows[place + 1 : place + 3] == ["must be an integer from 1", "to 1e12. Received: 0"]
        assert stage.app.query_one("#rate", PlotView).picture == before
        await pilot.press("t")
        await pilot.pause()
        assert stage.link.sent == []
        assert await stage.sees(pilot, "decay_steps must be an integer")


async def test_choosing_another_schedule_and_coming_back_keeps_its_parameters(
    stage: Stage,
) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("right")
        assert "lrtui · exponential" not in stage.screen()
        await pilot.press("left")
        assert str(stage.app.scene.schedule) == SCHEDULE
        await pilot.press("enter", "home", "enter")
        assert "lrtui · constant" in stage.screen()


async def test_train_is_queued_and_said_while_tensorflow_loads(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        stage.app.redraw()
        await pilot.pause()
        assert "loading TensorFlow" in stage.screen()
        await pilot.press("t")
        await pilot.pause()
        assert "loading TensorFlow, then training" in stage.screen()
        assert stage.link.sent == [Start(SCHEDULE, Settings(), pace=100, pause_on_divergence=True)]
        stage.play([READY, Started(SCHEDULE, Settings())])
        await pilot.pause()
        assert "epoch 1/20 · step 0" in stage.screen()


async def test_a_run_and_its_reset_are_seen(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 40), notifications=True) as pilot:
        stage.play(run_with_reset())
        await pilot.pause()
        screen = stage.screen()
        assert "epoch 8/20 · step 448 · lr 7.12e-2" in screen
        assert "5 r     320       9.571e-2" in screen
        axes = [row for row in screen.splitlines() if "└┬" in row]
        assert len(axes) == 2
        assert ["r" in axis for axis in axes] == [True, False], "it is named once"


async def test_reset_sends_what_the_form_shows(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        stage.play(run_with_reset())
        await pilot.press("r")
        await pilot.press("down", "right", "r")
        changed = SCHEDULE.replace("0.1", "0.125")
        assert stage.link.sent == [Reset(None), Reset(changed)]
        stage.play([Marked(448, "reset", changed)])
        await stage.press(pilot, "R", "R")
        assert stage.link.sent[2:] == [
            Start(SCHEDULE, Settings(), pace=100, pause_on_divergence=True)
        ]


async def test_pause_is_seen(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        stage.play([*run_with_reset(), Paused(448)])
        await pilot.pause()
        assert "paused · epoch 8/20" in stage.screen()


async def test_letters_typed_into_a_field_are_no_commands(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("down", "enter", "t", "r", "q", "escape")
        await pilot.pause()
        assert stage.app.is_running
        assert stage.link.sent == []
        assert str(stage.app.scene.schedule) == SCHEDULE


async def test_a_dead_worker_is_said_and_the_recorded_part_stays(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 40), notifications=True) as pilot:
        await pilot.pause()
        stage.play(run_with_reset())
        stage.link.die("killed by SIGKILL")
        stage.app.redraw()
        await pilot.pause()
        assert await stage.sees(pilot, "the worker is gone (killed by")
        screen = stage.screen()
        assert "killed · epoch 7/20" in screen
        assert await stage.sees(pilot, "5 r 320 9.571e-2")  # the notice is over the rest


async def test_without_tensorflow_exploring_works_and_t_says_what_to_install(
    stage: Stage,
) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        stage.play([Broken("TensorFlow is not installed: pip install tensorflow")])
        await pilot.press("down", "right")
        assert "0.125" in str(stage.app.scene.schedule)
        await pilot.press("t")
        assert stage.link.starts == 2
        stage.play([Broken("TensorFlow is not installed: pip install tensorflow")])
        await pilot.pause()
        assert await stage.sees(pilot, "TensorFlow is not installed: pip")


async def test_the_rate_under_the_cursor_is_read_out(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 40), notifications=True) as pilot:
        await pilot.press("x")
        assert "step 0 (epoch 1) · schedule 1.0000e-1" in stage.screen()
        await pilot.press("end")
        assert "step 1279 (epoch 20) · schedule 5.2" in stage.screen()
        stage.play(run_with_reset())
        await pilot.press("home")
        assert "step 0 (epoch 1) · used 1.0000e-1 · loss 1.0000" in stage.screen()
        await pilot.press("x")
        assert "half 5.00e-2 at 300" in stage.screen()


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
async def test_the_first_frame_has_its_final_layout(
    stage: Stage, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = set()

    def noted(seen: Scene, width: int, height: int) -> Picture:
        drawn.add((width, height))
        return rate_picture(seen, width, height)

    monkeypatch.setattr(main_screen, "rate_picture", noted)
    async with stage.app.run_test(size=size) as pilot:
        await pilot.pause()
        assert drawn == {stage.app.main_screen.rates.size}


@pytest.mark.parametrize("key", ["f1", "k", "c", "o", "g", "question_mark"])
async def test_left_before_a_dialog_stands(stage: Stage, key: str) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert stage.app.obey(key)
        stage.app.exit()
    assert not stage.app.return_code


def test_a_fault_of_the_program_is_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LrtuiApp, "run", lambda _: None)
    monkeypatch.setattr(LrtuiApp, "return_code", 1)
    with pytest.raises(SystemExit, match="1"):
        run(None, Consent(), cold=True)


async def test_any_size_is_survived(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        stage.play(run_with_reset())
        for size in ((20, 5), (1, 1), (3, 40), (300, 3), (200, 60), SIZE):
            await pilot.resize_terminal(*size)
            await pilot.press("down", "right")
            await pilot.pause()
        assert "epoch 8/20" in stage.screen()


async def paste(stage: Stage, pilot: Pilot[None], text: str) -> None:
    stage.app.post_message(events.Paste(text))
    await pilot.pause()


async def test_a_line_from_a_script_can_be_pasted(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await paste(stage, pilot, "keras.optimizers.schedules.CosineDecay(\n  0.2,\n  500,\n)\n")
        assert str(stage.app.scene.schedule) == "CosineDecay(0.2, decay_steps=500)"
        await pilot.press("down")
        await paste(stage, pilot, " 3e-4\n")
        await pilot.press("enter")
        assert stage.app.scene.schedule([0])[0] == parse("Constant(3e-4)")([0])[0]


async def test_a_paste_of_rubbish_is_explained_and_changes_nothing(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await paste(stage, pilot, "\x1b[31mrm -rf /\x00\n" * 50)
        await pilot.pause()
        await pilot.press("enter")
        assert await stage.sees(pilot, "must be a name or a constructor expression")
        await pilot.press("escape")
        assert str(stage.app.scene.schedule) == SCHEDULE


async def test_open_asks_until_it_understands(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "home", "X", "enter")
        assert await stage.sees(pilot, "did you mean ExponentialDecay?")
        await pilot.press("home", "delete", "end", "backspace", *", staircase=True)", "enter")
        assert str(stage.app.scene.schedule) == SCHEDULE.replace(")", ", staircase=True)")


async def test_a_warmup_and_a_second_part_without_typing_code(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * 5, "right", "down", "5", "0", "enter")
        assert str(stage.app.scene.schedule) == f"Warmup({SCHEDULE}, steps=50)"
        assert "lrtui · warmup, exponential" in stage.screen()
        await pilot.press("a", *["up"] * 8)
        assert "2 exponential" in stage.screen()
        await pilot.press("1", "0", "0", "enter", "down", "down", "enter", "home", "enter")
        assert str(stage.app.scene.schedule) == (
            f"Warmup(Sequence([{SCHEDULE}, Constant(0.1)], boundaries=[100]), steps=50)"
        )


async def test_code_is_shown_copied_and_written(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("c")
        assert await stage.sees(pilot, "keras.optimizers.schedules.ExponentialDecay(")
        written = tmp_path / "lrtui" / "schedule_keras.py"
        assert not written.exists()
        assert not stage.app.clipboard
        assert await stage.sees(pilot, "enter copies it and writes it to")
        await pilot.press("enter")
        assert "ExponentialDecay(" in written.read_text()
        assert stage.app.clipboard == written.read_text()
        assert await stage.sees(pilot, "written to")
        assert len(stage.app.screen_stack) == 1
        await pilot.press("c", "right")
        assert await stage.sees(pilot, "from torch.optim.lr_scheduler import ExponentialLR")
        assert not (tmp_path / "lrtui" / "schedule_torch.py").exists()
        await pilot.press("s", "end", "ctrl+u", *f"{tmp_path}/mine.py", "enter")
        assert await stage.sees(pilot, "written to")
        assert "import ExponentialLR" in (tmp_path / "mine.py").read_text()
        assert len(stage.app.screen_stack) == 1


async def test_code_that_cannot_be_written_is_shown_all_the_same(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("c", "enter")
        assert await stage.sees(pilot, "could not be written")


async def test_what_was_assumed_of_a_pasted_line_is_said(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await paste(stage, pilot, "a = CosineDecay(0.5, 10)\nb = CosineDecay(0.1, 1280)")
        assert await stage.sees(pilot, "Several schedules are in the text: the last one is read")
        assert stage.shown == "CosineDecay(0.1, decay_steps=1280)"


async def test_a_source_typed_into_the_form_may_count_epochs(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def f(epoch): return 0.1\ndef g(step): return 0.1\n")
    stage = Stage("nothing.py:f")
    async with stage.app.run_test(size=SIZE):
        source = LineName("schedule", "source")
        stage.app.editor.type(source, f"{file}:g")
        assert stage.shown == f"{file}:g"
        stage.app.editor.type(source, f"{file}:f")
        assert stage.shown == f"PerEpoch('{file}:f')"
        assert stage.app.notices[-1].endswith("counts epochs by its argument: unit is now epoch")


async def test_a_note_says_what_a_parameter_does_not_mean(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await paste(stage, pilot, "CosineDecay(0.1, 1280, alpha=0.001)")
        assert await stage.sees(pilot, "alpha is a fraction of the highest rate")
        await pilot.press("question_mark", "end")
        await pilot.press("q", "down", "down", "down", "backspace")
        assert not stage.app.query_one("#notes").display


async def test_the_mouse_chooses_turns_and_reads(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.click("Form", offset=(3, 2))
        assert "decay_steps       •◂ 300 ▸" in stage.screen()
        await pilot.click("Form", offset=(25, 2))
        assert "decay_steps       •◂ 500 ▸" in stage.screen()
        await pilot.click("#rate", offset=(8, 4))
        assert "step 0 (epoch 1) · schedule 1.0000e-1" in stage.screen()
