"""The plot as an instrument: fan, cursor, jumps, zoom, axes, markers."""

import re

import pytest
from textual.pilot import Pilot

from lrtui.tui.form.form_line import LineName
from lrtui.tui.number_format import format_rate
from lrtui.tui.plots.plot_view import PlotView
from tests.plotting.reading import y_labels
from tests.tui.conftest import Stage, run_with_reset

SIZE = (80, 24)
COSINES = "CosineDecayRestarts(0.1, first_decay_steps=200, t_mul=1.0)"


def plot(stage: Stage) -> str:
    picture = stage.app.query_one("#rate", PlotView).picture
    assert picture is not None
    return "\n".join(picture.rows)


def ticks(stage: Stage) -> str:
    """What is counted below."""
    return plot(stage).splitlines()[-1].strip()


def step(stage: Stage) -> int:
    """The step under the cursor, as it is read out."""
    told = str(stage.app.query_one("#readout").text)  # type: ignore[attr-defined]
    found = re.match(r"step (\d+)", told)
    assert found, told
    return int(found[1])


# ---------------------------------------------------------------------- fan


async def test_a_fan_shows_what_a_parameter_does(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "down", "down")
        before = plot(stage)
        await stage.press(pilot, "f")
        assert plot(stage) != before
        assert await stage.sees(pilot, "fan decay_steps 100 200 300 500 1000")
        await stage.press(pilot, "f")
        assert plot(stage) == before


async def test_a_fan_of_choices_is_each_of_them(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, *["down"] * 4, "f")
        assert await stage.sees(pilot, "fan staircase off on")


async def test_a_fan_leaves_out_what_cannot_be() -> None:
    """Of 0, 1, 2, 3 and 4 only those above lb are an ub."""
    stage = Stage("TanhDecay(0.1, decay_steps=500, lb=1.5, ub=2.0)")
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, *["down"] * 5, "f")
        assert await stage.sees(pilot, "fan ub 2.0 3.0 4.0 ·")
        assert not stage.app.editor.form_state.fault


async def test_a_setting_has_no_fan_and_says_so(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        before = plot(stage)
        await stage.press(pilot, *["down"] * 6, "f")
        assert plot(stage) == before


async def test_a_line_that_has_gone_has_no_fan_and_no_help(stage: Stage) -> None:
    """A preset opened from the line of a parameter that its schedule does not have."""
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, *["down"] * 3, "k", "enter", "f", "f1")
        assert await stage.sees(pilot, "CosineDecay")
        await stage.press(pilot, "q", "a", "up", "up", "u", "f1")
        assert len(stage.app.screen_stack) == 2


# ---------------------------------------------------------------------- cursor


async def test_the_cursor_goes_by_cells_to_ends_and_to_corners() -> None:
    stage = Stage(COSINES)
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "x")
        assert step(stage) == 0
        await stage.press(pilot, "right")
        one = step(stage)
        assert 0 < one < 1280 / 30
        await stage.press(pilot, "shift+right", "left")
        assert step(stage) == pytest.approx(10 * one, rel=0.1)
        await stage.press(pilot, "home", "ctrl+right")
        corner = step(stage)
        assert corner in (199, 200)
        await stage.press(pilot, *["ctrl+right"] * 4)
        assert step(stage) > 400
        await stage.press(pilot, *["ctrl+left"] * 4)
        assert step(stage) == corner
        await stage.press(pilot, "end")
        assert step(stage) == 1279
        await stage.press(pilot, "x", "x")
        assert step(stage) == 0, "what was left begins anew"


async def go(stage: Stage, pilot: Pilot[None], where: str) -> None:
    keys = {" ": "space", "%": "percent_sign", ".": "full_stop", "-": "minus"}
    await stage.press(pilot, "g", *(keys.get(one, one) for one in where), "enter")


