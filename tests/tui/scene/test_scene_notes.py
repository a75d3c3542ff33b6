"""Notes speak of the training that t would begin, or of the run under way, and say which."""

from lrtui.protocol import Event, Marked, Settings
from lrtui.tui.form.form_lines import TOTAL_STEPS
from tests.tui.conftest import Stage
from tests.tui.fake import READY, exchange

SIZE = (120, 40)
FITS = "CosineDecay(0.1, decay_steps=1280)"
SHORT = "CosineDecay(0.1, decay_steps=1000)"
CONSTANT = "Constant(0.1)"


def note(stage: Stage) -> str:
    return str(stage.app.query_one("#notes").text)  # type: ignore[attr-defined]


def run(schedule: str) -> list[Event]:
    """A training of 1280 steps, after 448 of them."""
    return [READY, *exchange(schedule, Settings(), [0.1] * 448)]


async def test_steps_that_are_only_drawn_are_not_called_untrained() -> None:
    stage = Stage(FITS)
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.app.editor.type(TOTAL_STEPS, "12000")
        await pilot.pause()
        assert stage.app.scene.total == 12000
        assert note(stage) == ""


async def test_the_first_picture_ever_seen_is_a_schedule_and_a_training_that_fit() -> None:
    stage = Stage(None)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert note(stage) == ""
        assert stage.app.scene.schedule.end() == stage.app.scene.total == Settings().steps
        assert len(set(stage.app.scene.schedule(range(1280)).tolist())) > 1000, "it is no line"


async def test_without_a_run_it_is_the_training_that_t_would_begin() -> None:
    stage = Stage(SHORT)
    async with stage.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "the other 280 of 1280 steps are not trained" in " ".join(note(stage).split())
        assert not note(stage).startswith("This run")


async def test_under_way_it_is_the_schedule_that_drives() -> None:
    """The form's, which nothing is trained with, says nothing of the run."""
    stage = Stage(SHORT)
    async with stage.app.run_test(size=SIZE) as pilot:
        stage.play(run(CONSTANT))
        await pilot.pause()
        assert note(stage) == ""
        stage.play([Marked(448, "reset", "CosineDecay(0.1, decay_steps=100)", origin=448)])
        await pilot.pause()
        told = " ".join(note(stage).split())
        assert told.startswith("This run since step 448: The schedule ends at step 100")
        assert "the other 732 of 832 steps" in told
