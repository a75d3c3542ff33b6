"""Compositions without typing code: a warmup before anything, parts one after another."""

import pytest

from lrtui.schedules import parse
from lrtui.tui.form.form_values import Draft
from lrtui.tui.form.schedule_parts import Length, Workbench


@pytest.mark.parametrize(
    "text",
    [
        "Constant(0.1)",
        "Warmup(CosineDecay(0.1, decay_steps=1000), steps=50, shape='cosine')",
        "Sequence([Constant(0.1), Constant(0.2), Constant(0.3)], boundaries=[10, 30])",
        "Warmup(Sequence([Constant(0.1), Constant(0.2)], boundaries=[10]), steps=5)",
        "Floor(Constant(0.1), minimum=0.2)",
    ],
)
def test_a_schedule_taken_apart_is_the_same_whole(text: str) -> None:
    assert Workbench.of(parse(text)).schedule == parse(text)


def test_a_sequence_is_built_part_by_part() -> None:
    bench = Workbench.of(parse("Constant(0.1)"))
    bench = bench.lengthen(0, Draft.of(Length(100))).add()
    bench = bench.edit(bench.part.draft.type("learning_rate", "0.2")).add().choose("exponential")
    assert bench.name == "constant, constant, exponential"
    assert [float(rate) for rate in bench.schedule([0, 99, 100, 599, 600])] == pytest.approx(
        [0.1, 0.1, 0.2, 0.2, 0.1]
    )


def test_parts_move_and_go() -> None:
    bench = Workbench.of(
        parse("Sequence([Constant(0.1), Constant(0.2), Constant(0.3)], boundaries=[10, 30])")
    )
    moved = bench.move(2, -1)
    assert [part.draft.good.learning_rate for part in moved.parts] == [0.1, 0.3, 0.2]  # type: ignore[attr-defined]
    assert moved.place == 1
    assert moved.move(0, -1) == moved
    fewer = moved.remove(0).remove(0)
    assert str(fewer.schedule) == "Constant(0.2)"
    assert fewer.remove(0) == fewer


def test_a_warmup_is_a_section_of_its_own() -> None:
    bench = Workbench.of(parse("Constant(0.1)"))
    on = bench.warmup.turn("warmup", 1)
    from msgspec.structs import replace

    bench = replace(bench, warmup=on.type("over_steps", "10"))
    assert bench.name == "warmup, constant"
    assert [float(rate) for rate in bench.schedule([0, 5, 10])] == pytest.approx([0, 0.05, 0.1])
    exponential = replace(bench, warmup=bench.warmup.turn("warmup", 1))
    assert exponential.faults == [
        ("from_rate", "must be above 0 for an exponential warmup. Received: 0.0")
    ]
    assert exponential.schedule == bench.schedule


def test_choosing_back_and_forth_keeps_what_was_typed() -> None:
    bench = Workbench.of(parse("ExponentialDecay(0.3, decay_steps=7, decay_rate=0.5)"))
    assert bench.choose("cosine").choose("exponential").schedule == bench.schedule
