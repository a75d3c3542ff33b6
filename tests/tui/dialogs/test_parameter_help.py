"""Help on a line of the form, as text and as a picture."""

import numpy as np
import pytest
from msgspec.structs import replace

from lrtui.plotting.columns import schedule_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.picture import Curve
from lrtui.schedules import catalogue, parse
from lrtui.tui.dialogs.parameter_help import parameter_help
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_lines import CHOOSER
from lrtui.tui.form.form_state import FormState
from lrtui.tui.scene.pictures import FORM, PINS

EXPONENTIAL = FormState.of(parse("ExponentialDecay(0.1, 1000, 0.9)"))


def texts(text: str, name: LineName, width: int = 60) -> list[str]:
    return parameter_help(FormState.of(parse(text)), name, 1280).rows(width)


def legend(text: str, name: LineName, steps: int = 1280) -> str:
    told = parameter_help(FormState.of(parse(text)), name, steps)
    return told.picture(80, 10, marker="ascii").rows[0]


def test_what_a_parameter_means() -> None:
    found = parameter_help(EXPONENTIAL, LineName("schedule", "decay_rate"), 1280)
    assert found.title == "decay_rate = 0.9"
    assert found.rows(60) == [
        "means     factor per decay_steps; below 1 the rate falls,",
        "          above 1 it grows.",
        "may be    a finite number from 0 to 1e6",
        "default   0.96",
        "turns by  a hundredth, near 1 finer: 0.99, 0.991, 0.992;",
        "          coarse: 0.9, 0.99, 0.999",
        "formula   initial_learning_rate * decay_rate ** (step /",
        "            decay_steps)",
        "          staircase: initial_learning_rate * decay_rate **",
        "            floor(step / decay_steps)",
        "reference keras.optimizers.schedules.ExponentialDecay",
    ]


def test_the_picture_has_the_present_curve_among_others() -> None:
    picture = parameter_help(EXPONENTIAL, LineName("schedule", "decay_rate"), 5000).picture(60, 8)
    assert len(picture.rows) == 8
    assert all(len(row) == 60 for row in picture.rows)
    expected = [
        Curve(schedule_columns(parse(text), 0, 5000, columns_of(60)), style, dash, name=name)
        for text, style, dash, name in (
            ("ExponentialDecay(0.1, 1000, 0.8)", PINS + 1, 1, "0.8"),
            ("ExponentialDecay(0.1, 1000, 0.9)", FORM, 0, "0.9 now"),
            ("ExponentialDecay(0.1, 1000, 0.95)", PINS + 2, 2, "0.95"),
        )
    ]
    assert picture == plot(60, 8, expected, start=0, stop=5000, title="learning rate")


@pytest.mark.parametrize(
    ("text", "name", "entries"),
    [
        ("exponential", LineName("schedule", "initial_learning_rate"), ["0.05", "0.1 now", "0.2"]),
        ("exponential", LineName("schedule", "decay_steps"), ["500", "1000 now", "2000"]),
        ("exponential", LineName("schedule", "staircase"), ["off now", "on"]),
        ("cyclical", LineName("schedule", "mode"), ["triangular now", "triangular2", "exp_range"]),
        # 0 and none: as large as the schedule's own rates, and as the steps that are drawn
        ("CosineDecay(3e-4, 1000)", LineName("schedule", "warmup_target"), ["none now"]),
        (
            "CosineDecay(3e-4, 1000, 0.0, warmup_target=5e-4)",
            LineName("schedule", "warmup_steps"),
            ["0 now", "500", "1000"],
        ),
        (
            "PolynomialDecay(3e-4, 1000, 0.0)",
            LineName("schedule", "end_learning_rate"),
            ["0.0 now", "0.0001"],
        ),
        ("multi-step", LineName("schedule", "milestones"), ["300, 600 now", "600, 1200"]),
        # an exponential warmup cannot start at 0, which is refused
        ("constant", LineName("warmup", "warmup"), ["off now", "linear", "cosine"]),
        ("Warmup(Constant(0.1), 50)", LineName("warmup", "over_steps"), ["20", "50 now", "100"]),
        (
            "Sequence([Constant(0.1), Constant(0.2)], [50])",
            LineName("part", "lasts", 0),
            ["20", "50 now", "100"],
        ),
        (
            "Sequence([Constant(0.1), Constant(0.2)], [50])",
            LineName("schedule", "learning_rate"),
            ["0.05"],
        ),
    ],
)
def test_what_is_compared(text: str, name: LineName, entries: list[str]) -> None:
    row, at = legend(text, name), 0
    for entry in entries:
        at = row.index(f" {entry} ", at)
    assert row.count(" now ") == 1


