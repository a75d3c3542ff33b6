"""A schedule of the user's own in the app: opened, sampled by the worker, edited, faulty."""

import os
from pathlib import Path

import numpy as np
import pytest

from lrtui.protocol import (
    Ended,
    Marked,
    Reset,
    Sample,
    Sampled,
    Settings,
    Start,
    pack,
)
from lrtui.tui.form.form_line import LineName
from lrtui.tui.plots.plot_view import PlotView
from lrtui.tui.training.user_schedule_samples import UserScheduleSamples
from tests.tui.conftest import Stage
from tests.tui.fake import READY, exchange

SIZE = (80, 24)
STEPS = Settings().steps
FALLING = np.linspace(0.4, 0.1, STEPS)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file that must not be run in this process."""
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("open('ran', 'w')")
    return "mine.py:warm"


def save(text: str, *, at: int) -> None:
    """What an editor does; the time of the change is the test's."""
    Path("mine.py").write_text(text)
    os.utime("mine.py", ns=(at, at))


def answer(source: str, error: str = "", rates: object = FALLING) -> Sampled:
    return Sampled(source, STEPS, pack(rates), error)  # type: ignore[arg-type]


def plotted(stage: Stage) -> list[str]:
    picture = stage.app.query_one("#rate", PlotView).picture
    assert picture is not None
    return list(picture.rows)


async def test_it_is_sampled_by_the_worker_also_when_cold(source: str) -> None:
    stage = Stage(source, cold=True)
    async with stage.app.run_test(size=SIZE) as pilot:
        assert await stage.sees(pilot, "loading TensorFlow, then sampling")
        await stage.app.session.settle()
        assert stage.link.starts == 1
        assert stage.link.sent == [Sample(source, STEPS)]
        before = plotted(stage)
        stage.play([READY, answer(source)])
        assert await stage.sees(pilot, "start 4.00e-1")
        assert plotted(stage) != before
        assert "sampling" not in stage.screen()
        assert f"source ◂ {source} ▸" not in stage.screen()
        assert source in stage.screen()
    assert not Path("ran").exists()


async def test_more_steps_are_sampled_anew(source: str) -> None:
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.play([READY, answer(source)])
        stage.app.editor.type(LineName("settings", "epochs"), "40")
        stage.app.editor.type(LineName("settings", "epochs"), "10")
        assert stage.link.sent == [Sample(source, STEPS), Sample(source, 2 * STEPS)]


async def test_opened_with_o_and_read_again_with_enter_on_its_line(source: str) -> None:
    stage = Stage()
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "ctrl+u", *source, "enter")
        await pilot.pause()
        assert stage.link.sent == [Sample(source, STEPS)]
        stage.play([READY, answer(source)])
        await pilot.press("down", "enter", "enter")
        assert stage.link.sent == [Sample(source, STEPS)] * 2
        await pilot.press("backspace")
        assert str(stage.app.scene.schedule) == source


async def test_a_saved_file_is_read_again_by_itself(source: str) -> None:
    save("", at=1)
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.play([READY, answer(source)])
        save("changed", at=2)
        while len(stage.link.sent) < 2:
            await pilot.pause()
        assert stage.link.sent == [Sample(source, STEPS)] * 2


async def test_what_is_wrong_stands_at_its_line_and_the_last_curve_stays(source: str) -> None:
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        stage.play([READY, answer(source)])
        await pilot.pause()
        before = plotted(stage)
        stage.play([answer(source, "mine.py line 3: invalid syntax", [])])
        assert await stage.sees(pilot, "mine.py line 3: invalid")
        rows = [row[1:27].rstrip() for row in stage.screen().splitlines()]
        place = next(i for i, row in enumerate(rows) if row.startswith("source"))
        assert rows[place + 1] == "mine.py line 3: invalid"
        assert plotted(stage) == before
        stage.play([answer(source)])
        await pilot.pause()
        rows = [row[1:27].rstrip() for row in stage.screen().splitlines()]
        assert "mine.py line 3: invalid" not in rows


async def test_a_training_that_cannot_begin_is_told_once(source: str) -> None:
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        stage.play([READY, answer(source)])
        await pilot.press("t")
        assert stage.link.sent[1:] == [
            Start(source, Settings(), pace=100, pause_on_divergence=True)
        ]
        why = "mine.py has no warm"
        stage.play([answer(source, why, []), Ended("failed", why)])
        await pilot.pause()
        assert len(stage.app.notices) == 1
        assert stage.app.session.queued is None


async def test_a_reset_reads_the_file_only_if_it_was_edited(source: str) -> None:
    stage = Stage(source)
    driving = Sampled(source, STEPS, pack(FALLING), used_by_run=True)
    begin, *rest = exchange(source, Settings(), FALLING[:128].tolist())
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.play([READY, answer(source), begin, driving, *rest])
        await pilot.press("r")
        stage.play([answer(source, rates=FALLING / 2)])
        await pilot.pause()
        assert "if reset" in stage.screen()
        await pilot.press("r")
        assert stage.link.sent[1:] == [Reset(None), Reset(source)]
        halved = Sampled(source, STEPS, pack(FALLING / 2), used_by_run=True)
        stage.play([halved, Marked(128, "reset", source)])
        await pilot.pause()
        assert "if reset" not in stage.screen()


async def test_others_can_be_chosen_and_ones_own_again(source: str) -> None:
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.press("right", "left")
        assert str(stage.app.scene.schedule) == source
        await pilot.press("right", "enter", "home")
        assert await stage.sees(pilot, "A schedule of your own")
        await pilot.press("enter")
        assert str(stage.app.scene.schedule) == source


async def test_a_warmup_goes_before_it(source: str) -> None:
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.play([READY, answer(source)])
        await pilot.press("down", "down", "right", "t")
        assert stage.link.sent[-1] == Start(
            f"Warmup('{source}')", Settings(), pace=100, pause_on_divergence=True
        )
        assert stage.app.scene.schedule(50) == np.float32(0.2)


async def test_its_code_is_where_it_is(source: str) -> None:
    stage = Stage(source)
    async with stage.app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("c")
        assert await stage.sees(pilot, "is code already")


def test_a_worker_that_goes_leaves_no_question_open(source: str) -> None:
    asked: list[Sample] = []
    samples = UserScheduleSamples(asked.append, lambda _: True, print)
    samples.request(source, 10)
    samples.request(source, 10)
    samples.give_up("killed by SIGKILL")
    assert not samples.waiting
    assert samples.faults == {source: "killed by SIGKILL"}
    samples.request(source, 10)
    assert asked == [Sample(source, 10)]
    samples.sample_again(source, 10)
    samples.receive(Sampled(source, 10, pack([0.1] * 10)))
    assert (samples.waiting, samples.faults) == (False, {})


def test_an_answer_for_fewer_steps_does_not_end_the_waiting_for_more(source: str) -> None:
    asked: list[Sample] = []
    samples = UserScheduleSamples(asked.append, lambda _: True, print)
    samples.request(source, 10)
    samples.request(source, 20)
    samples.receive(Sampled(source, 10, pack([0.1] * 10)))
    assert samples.waiting
    samples.receive(Sampled(source, 20, pack([0.1] * 20)))
    samples.receive(Sampled(source, 5, pack([0.1] * 5), used_by_run=True))
    assert not samples.waiting
    assert len(samples.rates[source]) == 20 * 4