@pytest.mark.parametrize(
    ("where", "at"),
    [
        ("500", 500),
        ("1.2k", 1200),
        ("20k", 20000),
        ("epoch 21", 1280),
        ("epoch 3", 128),
        ("50%", 639),
        ("100%", 1279),
        ("start", 0),
        ("peak", 0),
        ("end", 1279),
        ("half", 100),
        ("restart", 200),
        ("e", 1279),
    ],
)
async def test_the_cursor_is_sent_to_a_place(where: str, at: int) -> None:
    """Half of a cosine is at half its length; it restarts at 200."""
    stage = Stage(COSINES)
    async with stage.app.run_test(size=SIZE) as pilot:
        await go(stage, pilot, where)
        assert step(stage) == at


async def test_a_place_beyond_what_is_drawn_is_gone_to(stage: Stage) -> None:
    """As many steps are drawn as it takes; a training under way has no more than its own."""
    async with stage.app.run_test(size=SIZE) as pilot:
        await go(stage, pilot, "5000")
        assert step(stage) == 5000
        assert stage.app.scene.total == 5001
        stage.play(run_with_reset())
        await stage.press(pilot, "g", *"9000", "enter")
        assert await stage.sees(pilot, "the training has 1280 steps")
        assert step(stage) < 1280


@pytest.mark.parametrize(
    "where", ["nowhere", "-5", "epoch x", "epoch 0", "nan", "inf", "1e400", ""]
)
async def test_a_place_that_is_none_is_said_and_asked_for_again(stage: Stage, where: str) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await go(stage, pilot, where)
        assert len(stage.app.screen_stack) == 2
        assert await stage.sees(pilot, "must be a step, an epoch or a place by name")
        await stage.press(pilot, "escape")
        assert stage.app.plot_controller.view_state.cursor is None


