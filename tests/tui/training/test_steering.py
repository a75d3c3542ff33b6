"""A training steered by keys: what is sent, what is said; divergence, range test, the worker."""

from typing import get_args

import numpy as np
import pytest
from msgspec import structs
from msgspec.structs import replace

from lrtui.protocol import (
    Command,
    Diverged,
    Ended,
    FindRate,
    Marked,
    Pause,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Reset,
    Restore,
    Resume,
    Resumed,
    Scale,
    Script,
    SetRate,
    Settings,
    Started,
    Steer,
    StepsDone,
    Stop,
    UndoSteering,
    pack,
)
from lrtui.protocol.range_test import Sweep
from lrtui.runs.record import RunRecord
from lrtui.schedules import parse
from lrtui.tui.plots.plot_view import PictureView
from lrtui.tui.scene.scene import DrivingSchedule, driving_schedule
from lrtui.tui.terminal.base_app import NOTICE_SECONDS
from tests.tui.conftest import SCHEDULE, Stage, run_with_reset
from tests.tui.exchanges import EXCHANGE, upto
from tests.tui.fake import READY, range_test

SIZE = (80, 24)


DIVERGED = upto(lambda event: isinstance(event, Paused) and event.reason == "diverged")


KEYS: list[tuple[list[str], Command]] = [
    (["n"], Scale(2.0)),
    (["b"], Scale(0.5)),
    (["S", *"3e-4", "enter"], SetRate(3e-4)),
    (["N"], UndoSteering()),
    (["s"], Stop()),
    (["space"], Pause()),
    (["r"], Reset()),
]


@pytest.mark.parametrize(("keys", "command"), KEYS, ids=[" ".join(keys) for keys, _ in KEYS])
async def test_a_key_is_a_command(stage: Stage, keys: list[str], command: Command) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, keys[0])
        assert stage.link.sent == [], "without a run there is nothing to steer"
        assert stage.app.notices, "and that is said: its name stands in UNDER_WAY"
        stage.play(run_with_reset())
        await stage.press(pilot, *keys)
        assert stage.link.sent == [command]


def test_every_steering_command_has_a_key() -> None:
    """A restore's is `r` in a run that diverged; see below."""
    missing = set(get_args(Steer)) - {type(command) for _, command in KEYS} - {Restore}
    assert not missing, "give it a key in lrtui/tui/keys.py and actions.py, and name it in KEYS"


async def test_a_rate_is_asked_for_until_it_is_one(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "S", *"-1", "enter")
        assert await stage.sees(pilot, "learning_rate must be a finite number >= 0")
        await stage.press(pilot, "escape")
        assert stage.link.sent == []


def driving(record: RunRecord) -> DrivingSchedule:
    found = driving_schedule(record)
    assert found is not None
    return found


async def test_a_rate_that_is_set_is_the_plan_until_a_reset(stage: Stage) -> None:
    async with stage.app.run_test(size=(100, 30)) as pilot:
        stage.play(run_with_reset())
        record = stage.app.session.record
        assert record is not None
        now = record.steps
        stage.play([Marked(now, "rate", SCHEDULE, rate=0.04)])
        assert {driving(record).rate(step) for step in (now, now + 100)} == {
            float(np.float32(0.04))
        }
        stage.play([Paused(now), Resumed(now)])
        await pilot.pause()
        assert "=" in next(row for row in stage.screen().splitlines() if "└┬" in row)
        stage.play([Marked(now, "scale", SCHEDULE, 0.5, rate=0.04, by=0.5)])
        assert driving(record).rate(now) == float(np.float32(0.04)) / 2
        stage.play([Marked(now, "reset", SCHEDULE, origin=now)])
        assert driving(record).schedule == parse(SCHEDULE)


async def test_an_epoch_at_a_time_only_while_it_waits(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "E")
        assert stage.link.sent == []
        stage.play([Paused(448)])
        await stage.press(pilot, "E", "space")
        assert stage.link.sent == [Resume(until_epoch_end=True), Resume()]


async def test_divergence_is_explained_and_r_restores(stage: Stage) -> None:
    """Recorded: the loss of step 121 is nan at the rate 1.2e29, before it 0.4020."""
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(DIVERGED)
        for said in ("step 121 is nan", "1.223e29", "before it 0.4020", "state of step 120"):
            assert await stage.sees(pilot, said)
        assert await stage.sees(pilot, "paused · diverged at step 121")
        await stage.press(pilot, "r")
        reset, resume = stage.link.sent
        assert isinstance(reset, Reset)
        assert reset.restore
        assert resume == Resume()
        stage.play(EXCHANGE[len(DIVERGED) :])
        assert await stage.sees(pilot, "done · epoch 6/6 · step 192")
        assert "diverged" not in stage.screen(), "what was restored is over"


