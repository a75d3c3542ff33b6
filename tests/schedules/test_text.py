"""A schedule's text form: what a training script says, in and out."""

import ast
import math

import numpy as np
import pytest
from hypothesis import given

from lrtui.schedules import Invalid, Schedule, parse
from tests.schedules.strategies import EVERY_CLASS, any_schedule, patient


@given(schedule=any_schedule(wide=True))
@patient
def test_what_is_written_reads_back_the_same(schedule: Schedule) -> None:
    assert parse(str(schedule)) == schedule


@given(schedule=any_schedule())
@patient
def test_what_is_written_has_the_same_rates(schedule: Schedule) -> None:
    steps = [0, 1, 2, 10, 100, 299, 300, 301, 1000, 10**6]
    np.testing.assert_array_equal(parse(str(schedule))(steps), schedule(steps))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("constant", "Constant(0.1)"),
        ("exponential", "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)"),
        ("ExponentialDecay", "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)"),
        (
            "ExponentialDecay(1e-3, 500, 0.9, True)",
            "ExponentialDecay(0.001, decay_steps=500, decay_rate=0.9, staircase=True)",
        ),
        (
            "keras.optimizers.schedules.InverseTimeDecay(.5, decay_steps=10, decay_rate=2)",
            "InverseTimeDecay(0.5, decay_steps=10, decay_rate=2.0)",
        ),
        (
            "schedules.PiecewiseConstantDecay(boundaries=[1, 2], values=[3, 2, 1])",
            "PiecewiseConstantDecay([1, 2], values=[3.0, 2.0, 1.0])",
        ),
        (
            "CosineDecay(\n    initial_learning_rate=0.0,\n    decay_steps=1_000,\n"
            "    warmup_target=0.1,  # peak\n    warmup_steps=100,\n)",
            "CosineDecay(0.0, decay_steps=1000, warmup_target=0.1, warmup_steps=100)",
        ),
        ("PolynomialDecay(0.1, 1e3)", "PolynomialDecay(0.1, decay_steps=1000)"),
        ("  cosine-restarts  ", "CosineDecayRestarts(0.1, first_decay_steps=200)"),
        ("keras.optimizers.schedules.CosineDecay", "CosineDecay(0.1, decay_steps=1000)"),
    ],
)
def test_written_in_one_way(text: str, written: str) -> None:
    assert str(parse(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        'ExponentialDecay(0.1, 1000, 0.96, name="mine")',
        'ExponentialDecay(0.1, 1000, 0.96, False, "mine")',
        "ExponentialDecay(0.1, 1000, 0.96, name='')",
    ],
)
def test_keras_name_argument_says_nothing_about_the_rate(text: str) -> None:
    assert parse(text) == parse("ExponentialDecay(0.1, 1000, 0.96)")


def test_overrides_win_over_the_text() -> None:
    schedule = parse("ExponentialDecay(0.1, 1000, 0.96)", {"decay_rate": "0.5", "staircase": "on"})
    assert str(schedule) == (
        "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.5, staircase=True)"
    )


def test_overrides_are_read_as_a_person_types() -> None:
    schedule = parse("piecewise", {"boundaries": "1k 2k", "values": "[1e-1, 1e-2, 1e-3]"})
    assert schedule == parse("PiecewiseConstantDecay([1000, 2000], [0.1, 0.01, 0.001])")


@pytest.mark.parametrize(
    ("text", "overrides", "message"),
    [
        (
            "exponental",
            {},
            "schedule must be the name of a schedule (did you mean exponential?). "
            "Received: 'exponental'",
        ),
        (
            "CosineAnealing",
            {},
            "schedule must be the name of a schedule (did you mean CosineAnnealing?). ",
        ),
        ("zzz", {}, "(`lrtui list` shows them all). Received: 'zzz'"),
        (
            "ExponentialDecay(-1)",
            {},
            "initial_learning_rate must be a finite number >= 0. Received: -1",
        ),
        (
            "ExponentialDecay(0.1, 0)",
            {},
            "decay_steps must be an integer from 1 to 1e12. Received: 0",
        ),
        ("ExponentialDecay(0.1, 10.5)", {}, "decay_steps must be an integer from 1 to 1e12. "),
        ("ExponentialDecay(0.1, staircase=1)", {}, "staircase must be true or false. Received: 1"),
        ("Constant(1e999)", {}, "learning_rate must be a finite number >= 0. Received: inf"),
        ("Constant('0.1')", {}, "learning_rate must be a finite number >= 0. Received: '0.1'"),
        ("Constant(None)", {}, "learning_rate must be a finite number >= 0. Received: None"),
        (
            "Constant(0.1, learning_rate=0.2)",
            {},
            "learning_rate must be given once. Received: '0.2'",
        ),
        (
            "Constant(1, 2, 3)",
            {},
            "Constant takes at most 1 argument. Received: 3",
        ),
        (
            "CosineDecay(0.1, 100, alfa=0.1)",
            {},
            "CosineDecay takes the arguments initial_learning_rate, decay_steps, alpha, "
            "warmup_target, warmup_steps. Received: 'alfa'",
        ),
        (
            "exponential",
            {"decay": "1"},
            "ExponentialDecay takes the arguments initial_learning_rate, decay_steps, decay_rate, "
            "staircase. Received: 'decay'",
        ),
        (
            "exponential",
            {"decay_rate": "fast"},
            "decay_rate must be a finite number from 0 to 1e6. Received: 'fast'",
        ),
        (
            "PiecewiseConstantDecay([1, 2], [0.1])",
            {},
            "values must hold 3 rates, one more than boundaries. Received: [0.1]",
        ),
        (
            "PiecewiseConstantDecay([], [0.1])",
            {},
            "boundaries must hold at least one step (else use Constant). Received: []",
        ),
        ("CosineDecay(0.1, 100, alpha=1.5)", {}, "alpha must be a finite number from 0 to 1"),
        (
            "ExponentialDecay(initial, 1000)",
            {},
            "initial_learning_rate must be a finite number >= 0; initial is not known here: give "
            "it with -p initial=VALUE, or the line that sets it. Received: initial",
        ),
        ("0.1", {}, "a number is no schedule: a fixed rate is Constant(0.1). Received: 0.1"),
        ("", {}, "schedule must be a name or a constructor expression. Received: ''"),
    ],
)
def test_refused_by_name_with_what_is_allowed(
    text: str, overrides: dict[str, str], message: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(text, overrides)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("cls", EVERY_CLASS, ids=lambda cls: cls.__name__)
def test_arguments_keras_has_no_default_for_are_always_written(cls: type[Schedule]) -> None:
    written = str(cls())
    (call,) = [node for node in ast.parse(written).body if isinstance(node, ast.Expr)]
    assert isinstance(call.value, ast.Call)
    assert len(call.value.keywords) == cls.required - 1
    assert parse(written) == cls()


def test_a_rate_reads_back_to_the_last_bit() -> None:
    for rate in (math.nextafter(0.1, 1), 5e-324, 1e-5, 123456789.125, 3.4e38):
        assert parse(f"Constant({rate!r})") == parse(str(parse(f"Constant({rate!r})")))
        assert parse(str(parse(f"Constant({rate!r})"))).learning_rate == rate  # type: ignore[attr-defined]
