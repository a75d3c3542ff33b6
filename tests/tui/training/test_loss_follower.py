"""The losses that follow the finger, on a link that is no process."""

import math

import numpy as np
from numpy.typing import ArrayLike

from lrtui.protocol import AtOnceEnded, Ended, Settings, StateTaken, TakeState, TrainedAtOnce, pack
from lrtui.runs.at_once import OnEnd, OnSteps
from lrtui.runs.trained import Asked, Trained
from lrtui.schedules import parse
from lrtui.tui.form.form_line import LineName
from lrtui.tui.plots.plot_view import PlotView
from lrtui.tui.scene.loss_band import LossBand, loss_band
from lrtui.tui.terminal.painted_rows import PaintedRows
from tests.tui.conftest import Stage
from tests.tui.fake import READY, exchange


class FakeAtOnce:
    """Remembers what was asked; `tell` plays the process."""

    memory = 500 * 2**20

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.dropped = 0
        self.closed = False

    def ask(self, asked: Asked, on_steps: OnSteps, on_end: OnEnd) -> None:
        self.asked.append(asked)
        self.trained, self._on_steps, self._on_end = Trained(asked), on_steps, on_end

    def drop(self) -> None:
        self.dropped += 1

    async def close(self) -> None:
        self.closed = True

    def tell(self, steps: int, loss: ArrayLike = 0.5, diverged: int = 0) -> None:
        """Say that every training did so many steps more, all but `diverged` at this loss, or these
        losses.
        """
        rows, first = len(self.trained.asked.rows), int(self.trained.steps[0])
        losses = np.full((rows, steps), loss, np.float32) + np.arange(rows)[:, None] / 100
        losses[:diverged, steps // 2 :] = math.nan
        epochs = (first + steps) // 64 - first // 64
        means = pack(np.full((rows, epochs), np.ravel(loss)[-1]))
        self.trained.add(
            TrainedAtOnce(1, 0, rows, first, steps, pack(losses), first // 64, means, means)
        )
        self._on_steps(self.trained)

    def end(self, reason: str = "done", message: str = "") -> None:
        self._on_end(self.trained, AtOnceEnded(1, reason, message))  # type: ignore[arg-type]


def stage_at_once() -> tuple[Stage, FakeAtOnce]:
    link = FakeAtOnce()
    stage = Stage(open_at_once=lambda: link)
    return stage, link


def trained(losses: list[list[float]], length: int = 4) -> LossBand:
    values = np.array(losses, np.float32)
    settings = Settings(steps_per_epoch=length, epochs=4)
    rows = tuple((0, seed) for seed in range(len(values)))
    known = Trained(Asked(settings, np.zeros((1, 16), np.float32), rows))
    epochs = values.shape[1] // length
    ends = pack(values[:, length - 1 :: length]) if epochs else b""
    steps = values.shape[1]
    known.add(TrainedAtOnce(1, 0, len(rows), 0, steps, pack(values), 0, ends, ends))
    band = loss_band(known)
    assert band is not None
    return band


class TestBand:
    def test_lowest_median_and_highest_over_the_seeds(self) -> None:
        band = trained([[4, 2, 1, 1], [5, 3, 2, 0.5], [9, 9, 9, 9]])
        assert band.low.tolist() == [4, 2, 1, 0.5]
        assert band.middle.tolist() == [5, 3, 2, 1]
        assert band.high.tolist() == [9, 9, 9, 9]
        assert band.validation.tolist() == [1]
        assert band.name == "at once, 3 seeds"

    def test_smoothed_over_a_quarter_of_an_epoch(self) -> None:
        band = trained([[8, 4, 2, 0, 0, 0, 0, 0]], length=8)
        assert band.middle.tolist() == [8, 6, 3, 1, 0, 0, 0, 0]

    def test_what_diverged_is_left_out_and_counted(self) -> None:
        nan = math.nan
        band = trained([[4, nan, 1, 1], [5, 3, 2, 0.5]])
        assert band.middle.tolist() == [4.5, 3, 2, 0.5]
        assert band.name == "at once, 2 seeds, 1 diverged"
        every = trained([[4, nan, nan, nan], [5, 3, nan, nan]])
        assert every.high.tolist() == [5, 3]

    def test_of_a_long_training_the_epochs_means(self) -> None:
        settings = Settings(steps_per_epoch=3, epochs=4)
        rows = ((0, 0), (0, 1), (0, 2))
        known = Trained(Asked(settings, np.zeros((1, 12), np.float32), rows, losses=False))
        assert loss_band(known) is None
        means = pack(np.array([[3, 2], [5, 4], [4, 1]], np.float32))
        known.add(TrainedAtOnce(1, 0, 3, 0, 6, b"", 0, means, means))
        band = loss_band(known)
        assert band is not None
        assert band.low.tolist() == [3, 3, 3, 1, 1, 1]
        assert band.middle.tolist() == [4, 4, 4, 2, 2, 2]
        assert band.high.tolist() == [5, 5, 5, 4, 4, 4]

    def test_nothing_is_known(self) -> None:
        asked = Asked(Settings(), np.zeros((1, 1280), np.float32), ((0, 0),))
        assert loss_band(Trained(asked)) is None


class TestOnTheScreen:
    async def test_nothing_is_asked_before_something_is_turned(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            stage.play([READY])
            assert link.asked == []
            await stage.press(pilot, "down", "right")
            (asked,) = link.asked
            schedule = parse(stage.shown)
            assert asked.rates[0].tobytes() == schedule(np.arange(1280)).tobytes()
            assert asked.rows == tuple((0, seed) for seed in range(8))
            await stage.press(pilot, "x", "right", "x", "l")
            assert len(link.asked) == 1, "what the form shows is the same"
        assert link.closed

    async def test_the_band_is_below_the_curve_and_fills_from_the_left(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(120, 40)) as pilot:
            stage.play([READY])
            await stage.press(pilot, "down", "right")
            assert "at once: being trained" in stage.screen()
            heights = [plot.region for plot in stage.app.query(PlotView)]
            link.tell(128)
            stage.app.redraw()
            await pilot.pause()
            moved = [plot.region for plot in stage.app.query(PlotView)]
            assert moved == heights, "its room was made at the key, and nothing moves by itself"
            known = stage.app.scene.band
            assert known is not None
            assert len(known.middle) == 128
            link.tell(1152)
            link.end()
            assert await stage.sees(pilot, "at once, 8 seeds")
            assert len(stage.app.scene.band.middle) == 1280  # type: ignore[union-attr]
            assert "500 MB" in stage.screen(), "its memory stands beside the worker's"

    async def test_the_old_one_stays_until_something_of_the_new_one_is_known(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await stage.press(pilot, "down", "right")
            link.tell(1280)
            link.end()
            before = stage.app.scene.band
            await stage.press(pilot, "right")
            assert len(link.asked) == 2
            assert stage.app.scene.band is before
            link.tell(64)
            assert stage.app.losses.band is not before

    async def test_how_many_seeds_is_a_line_of_the_form(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(120, 40)) as pilot:
            while stage.app.editor.present_line.field != "seeds":
                await stage.press(pilot, "down")
            await stage.press(pilot, "left", "left")
            assert [len(one.rows) for one in link.asked[-2:]] == [7, 6]
            link.tell(1280)
            link.end()
            assert await stage.sees(pilot, "at once, 6 seeds")
            await stage.press(pilot, *["up"] * 30, "down", "D")
            assert await stage.sees(pilot, "6 seeds, at once")
            assert {seed for _, seed in link.asked[-1].rows} == set(range(6))

    async def test_a_key_turns_it_off_and_on(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await stage.press(pilot, "down", "right")
            link.tell(1280)
            link.end()
            assert await stage.sees(pilot, "at once, 8 seeds")
            await stage.press(pilot, "B")
            assert "at once, 8 seeds" not in stage.screen()
            await stage.press(pilot, "right")
            assert len(link.asked) == 1
            await stage.press(pilot, "B")
            assert len(link.asked) == 2

    async def test_a_cold_start_trains_nothing_before_the_key(self) -> None:
        link = FakeAtOnce()
        stage = Stage(cold=True, open_at_once=lambda: link)
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await stage.press(pilot, "down", "right")
            assert link.asked == []
            await stage.press(pilot, "B")
            assert len(link.asked) == 1

    async def test_what_cannot_be_had_is_said(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await stage.press(pilot, "down", "right")
            why = "/home/me/task.py:make took more than 30 s to make model and data"
            link.end("failed", why)
            await pilot.pause()
            notes = stage.app.query_one("#notes", PaintedRows).text
            assert f"at once: {why}" in " ".join(notes.split()), "whole, also where it is long"
            stage.app.editor.take(LineName("settings", "plateau_patience"), 5)
            assert await stage.sees(pilot, "a plateau is found while")
            assert stage.app.scene.band is None

    async def test_beside_a_run_under_way_it_is_what_a_copy_would_do(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await stage.press(pilot, "down", "right")
            link.tell(1280)
            link.end()
            stage.play([READY, *exchange(stage.shown, Settings(), [0.1] * 128)])
            assert "at once" not in stage.screen()
            assert len(link.asked) == 1

    async def test_beside_a_run_a_held_key_has_one_copy_made_at_a_time(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(120, 40)) as pilot:
            stage.play([READY, *exchange(stage.shown, Settings(), [0.1] * 640)])
            await stage.press(pilot, "down", "right", "right", "right")
            assert sum(isinstance(one, TakeState) for one in stage.link.sent) == 1
            stage.link.say(StateTaken(640, "/tmp/one"))
            assert sum(isinstance(one, TakeState) for one in stage.link.sent) == 2
            assert link.asked == []
            stage.link.say(StateTaken(650, "/tmp/two"))
            (asked,) = link.asked
            assert (asked.state, asked.first_step, asked.rows) == ("/tmp/two", 650, ((0, 0),))
            expected = parse(stage.shown)(np.arange(630))
            np.testing.assert_array_equal(asked.rates[0], expected)
            losses = pack(np.full(630, 0.25, np.float32))
            link.trained.add(TrainedAtOnce(1, 0, 1, 0, 630, losses, 0, b"", b""))
            link.end()
            assert await stage.sees(pilot, "if reset, at once")
            stage.play([Ended("done")])
            await pilot.pause()
            assert "if reset, at once" not in stage.screen()
            await stage.press(pilot, "right")
            assert len(link.asked[-1].rows) == 8, "the band of eight seeds again"

    async def test_in_ascii_it_is_ascii(self) -> None:
        link = FakeAtOnce()
        stage = Stage(ascii=True, open_at_once=lambda: link)
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await stage.press(pilot, "down", "right")
            link.tell(1280)
            link.end()
            assert await stage.sees(pilot, "at once, 8 seeds")
            assert stage.screen().isascii()


class TestResponse:
    async def test_values_of_a_parameter_and_enter_takes_one(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await stage.press(pilot, "down", "D")
            (asked,) = link.asked
            assert 8 < len(asked.rates) <= 16
            assert asked.rows == tuple(
                (row, s) for row in range(len(asked.rates)) for s in range(8)
            )
            assert not asked.losses
            assert await stage.sees(pilot, "final loss over initial learning rate, 8 seeds")
            assert await stage.sees(pilot, "(now)")

            ends = np.linspace(1, 2, len(asked.rows), dtype=np.float32)[:, None].repeat(20, axis=1)
            rows = len(asked.rows)
            told = TrainedAtOnce(1, 0, rows, 0, 1280, b"", 0, pack(ends), pack(ends))
            link.trained.add(told)
            link.end()
            assert await stage.sees(pilot, "lowest")
            await stage.press(pilot, "home", "enter")
            assert asked.rates[0, 0] == parse(stage.shown)(0)
            assert len(link.asked) == 2, "the band of the value that was taken"
            assert len(link.asked[1].rates) == 1

    async def test_values_of_a_setting_are_trained_one_after_another(self) -> None:
        stage, link = stage_at_once()
        async with stage.app.run_test(size=(80, 24)) as pilot:
            while stage.app.editor.present_line.field != "batch_size":
                await stage.press(pilot, "down")
            await stage.press(pilot, "D")
            link.end("failed", "out of memory")
            assert await stage.sees(pilot, "out of memory")
            assert len(link.asked) == 2
            assert link.asked[0].settings.batch_size < link.asked[1].settings.batch_size
            await stage.press(pilot, "q")
            assert link.dropped
