"""Settings that are rarely turned are in a section that is closed, but for what was set."""

from lrtui.schedules import parse
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_lines import MORE, RARE
from lrtui.tui.form.form_state import FormState
from tests.tui.conftest import Stage


def settings(state: FormState) -> list[str]:
    return [line.name.field for line in state.lines() if line.name.section == "settings"]


def test_what_has_its_default_is_hidden_and_what_was_set_is_not() -> None:
    state = FormState.of(parse("Constant(0.1)"))
    assert not set(RARE) & set(settings(state))
    assert {"task", "optimizer", "epochs", "steps_per_epoch"} <= set(settings(state))
    touched = state.type(LineName("settings", "noise"), "0.3")
    assert set(RARE) & set(settings(touched)) == {"noise"}
    refused = state.type(LineName("settings", "noise"), "loud")
    assert "noise" in settings(refused), "a fault is seen"
    # The factor of a plateau means nothing where there is none.
    assert set(RARE) - {"plateau_factor"} <= set(settings(state.turn(MORE, 1)))


def test_a_line_stays_where_it_is_while_it_is_turned() -> None:
    state = FormState.of(parse("Constant(0.1)")).turn(MORE, 1)
    turned = state.turn(LineName("settings", "model_depth"), 1)
    assert [line.name for line in state.lines()] == [line.name for line in turned.lines()]


async def test_enter_opens_it_and_closes_it(stage: Stage) -> None:
    async with stage.app.run_test(size=(100, 40)) as pilot:
        assert await stage.sees(pilot, "6 more settings")
        assert "model width" not in stage.screen()
        stage.app.main_screen.form.stand_on(MORE)
        await stage.press(pilot, "enter")
        assert "model width" in stage.screen()
        await stage.press(pilot, "right")
        assert "model width" not in stage.screen()
