"""Compositions without typing code: a warmup before anything, parts one after another."""

import pytest

from lrtui.schedules import parse, read
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_state import FormState
from lrtui.tui.form.form_values import FormValues
from lrtui.tui.form.schedule_parts import Length, ScheduleParts


@pytest.mark.parametrize(
    "text",
    [
        "Constant(0.1)",
        "Warmup(CosineDecay(0.1, decay_steps=1000), steps=50, shape='cosine')",
        "Sequence([Constant(0.1), Constant(0.2), Constant(0.3)], boundaries=[10, 30])",
        "Warmup(Sequence([Constant(0.1), Constant(0.2)], boundaries=[10]), steps=5)",
        "Floor(Constant(0.1), minimum=0.2)",
        "PerEpoch(Warmup(CosineDecay(0.1, decay_steps=10), steps=5), steps_per_epoch=20)",
    ],
)
def test_a_schedule_taken_apart_is_the_same_whole(text: str) -> None:
    assert ScheduleParts.of(parse(text)).schedule == parse(text)


def test_a_sequence_is_built_part_by_part() -> None:
    parts = ScheduleParts.of(parse("Constant(0.1)"))
    parts = parts.lengthen(0, FormValues.of(Length(100))).add()
    parts = (
        parts.edit(parts.present.values.type("learning_rate", "0.2"))
        .add()
        .choose("exponential", 1280)
    )
    assert parts.name == "constant, constant, exponential"
    assert [float(rate) for rate in parts.schedule([0, 99, 100, 599, 600])] == pytest.approx(
        [0.1, 0.1, 0.2, 0.2, 0.1]
    )


def test_parts_move_and_go() -> None:
    parts = ScheduleParts.of(
        parse("Sequence([Constant(0.1), Constant(0.2), Constant(0.3)], boundaries=[10, 30])")
    )
    moved = parts.move(2, -1)
    assert [part.values.valid.learning_rate for part in moved.sequence] == [0.1, 0.3, 0.2]  # type: ignore[attr-defined]
    assert moved.place == 1
    assert moved.move(0, -1) == moved
    fewer = moved.remove(0).remove(0)
    assert str(fewer.schedule) == "Constant(0.2)"
    assert fewer.remove(0) == fewer


def test_a_warmup_is_a_section_of_its_own() -> None:
    parts = ScheduleParts.of(parse("Constant(0.1)"))
    on = parts.warmup.turn("warmup", 1)
    from msgspec.structs import replace

    parts = replace(parts, warmup=on.type("over_steps", "10"))
    assert parts.name == "warmup, constant"
    assert [float(rate) for rate in parts.schedule([0, 5, 10])] == pytest.approx([0, 0.05, 0.1])
    exponential = replace(parts, warmup=parts.warmup.turn("warmup", 1))
    assert exponential.faults == [
        ("from_rate", "must be above 0 for an exponential warmup. Received: 0.0")
    ]
    assert exponential.schedule == parts.schedule


def test_choosing_back_and_forth_keeps_what_was_typed() -> None:
    parts = ScheduleParts.of(parse("ExponentialDecay(0.3, decay_steps=7, decay_rate=0.5)"))
    assert parts.choose("cosine", 1280).choose("exponential", 1280).schedule == parts.schedule


UNIT, EPOCH_IS = LineName("unit", "unit"), LineName("unit", "epoch_is")


def test_the_unit_is_a_line_of_its_own() -> None:
    """One epoch of the schedule is as long as one of the training when it is turned on."""
    state = FormState.of(parse("LinearDecay(0.5, 10)"))
    state = state.type(LineName("settings", "steps_per_epoch"), "100")
    assert [line.name for line in state.lines()][-1] == UNIT
    epochs = state.turn(UNIT, 1)
    assert str(epochs.schedule) == "PerEpoch(LinearDecay(0.5, decay_steps=10), steps_per_epoch=100)"
    assert [line.name for line in epochs.lines()][-2:] == [UNIT, EPOCH_IS]
    other = epochs.type(EPOCH_IS, "50")
    assert float(other.schedule(50)) == pytest.approx(0.45)
    assert str(other.turn(UNIT, -1).schedule) == "LinearDecay(0.5, decay_steps=10)"
    assert epochs.type(EPOCH_IS, "0").fault.startswith("epoch_is must be an integer from 1")


def test_other_parameter_groups_of_a_line_are_pinned_beside_the_first() -> None:
    groups = "SGD([{'params': a, 'lr': 0.3}, {'params': b}], lr=0.2)"
    state = FormState.of(parse("constant")).open_reading(read(f"StepLR({groups}, 30)"))
    assert str(state.schedule) == "StepDecay(0.3, step_size=30)"
    assert [str(pin.schedule) for pin in state.pins] == ["StepDecay(0.2, step_size=30)"]
    again = state.open_reading(read(f"StepLR({groups}, 30)"))
    assert again.pins == state.pins


def test_a_name_alone_ends_with_the_training_and_what_was_given_stays() -> None:
    state = FormState.of(parse("constant"))
    steps = state.settings.valid.steps
    assert state.open_reading(read("cosine")).schedule.end() == steps
    assert state.open_reading(read("CosineDecay", {"alpha": "0.1"})).schedule.end() == steps
    assert state.open_reading(read("CosineDecay(0.1, 1000)")).schedule.end() == 1000
    assert state.open_reading(read("cosine", {"decay_steps": "1000"})).schedule.end() == 1000
