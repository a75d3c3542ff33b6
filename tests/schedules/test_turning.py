"""What the arrow keys do to a value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import parameters
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.parameters import Described, Parameter
from lrtui.schedules.turning import turn
from lrtui.training.protocol import Settings
from tests.schedules.strategies import EVERY_CLASS, patient, value_of


def of(cls: type[Described], name: str) -> Parameter:
    return next(parameter for parameter in parameters(cls) if parameter.name == name)


RATE = of(ExponentialDecay, "initial_learning_rate")
STEPS = of(ExponentialDecay, "decay_steps")
FACTOR = of(ExponentialDecay, "decay_rate")
FLAG = of(ExponentialDecay, "staircase")
TARGET = of(CosineDecay, "warmup_target")
WARMUP = of(CosineDecay, "warmup_steps")
ALPHA = of(CosineDecay, "alpha")
MULTIPLIER = of(CosineDecayRestarts, "t_mul")
POWER = of(PolynomialDecay, "power")
BOUNDARIES = of(PiecewiseConstantDecay, "boundaries")
SEED = of(Settings, "seed")
TASK = of(Settings, "task")


@pytest.mark.parametrize(
    ("parameter", "value", "notches", "turned"),
    [
        # Rates: ten a decade, the preferred numbers of series R10.
        (RATE, 0.1, 1, 0.125),
        (RATE, 0.1, -1, 0.08),
        (RATE, 0.1, 10, 1.0),
        (RATE, 0.1, -10, 0.01),
        (RATE, 0.11, 1, 0.125),
        (RATE, 0.11, -1, 0.1),
        (RATE, 0.00025, 1, 0.000315),
        (RATE, 1e-12, -1, 0.0),
        (RATE, 0.0, 1, 1e-12),
        (RATE, 0.0, -1, 0.0),
        # Steps: 1, 2, 5.
        (STEPS, 1, 1, 2),
        (STEPS, 2, 1, 5),
        (STEPS, 5, 1, 10),
        (STEPS, 1000, 1, 2000),
        (STEPS, 1000, -1, 500),
        (STEPS, 1280, 1, 2000),
        (STEPS, 1280, -1, 1000),
        (STEPS, 1, -1, 1),
        (STEPS, 10**12, 1, 10**12),
        (WARMUP, 1, -1, 0),
        (WARMUP, 0, 1, 1),
        (WARMUP, 0, -1, 0),
        # Factors and fractions: hundredths, without the noise of binary fractions.
        (FACTOR, 0.96, 1, 0.97),
        (FACTOR, 0.96, -1, 0.95),
        (FACTOR, 0.96, 4, 1.0),
        (FACTOR, 0.0, -1, 0.0),
        (FACTOR, 0.005, -1, 0.0),
        (ALPHA, 0.995, 1, 1.0),
        (ALPHA, 1.0, 1, 1.0),
        # Multipliers and powers: tenths.
        (MULTIPLIER, 2.0, 1, 2.1),
        (MULTIPLIER, 1.0, -1, 1.0),
        (POWER, 0.1, -1, 0.0),
        (POWER, 100.0, 1, 100.0),
        # A flag and a choice go round.
        (FLAG, False, 1, True),
        (FLAG, True, 1, False),
        (FLAG, False, -1, True),
        (TASK, "spirals", 1, "sine"),
        (TASK, "sine", 1, "spirals"),
        # Whole numbers: ones.
        (SEED, 0, 1, 1),
        (SEED, 0, -1, 0),
        (SEED, 2**31 - 1, 1, 2**31 - 1),
        # Not set: up sets it, down leaves it.
        (TARGET, None, 1, 0.1),
        (TARGET, None, -1, None),
        # Typed, not turned.
        (BOUNDARIES, (300, 600), 1, (300, 600)),
        (RATE, 0.123, 0, 0.123),
    ],
)
def test_fine(parameter: Parameter, value: Any, notches: int, turned: Any) -> None:
    result = turn(parameter, value, notches)
    assert result == turned
    assert type(result) is type(turned)


@pytest.mark.parametrize(
    ("parameter", "value", "notches", "turned"),
    [
        (RATE, 0.1, 1, 1.0),
        (RATE, 0.1, -1, 0.01),
        (RATE, 0.3, 1, 3.0),
        (STEPS, 1280, 1, 12800),
        (STEPS, 1000, -1, 100),
        (STEPS, 5, -1, 1),
        (FACTOR, 0.96, 1, 1.06),
        (FACTOR, 0.05, -1, 0.0),
        (MULTIPLIER, 2.0, 1, 3.0),
        (SEED, 7, 1, 17),
    ],
)
def test_coarse(parameter: Parameter, value: Any, notches: int, turned: Any) -> None:
    assert turn(parameter, value, notches, coarse=True) == turned


@pytest.mark.parametrize("cls", [*EVERY_CLASS, Settings], ids=lambda cls: cls.__name__)
@given(data=st.data())
@patient
def test_turned_values_are_always_allowed(cls: type[Described], data: st.DataObject) -> None:
    for parameter in parameters(cls):
        value = data.draw(value_of(parameter, wide=True))
        turned = turn(parameter, value, data.draw(st.integers(-30, 30)), data.draw(st.booleans()))
        assert parameter.check(turned) == turned


@given(value=st.floats(1e-9, 1e3), notches=st.integers(1, 40))
@patient
def test_up_is_greater_and_down_is_less(value: float, notches: int) -> None:
    assert turn(RATE, value, -notches) < value < turn(RATE, value, notches)


@given(start=st.sampled_from([1e-4, 1e-3, 0.1, 1.0]), notches=st.integers(-20, 20))
@patient
def test_there_and_back_again(start: float, notches: int) -> None:
    assert turn(RATE, turn(RATE, start, notches), -notches) == start
