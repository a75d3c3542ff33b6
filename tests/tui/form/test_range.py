"""The steps that are drawn: the training's, or those of a longer schedule that was opened."""

from lrtui.schedules import parse
from lrtui.tui.form.form_state import TOTAL_STEPS, FormState

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