def test_the_present_value_of_a_form_with_a_fault_is_the_last_good_one() -> None:
    form_state = EXPONENTIAL.type(LineName("schedule", "decay_rate"), "many").type(
        LineName("schedule", "decay_steps"), "0"
    )
    found = parameter_help(form_state, LineName("schedule", "decay_rate"), 1280)
    assert found.title == "decay_rate = 0.9"
    assert " 0.8 " in found.picture(60, 10).rows[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (LineName("schedule", "staircase"), "may be    on or off"),
        (LineName("schedule", "decay_steps"), "may be    an integer from 1 to 1e12 (steps)"),
        (LineName("view", "total_steps"), "may be    an integer from 1 to 1e9 (steps), or none"),
        (LineName("settings", "drive"), "may be    one of schedule, callback"),
        (LineName("warmup", "from_rate"), "default   0.0"),
    ],
)
def test_what_may_stand_there(name: LineName, expected: str) -> None:
    assert expected in texts("exponential", name)


def test_settings_and_view_change_no_curve() -> None:
    for name in (LineName("settings", "epochs"), LineName("view", "steps_per_second")):
        found = parameter_help(EXPONENTIAL, name, 1280)
        assert not found.curves
        assert "formula" not in dict(found.facts)


def test_the_schedule_itself() -> None:
    found = parameter_help(EXPONENTIAL, CHOOSER, 1280)
    assert found.title == "exponential"
    assert (
        found.rows(80)[0] == "means     Multiplies the rate by decay_rate every decay_steps steps."
    )
    assert found.curves


def test_the_last_part_lasts_to_the_end() -> None:
    text = "Sequence([Constant(0.1), Constant(0.2)], [50])"
    assert texts(text, LineName("part", "lasts", 1)) == [
        "means     the last part lasts to the end of the training"
    ]


def test_a_schedule_of_ones_own_before_it_was_read() -> None:
    found = parameter_help(
        FormState.of(parse("mine.py:rate")), LineName("schedule", "source"), 1280
    )
    assert found.title == "source = mine.py:rate"
    assert found.curves


@pytest.mark.parametrize("short", catalogue())
def test_every_line_of_every_form_has_help(short: str) -> None:
    form_state = FormState.of(catalogue()[short]())
    form_state = replace(form_state, parts=form_state.parts.add())
    for line in form_state.lines():
        if line.is_heading:
            continue
        found = parameter_help(form_state, line.name, 1280)
        assert found.title
        assert all(text for _, text in found.facts)
        assert max(map(len, found.rows(40))) <= 40
        drawn = line.name.section in ("schedule", "warmup", "part")
        if drawn and line.turns:
            paint = found.picture(40, 6).paint
            assert np.isin(paint, [0, FORM, *range(PINS + 1, PINS + 9)]).all()
            assert (paint == FORM).any() or (paint > PINS).any()


@pytest.mark.parametrize("name", list(catalogue()))
def test_no_name_of_a_formula_is_broken_in_a_narrow_column(name: str) -> None:
    width = 34
    told = parameter_help(FormState.of(catalogue()[name]()), CHOOSER, 1280)
    shown = " ".join(told.rows(width)).split()
    words = {word for _, text in told.facts for word in text.split() if len(word) <= width - 10}
    assert words <= set(shown)