async def test_after_a_restore_the_row_of_the_epoch_is_that_of_what_was_restored(
    stage: Stage,
) -> None:
    """Recorded: epoch 4 is of steps 96 to 127, nan at 121; what was restored goes on from 122."""
    run = RunRecord.of(EXCHANGE[1:])
    assert np.isnan(run.losses[96:128]).any()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.play(EXCHANGE)
        stage.app.redraw()
        assert await stage.sees(pilot, "4 r 128")
        row = next(line for line in stage.screen().splitlines() if "4 r     128" in line)
        rate, loss, validation = row.split("128")[1].split()
        assert float(loss) == pytest.approx(run.losses[122:128].mean(), abs=5e-5)
        assert float(rate) == pytest.approx(run.rates[127], rel=1e-3)
        assert float(validation) == pytest.approx(0.3317, abs=5e-5), "with what was restored"


async def test_after_divergence_space_goes_on_as_it_is(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(DIVERGED)
        await stage.press(pilot, "space")
        assert stage.link.sent == [Resume()]


async def test_without_a_finite_state_r_restores_nothing(stage: Stage) -> None:
    without = [
        structs.replace(one, checkpoint_step=None) if isinstance(one, Diverged) else one
        for one in DIVERGED
    ]
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(without)
        assert await stage.sees(pilot, "No finite state was kept: R starts over, space goes on")
        await stage.press(pilot, "r")
        (reset,) = stage.link.sent
        assert not reset.restore  # type: ignore[union-attr]


async def test_each_change_has_its_letter_in_the_plots(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([*run_with_reset(), Marked(400, "scale", SCHEDULE, 2.0, 2.0)])
        stage.play([Paused(448), Resumed(448)])
        await pilot.pause()
        axis = next(row for row in stage.screen().splitlines() if "└┬" in row)
        assert axis.index("r") < axis.index("x")


# ---------------------------------------------------------------------- range test


async def test_a_range_test_gives_rates_to_take_over(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        await stage.press(pilot, "F")
        assert stage.link.sent == [FindRate(Settings())]
        stage.play([RangeTestSteps(0, pack([1e-7, 1e-6]), pack([1.0, 1.0]))])
        assert await stage.sees(pilot, "range test: 2 steps")
        stage.play([range_test()])
        assert await stage.sees(pilot, "1 valley")
        await stage.press(pilot, "1")
        assert len(stage.app.screen_stack) == 1
        rate = range_test().result().suggestions[0].rate
        assert stage.app.editor.form_state.schedule(0) == pytest.approx(rate, rel=0.01)
        await stage.press(pilot, "u")
        assert stage.shown == SCHEDULE


async def test_a_range_test_is_left_without_taking_a_rate(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        await stage.press(pilot, "F", "F")
        assert len(stage.link.sent) == 1, "one at a time"
        stage.play([range_test(stopped=True)])
        assert await stage.sees(pilot, "it was stopped before its end")
        await stage.press(pilot, "9", "q")
        assert stage.shown == SCHEDULE


async def test_enter_takes_the_best_rate_and_none_above_the_divergence_is_offered(
    stage: Stage,
) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        limit = max(one.rate for one in range_test().result().suggestions)
        rates = [one.rate for one in range_test(divergence=limit).result().suggestions]
        assert rates, "some are below it"
        assert max(rates) < limit
        stage.play([READY, range_test(divergence=limit)])
        assert await stage.sees(pilot, "training diverges")
        drawn = stage.app.screen.query_one("#range", PictureView).picture
        assert drawn is not None
        assert "d" in drawn.rows[-2], "the divergence is drawn"
        await stage.press(pilot, "enter")
        assert stage.app.editor.form_state.schedule(0) == pytest.approx(rates[0], rel=0.01)


async def test_a_range_test_that_failed_says_why(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([READY])
        await stage.press(pilot, "F", "s")
        assert stage.link.sent[-1] == Stop()
        stage.play([RangeTestEnded(Sweep(), error="no such optimizer: 'x'")])
        assert await stage.sees(pilot, "the range test failed: no such optimizer: 'x'")


# ---------------------------------------------------------------------- worker


async def test_the_worker_is_shown_with_what_it_printed(stage: Stage) -> None:
    stage.link.status = replace(stage.link.status, state="ready", pid=4711, ready=READY)
    stage.link.output = ("Epoch 1/20", "a warning [bold] of \\ TensorFlow")
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "w")
        for text in ("4711", "2.21.0", "3.15.1", "worker.log", "a warning [bold] of \\ Tensor"):
            assert await stage.sees(pilot, text)


async def test_a_worker_that_does_not_answer_is_said_and_can_be_ended(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        await stage.press(pilot, "K")
        assert not stage.link.killed, "there is no process"
        stage.link.status = replace(stage.link.status, pid=4711, answers=False, silent_for=4.2)
        stage.link.tell_state(stage.link.status)
        stage.app.redraw()
        assert await stage.sees(pilot, "the worker does not answer")
        assert await stage.sees(pilot, "no answer for 4 s") or "K ends it" in stage.screen()
        await stage.press(pilot, "K")
        assert stage.link.killed


async def test_a_run_that_failed_says_why(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play([*run_with_reset(), Ended("failed", "the disk is full")])
        assert await stage.sees(pilot, "the training failed: the disk is full")
        assert await stage.sees(pilot, "failed · epoch")


# ---------------------------------------------------------------------- notices, footer, palette


async def test_a_notice_goes_at_a_key_or_after_some_seconds(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "P")
        assert await stage.sees(pilot, "nothing is pinned")
        await stage.press(pilot, "down")
        assert "nothing is pinned" not in stage.screen()
        await stage.press(pilot, "P")
        stage.now += NOTICE_SECONDS - 1
        stage.app._redraw_if_stale()
        assert await stage.sees(pilot, "nothing is pinned")
        stage.now += 2
        stage.app._redraw_if_stale()
        await pilot.pause()
        assert "nothing is pinned" not in stage.screen()


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_footer_has_room_and_offers_only_what_applies(width: int) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(width, 24)) as pilot:
        stage.play([READY])

        def footer() -> str:
            return str(stage.app.query_one("#footer").text)  # type: ignore[attr-defined]

        idle = footer()
        assert len(idle) <= width
        assert idle.split()[:4] == ["↑↓", "line", "←→", "turn"]
        assert idle.endswith("? help  q quit ")
        assert not {"reset", "stop", "pause", "whole", "export"} & set(idle.split())
        stage.play(run_with_reset())
        assert len(footer()) <= width
        assert footer().split()[:2] == ["r", "reset"]
        assert "stop" in footer()
        await stage.press(pilot, "x", "plus")
        assert len(footer()) <= width
        assert "zoom in" in footer()
        assert "whole" in footer()


async def test_the_palette_lists_every_key_that_can_be_pressed(stage: Stage) -> None:
    from lrtui.tui.keys import KEYS

    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run_with_reset())
        listed = {one.help for one in stage.app.get_system_commands(stage.app.screen)}
        for key in KEYS:
            if key.action:
                can = not stage.app.available.why_not(key.action)
                assert (f"{key.name}: {key.does}" in listed) is can, key
        titles = [one.title for one in stage.app.get_system_commands(stage.app.screen)]
        assert "Theme" in titles
        assert [one.lower() for one in titles].count("quit") == 1
        await stage.press(pilot, "ctrl+p", *"halve")
        await stage.press(pilot, "escape")


@pytest.mark.parametrize("edits", [False, True])
async def test_what_trains_is_in_the_form_also_where_it_is_told_late(edits: bool) -> None:
    """One attaches to a script that has just begun: r must not bring the form's default."""
    stage = Stage(None, attached="mnist")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        if edits:
            await stage.press(pilot, "right")
        shown = stage.shown
        begun = Started(SCHEDULE, script=Script("mnist", "SGD", "tensorflow", 6, 32))
        stage.play([READY, begun, StepsDone(0, pack([0.1]), pack([1.0]))])
        assert stage.shown == (shown if edits else SCHEDULE)
        await stage.press(pilot, "r")
        (sent,) = stage.link.sent
        assert sent == Reset(shown if edits else None)


async def test_r_begins_what_the_form_shows_where_a_script_left_it_by_itself() -> None:
    """A scheduler of torch, say: of its own there is no start to go back to."""
    stage = Stage(None, attached="gan")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        begun = Started("Constant(0.1)", script=Script("gan", "SGD", "torch", 6, 32))
        stage.play([READY, begun, StepsDone(0, pack([0.1, 0.05]), pack([1, 1]))])
        await stage.press(pilot, "r")
        assert stage.link.sent == [Reset("Constant(0.1)")]


async def test_what_is_chosen_beside_a_training_is_as_long_and_as_high_as_what_trains() -> None:
    """At the rates of our own small trainings, r would ruin somebody's night."""
    stage = Stage(None, attached="mnist")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        trains = "CosineDecay(0.003, decay_steps=19200)"
        script = Script("mnist", "Adam", "tensorflow", 600, 32)
        stage.play([READY, Started(trains, script=script), StepsDone(0, pack([0.003]), pack([1]))])
        await stage.press(pilot, "right", "r")
        (sent,) = stage.link.sent
        assert sent == Reset("CosineAnnealing(0.003, decay_steps=19200)")


@pytest.mark.parametrize("own", ["MyWarmup", "CosineDecay"])
async def test_a_schedule_that_only_the_script_knows_is_neither_planned_nor_guessed(
    own: str,
) -> None:
    """A class of its own, which may have the name of one of ours."""
    stage = Stage(None, attached="mnist")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.play([READY, Started(own, script=Script("mnist", "Adam", "tensorflow", 6, 32))])
        await stage.press(pilot, "r")
        assert await stage.sees(pilot, "which rate it trains with is not known yet")
        stage.play([StepsDone(0, pack([0.003, 0.002, 0.001]), pack([1, 1, 1]))])
        assert await stage.sees(pilot, f"{own} is known in its script only")
        assert "planned" not in stage.screen()
        assert f"#1 {own[:5]}" in stage.screen()
        await stage.press(pilot, "r", "v")
        assert stage.link.sent == [Reset("Constant(0.001)")]
        assert await stage.sees(pilot, own)