async def test_what_a_curve_does_not_have_is_said(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await go(stage, pilot, "restart")
        assert await stage.sees(pilot, "there is no restart here")


# ---------------------------------------------------------------------- zoom


async def test_zoom_and_pan_and_all_again(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        whole = ticks(stage)
        await stage.press(pilot, "plus", "plus")
        assert tuple(stage.app.scene.window) == (480, 800)
        await stage.press(pilot, "greater_than_sign")
        assert tuple(stage.app.scene.window) == (560, 880)
        await stage.press(pilot, *["less_than_sign"] * 30)
        assert stage.app.scene.window.start == 0
        await stage.press(pilot, *["greater_than_sign"] * 30)
        assert stage.app.scene.window.stop == 1280
        await stage.press(pilot, "minus", "minus")
        assert ticks(stage) == whole
        await stage.press(pilot, "plus", "z")
        assert ticks(stage) == whole


async def test_zoom_stays_while_parameters_turn(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await stage.press(pilot, "plus", "plus")
        there = ticks(stage)
        await stage.press(pilot, "down", "right", "down", "right")
        assert ticks(stage) == there


async def test_zoom_is_around_the_cursor_and_keeps_it_in_sight(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await go(stage, pilot, "1000")
        await stage.press(pilot, "x", *["plus"] * 12)
        assert step(stage) == 1000
        start, stop = stage.app.scene.window
        assert start <= 1000 < stop
        assert stop - start < 10
        await stage.press(pilot, "greater_than_sign")
        assert stage.app.scene.window.start <= step(stage) < stage.app.scene.window.stop
        await stage.press(pilot, "home", "left")
        assert stage.app.scene.window.start <= step(stage), "the window follows"


async def test_fewer_steps_than_the_window_shows_are_all_that_is_seen(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await go(stage, pilot, "1200")
        await stage.press(pilot, "x", "plus", "plus", "x", *["up"] * 3, *"300", "enter")
        start, stop = stage.app.scene.window
        assert 0 <= start < stop <= 300
        await stage.press(pilot, "x")
        assert start <= step(stage) < stop


# ---------------------------------------------------------------------- axes


async def test_units_of_the_axis_below(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert ticks(stage).split() == ["0", "500", "1k"]
        await stage.press(pilot, "i")
        assert "epoch" in ticks(stage) or ticks(stage).split()[-1] in ("20", "21")
        await stage.press(pilot, "i")
        assert "%" in ticks(stage)
        await stage.press(pilot, "i")
        assert ticks(stage).split() == ["0", "500", "1k"]


async def test_a_logarithmic_axis_and_back(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = plot(stage)
        await stage.press(pilot, "l")
        picture = stage.app.query_one("#rate", PlotView).picture
        assert picture is not None
        assert "0.01" in " ".join(y_labels(picture).values()) or "1e-2" in plot(stage)
        await stage.press(pilot, "l")
        assert plot(stage) == before


async def test_markers_go_round(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        seen = []
        for _ in range(3):
            await stage.press(pilot, "m")
            seen.append(plot(stage))
        assert len(set(seen)) == 3
        (plain,) = (one for one in seen if one.isascii())
        assert "*" in plain or "." in plain
        assert any(set("▀▄█▌▐▘▝▖▗▚▞▛▜▙▟") & set(one) for one in seen)
        assert any("⠉" < char < "⣿" for one in seen for char in one)


# ---------------------------------------------------------------------- what is said below


async def test_a_long_schedule_shows_its_rate_before_its_epoch() -> None:
    stage = Stage("CosineDecayRestarts(0.1, first_decay_steps=50000, t_mul=1.0)")
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.app.editor.type(LineName("view", "total_steps"), "1e9")
        await stage.press(pilot, "x", "g", *"123456789", "enter")
        assert step(stage) == 123456789
        rate = float(stage.app.scene.schedule(123456789))
        assert await stage.sees(pilot, f"schedule {format_rate(rate, 4)}")


async def test_a_ratio_near_one_is_not_called_one() -> None:
    stage = Stage("ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.997)")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stage.press(pilot, "g", *"160", "enter")
        assert await stage.sees(pilot, "0.9995 of the start")
        await stage.press(pilot, "g", "0", "enter")
        assert await stage.sees(pilot, " 1 of the start")


async def test_landmarks_stay_where_there_is_room(stage: Stage) -> None:
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stage.press(pilot, "x")
        assert await stage.sees(pilot, "step 0 (epoch 1)")
        assert await stage.sees(pilot, "half 5.00e-2 at 300")


async def test_the_keys_are_those_of_the_plot_at_once(stage: Stage) -> None:
    async with stage.app.run_test(size=(120, 24)) as pilot:
        await stage.press(pilot, "down", "x")
        for label in ("x leave", "f fan"):
            assert await stage.sees(pilot, label)
        await stage.press(pilot, "up")
        assert "x goes back to the form" in stage.app.notices[-1]
        await stage.press(pilot, "x")
        assert await stage.sees(pilot, "x read")


NOTED = "flat-cosine"


async def test_a_note_is_wrapped_anew_for_another_width() -> None:
    def note(stage: Stage) -> str:
        return str(stage.app.query_one("#notes").text)  # type: ignore[attr-defined]

    stage, wide = Stage(NOTED), Stage(NOTED)
    async with wide.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        expected = note(wide)
    assert expected
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        narrow = note(stage)
        assert narrow != expected
        for size, text in (((120, 40), expected), (SIZE, narrow)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert note(stage) == text


async def test_a_note_without_room_points_to_help() -> None:
    stage = Stage(NOTED)
    async with stage.app.run_test(size=(44, 18)) as pilot:
        await pilot.pause()
        notes = stage.app.query_one("#notes")
        assert str(notes.text).endswith("… (?)")  # type: ignore[attr-defined]
        assert notes.size.height == 2


async def test_the_first_page_is_as_tall_as_the_second(stage: Stage) -> None:
    async with stage.app.run_test(size=SIZE) as pilot:
        seen = []
        for _ in range(2):
            await stage.press(pilot, "down", "up", "f1")
            assert await stage.sees(pilot, "means")
            await pilot.pause()
            seen.append(stage.screen())
            await stage.press(pilot, "escape")
        assert seen[0] == seen[1]
