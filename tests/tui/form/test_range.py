"""The steps that are drawn: the training's, or those of a longer schedule that was opened."""

from lrtui.schedules import parse
from lrtui.tui.form.form_lines import TOTAL_STEPS
from lrtui.tui.form.form_state import FormState
from tests.tui.conftest import Stage

TRAINING = 1280
LONG = "CosineDecay(0.001, 10000, warmup_target=0.01, warmup_steps=1000)"
"""11 000 steps with its warmup."""
SHORT = "CosineDecay(0.1, 1000)"


def opened(*texts: str, state: FormState | None = None) -> FormState:
    state = state or FormState.of(parse("Constant(0.1)"))
    for text in texts:
        state = state.open(parse(text))
    return state


def test_a_longer_schedule_is_drawn_whole_with_a_little_room() -> None:
    assert 11_000 < opened(LONG).total_steps <= 12_100


def test_the_next_one_is_not_drawn_over_the_range_of_the_one_before() -> None:
    assert opened(LONG, SHORT).total_steps == TRAINING
    assert opened(SHORT).total_steps == TRAINING
    assert opened(LONG, "Constant(0.1)").total_steps == TRAINING


def test_what_a_person_chose_stays() -> None:
    chosen = FormState.of(parse("Constant(0.1)")).type(TOTAL_STEPS, "500")
    assert opened(LONG, SHORT, state=chosen).total_steps == 500
    assert opened(SHORT, state=opened(LONG).type(TOTAL_STEPS, "700")).total_steps == 700


def test_back_at_the_default_it_is_the_trainings() -> None:
    assert opened(LONG).default(TOTAL_STEPS).total_steps == TRAINING


def test_a_key_goes_between_the_schedules_range_and_the_trainings() -> None:
    state = opened(LONG)
    assert state.range_name == "schedule"
    training = state.change_range()
    assert (training.total_steps, training.range_name) == (TRAINING, "training")
    assert training.change_range().total_steps == state.total_steps


def test_where_both_are_the_same_there_is_nothing_to_choose() -> None:
    state = opened("CosineDecay(0.1, 1280)")
    assert (state.own_range, state.range_name) == (None, "")


def test_a_short_schedule_can_be_looked_at_whole() -> None:
    shown = opened("CosineDecay(0.1, 200)").change_range()
    assert shown.total_steps == 210  # with a twentieth of room
    assert shown.range_name == "schedule"


async def test_the_axis_says_whose_range_it_is_and_what_is_beyond_is_said(stage: Stage) -> None:
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.editor.open(parse(LONG))
        assert await stage.sees(pilot, "rate over the schedule")
        await stage.press(pilot, "Z")
        assert await stage.sees(pilot, "rate over the training")
        assert await stage.sees(pilot, "ends at 11000, beyond the plot")
        await stage.press(pilot, "g", *"5000", "enter")
        assert stage.app.scene.cursor == 5000
        assert stage.app.scene.total > 5000
