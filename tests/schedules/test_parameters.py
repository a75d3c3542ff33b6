"""Checking, reading and showing values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.protocol import Settings
from lrtui.schedules import Invalid, parameters
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.parameters import Described, Parameter
from tests.schedules.strategies import EVERY_CLASS, patient, value_of


def of(cls: type[Described], name: str) -> Parameter:
    return next(parameter for parameter in parameters(cls) if parameter.name == name)


RATE = of(ExponentialDecay, "initial_learning_rate")
STEPS = of(ExponentialDecay, "decay_steps")
FLAG = of(ExponentialDecay, "staircase")
TARGET = of(CosineDecay, "warmup_target")
BOUNDARIES = of(PiecewiseConstantDecay, "boundaries")
VALUES = of(PiecewiseConstantDecay, "values")
DRIVE = of(Settings, "drive")
SEED = of(Settings, "seed")


@pytest.mark.parametrize("cls", [*EVERY_CLASS, Settings], ids=lambda cls: cls.__name__)
@given(data=st.data())
@patient
def test_shown_then_read_is_the_same_value(cls: type[Described], data: st.DataObject) -> None:
    for parameter in parameters(cls):
        value = data.draw(value_of(parameter, wide=True))
        assert parameter.check(value) == value
        assert parameter.read(parameter.show(value)) == value


@pytest.mark.parametrize(
    ("parameter", "typed", "value"),
    [
        (RATE, "1e-3", 0.001),
        (RATE, " .5 ", 0.5),
        (RATE, "1", 1.0),
        (STEPS, "10k", 10_000),
        (STEPS, "1.001k", 1001),
        (STEPS, "2M", 2_000_000),
        (STEPS, "1e3", 1000),
        (STEPS, "1_000", 1000),
        (STEPS, "1g", 10**9),
        (FLAG, "on", True),
        (FLAG, "True", True),
        (FLAG, "no", False),
        (FLAG, "0", False),
        (TARGET, "none", None),
        (TARGET, "", None),
        (TARGET, "0.2", 0.2),
        (BOUNDARIES, "100, 200", (100, 200)),
        (BOUNDARIES, "[1k 2k]", (1000, 2000)),
        (BOUNDARIES, "(5)", (5,)),
        (VALUES, "0.1,0.01", (0.1, 0.01)),
        (DRIVE, "callback", "callback"),
    ],
)
def test_read(parameter: Parameter, typed: str, value: Any) -> None:
    read = parameter.read(typed)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("parameter", "typed", "message"),
    [
        (RATE, "fast", "initial_learning_rate must be a finite number >= 0. Received: 'fast'"),
        (RATE, "-1", "initial_learning_rate must be a finite number >= 0. Received: -1"),
        (RATE, "nan", "initial_learning_rate must be a finite number >= 0. Received: nan"),
        (RATE, "1e39", "initial_learning_rate must be a finite number >= 0. Received: 1e39"),
        (RATE, "", "initial_learning_rate must be a finite number >= 0. Received: ''"),
        (RATE, "k", "initial_learning_rate must be a finite number >= 0. Received: 'k'"),
        (STEPS, "0", "decay_steps must be an integer from 1 to 1e12. Received: 0"),
        (STEPS, "1.5", "decay_steps must be an integer from 1 to 1e12. Received: 1.5"),
        (STEPS, "none", "decay_steps must be an integer from 1 to 1e12. Received: 'none'"),
        (FLAG, "maybe", "staircase must be true or false. Received: 'maybe'"),
        (TARGET, "x", "warmup_target must be a finite number >= 0, or none. Received: 'x'"),
        (
            BOUNDARIES,
            "1, x",
            "boundaries must be integers from 0 to 1e12, as in 300, 600. Received: 'x'",
        ),
        (DRIVE, "by hand", "drive must be one of schedule, callback. Received: 'by hand'"),
        (SEED, str(2**31), "seed must be an integer from 0 to 2147483647. Received: 2147483648"),
    ],
)
def test_refused_with_argument_allowed_and_received(
    parameter: Parameter, typed: str, message: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        parameter.read(typed)
    assert str(refusal.value) == message
    assert refusal.value.name == parameter.name


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (RATE, True),
        (RATE, "0.1"),
        (RATE, None),
        (RATE, [0.1]),
        (STEPS, 1.5),
        (STEPS, float("inf")),
        (FLAG, 1),
        (BOUNDARIES, 100),
        (BOUNDARIES, "100"),
        (BOUNDARIES, [[100]]),
        (DRIVE, 3),
    ],
)
def test_a_value_of_another_type_is_refused(parameter: Parameter, value: Any) -> None:
    with pytest.raises(Invalid, match=parameter.name):
        parameter.check(value)


def test_a_value_comes_back_in_its_own_type() -> None:
    assert type(RATE.check(1)) is float
    assert type(STEPS.check(1000.0)) is int
    assert BOUNDARIES.check([1, 2]) == (1, 2)


def test_a_long_value_is_shortened() -> None:
    with pytest.raises(Invalid) as refusal:
        RATE.read("x" * 10_000)
    assert len(str(refusal.value)) < 150


def test_what_cannot_be_cannot_be_made() -> None:
    with pytest.raises(Invalid, match="decay_steps"):
        ExponentialDecay(decay_steps=0)
    with pytest.raises(Invalid, match="decay_steps"):
        ExponentialDecay().replace(decay_steps=-1)
    assert ExponentialDecay().replace(decay_steps=5).decay_steps == 5


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.1, "0.1"), (1e-5, "1e-5"), (1.0, "1.0"), (1e20, "1e20"), (1234567.5, "1234567.5")],
)
def test_numbers_are_shown_short(value: float, shown: str) -> None:
    assert RATE.show(value) == shown


def test_parameters_know_unit_and_help() -> None:
    assert STEPS.quantity.unit == "steps"
    assert STEPS.help == "steps in which the rate is multiplied by decay_rate once."
    assert [parameter.name for parameter in parameters(ExponentialDecay)] == [
        "initial_learning_rate",
        "decay_steps",
        "decay_rate",
        "staircase",
    ]
