"""Cuts on a plateau: a line of the form that brings another, a letter in the plots."""

from lrtui.protocol import Ended, Marked, Settings, Started, StepsDone, pack
from lrtui.runs.record import RunRecord
from lrtui.schedules import parse
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_lines import MORE
from lrtui.tui.form.form_state import FormState
from lrtui.tui.scene.pictures import loss_picture, rate_picture
from lrtui.tui.scene.scene import Scene
from lrtui.tui.training.epoch_rows import table
from tests.plotting.reading import y_labels
from tests.runs.epochs import epoch_event

CONSTANT = "Constant(0.1)"
PATIENCE, FACTOR = LineName("settings", "plateau_patience"), LineName("settings", "plateau_factor")


def names(form_state: FormState) -> list[LineName]:
    return [line.name for line in form_state.lines()]


def a_cut_run() -> RunRecord:
    """A rate of 0.1 that is cut to 0.01 before its third epoch of 10 steps."""
    record = RunRecord.of([Started(CONSTANT, Settings(epochs=4, steps_per_epoch=10))])
    for number, rate in ((1, 0.1), (2, 0.1), (3, 0.01)):
        if number == 3:
            record.add(Marked(20, "plateau", CONSTANT, 0.1))
        record.add(StepsDone(10 * (number - 1), pack([rate] * 10), pack([0.5] * 10)))
        record.add(epoch_event(number, 10 * number, rate, 0.5, 0.5))
    return record


def test_the_factor_is_there_only_with_a_patience() -> None:
    form_state = FormState.of(parse(CONSTANT)).turn(MORE, 1)
    assert PATIENCE in names(form_state)
    assert FACTOR not in names(form_state)

    turned = form_state.turn(PATIENCE, 1).turn(PATIENCE, 1)
    assert turned.settings.valid.plateau_patience == 2
    assert names(turned).index(FACTOR) == names(turned).index(PATIENCE) + 1
    assert FACTOR not in names(turned.default(PATIENCE))


def test_a_factor_that_cannot_be_stays_in_sight() -> None:
    form_state = (
        FormState.of(parse(CONSTANT)).type(PATIENCE, "2").type(FACTOR, "1.5").default(PATIENCE)
    )
    assert "plateau_factor must be" in form_state.fault
    assert FACTOR in names(form_state)


def test_a_cut_is_marked_in_both_plots_named_in_one_and_in_the_table() -> None:
    record = a_cut_run()
    scene = Scene(parse(CONSTANT), 40, 10, record)
    for picture, name in ((rate_picture(scene, 80, 16), "c"), (loss_picture(scene, 80, 16), "╷")):
        (axis,) = (row for row in picture.rows if "└" in row)
        assert axis.index(name) == axis.index("└") + 36, "at 20 of 40 steps, amid 71 cells"
    _, lines = table(record.rows, record.rows[-1], 60)
    assert [line.split()[:2] for line in lines] == [["1", "10"], ["2", "20"], ["3", "c"]]


def test_a_cut_after_the_last_step_is_in_no_plot() -> None:
    record = a_cut_run()
    record.add(Marked(30, "plateau", CONSTANT, 0.01))
    record.add(Ended("done"))
    axis = rate_picture(Scene(parse(CONSTANT), 30, 10, record), 80, 16).rows[-2]
    assert axis.count("c") == 1


def test_a_reset_would_start_unscaled() -> None:
    """It runs at a tenth and the form shows 0.5: what a reset would start reaches 0.5."""
    picture = rate_picture(Scene(parse("Constant(0.5)"), 40, 10, a_cut_run()), 80, 16)
    assert "if reset" in picture.rows[0]
    assert max(map(float, y_labels(picture).values())) == 0.5
