"""What the arrow keys do to a value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.protocol import Settings
from lrtui.schedules import parameters
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.parameters import Described, Parameter
from tests.schedules.strategies import EVERY_CLASS, patient, value_of


def of(cls: type[Described], name: str) -> Parameter:
    return next(parameter for parameter in parameters(cls) if parameter.name == name)


RATE = of(ExponentialDecay, "initial_learning_rate")
STEPS = of(ExponentialDecay, "decay_steps")
FACTOR = of(ExponentialDecay, "decay_rate")
ONCE = of(CosineDecayRestarts, "m_mul")
FLAG = of(ExponentialDecay, "staircase")
TARGET = of(CosineDecay, "warmup_target")
WARMUP = of(CosineDecay, "warmup_steps")
ALPHA = of(CosineDecay, "alpha")
MULTIPLIER = of(CosineDecayRestarts, "t_mul")
POWER = of(PolynomialDecay, "power")
BOUNDARIES = of(PiecewiseConstantDecay, "boundaries")
SEED = of(Settings, "seed")
DRIVE = of(Settings, "drive")


FINE: list[tuple[Parameter, Any, int, Any]] = [
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
    # Factors that apply again and again: hundredths, and finer the nearer 1 is.
    (FACTOR, 0.96, 1, 0.97),
    (FACTOR, 0.96, -1, 0.95),
    (FACTOR, 0.99, 1, 0.991),
    (FACTOR, 0.9999, 1, 0.99991),
    (FACTOR, 0.99999, 1, 1.0),
    (FACTOR, 0.999999, 1, 1.0),
    (FACTOR, 0.999999, -1, 0.99999),
    (FACTOR, 1.0, 1, 1.00001),
    (FACTOR, 1.0, -1, 0.99999),
    (FACTOR, 1.01, 1, 1.02),
    (FACTOR, 1.01, -1, 1.009),
    (FACTOR, 0.9613, 1, 0.97),
    (FACTOR, 0.9613, -1, 0.96),
    (FACTOR, 0.9987, 1, 0.999),
    (FACTOR, 0.9987, -1, 0.998),
    (FACTOR, 0.0, 1, 0.01),
    (FACTOR, 0.0, -1, 0.0),
    (FACTOR, 0.005, -1, 0.0),
    (FACTOR, 1e-300, 1, 0.01),
    (FACTOR, 1e6, 1, 1e6),
    # Other factors and fractions: hundredths, without the noise of binary fractions.
    (ONCE, 0.96, 4, 1.0),
    (ONCE, 1.0, -1, 0.99),
    (ONCE, 0.005, -1, 0.0),
    # What is left at the end: 1, 2, 5 up to a tenth, then hundredths.
    (ALPHA, 0.0, 1, 0.001),
    (ALPHA, 0.001, -1, 0.0),
    (ALPHA, 0.0, -1, 0.0),
    (ALPHA, 0.001, 3, 0.01),
    (ALPHA, 0.01, -2, 0.002),
    (ALPHA, 0.05, 1, 0.1),
    (ALPHA, 0.1, 1, 0.11),
    (ALPHA, 0.105, -1, 0.1),
    (ALPHA, 0.1, -1, 0.05),
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
    (DRIVE, "schedule", 1, "callback"),
    (DRIVE, "callback", 1, "schedule"),
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
]


@pytest.mark.parametrize(("parameter", "value", "notches", "turned"), FINE)
def test_fine(parameter: Parameter, value: Any, notches: int, turned: Any) -> None:
    result = parameter.turn(value, notches)
    assert result == turned
    assert type(result) is type(turned)


COARSE: list[tuple[Parameter, Any, int, Any]] = [
    (RATE, 0.1, 1, 1.0),
    (RATE, 0.1, -1, 0.01),
    (RATE, 0.3, 1, 3.0),
    (STEPS, 1280, 1, 12800),
    (STEPS, 1000, -1, 100),
    (STEPS, 5, -1, 1),
    (FACTOR, 0.05, -1, 0.0),
    (FACTOR, 0.96, 1, 0.99),
    (FACTOR, 0.96, -1, 0.9),
    (FACTOR, 0.9987, -1, 0.99),
    (FACTOR, 0.999999, 1, 1.0),
    (FACTOR, 0.999999, -1, 0.99999),
    (ONCE, 0.96, 1, 1.06),
    # What is left at the end: tenfold up to a tenth, then tenths.
    (ALPHA, 0.0, 1, 0.001),
    (ALPHA, 0.001, -1, 0.0),
    (ALPHA, 0.01, 1, 0.1),
    (ALPHA, 0.02, 1, 0.1),
    (ALPHA, 0.1, 1, 0.2),
    (ALPHA, 0.15, -1, 0.1),
    (ALPHA, 0.1, -1, 0.01),
    (ALPHA, 0.95, 1, 1.0),
    (MULTIPLIER, 2.0, 1, 3.0),
    (POWER, 0.5, -1, 0.0),
    # Of a few choices there is no large notch.
    (FLAG, False, 1, True),
    (DRIVE, "schedule", 1, "callback"),
    (SEED, 7, 1, 17),
]


@pytest.mark.parametrize(("parameter", "value", "notches", "turned"), COARSE)
def test_coarse(parameter: Parameter, value: Any, notches: int, turned: Any) -> None:
    assert parameter.turn(value, notches, coarse=True) == turned


def test_the_ladder_of_a_factor_that_applies_again_and_again() -> None:
    fine = "0.9 0.91 0.92 0.93 0.94 0.95 0.96 0.97 0.98 0.99"
    fine += " 0.991 0.992 0.993 0.994 0.995 0.996 0.997 0.998 0.999"
    fine += " 0.9991 0.9992 0.9993 0.9994 0.9995 0.9996 0.9997 0.9998 0.9999"
    fine += " 0.99991 0.99992 0.99993 0.99994 0.99995 0.99996 0.99997 0.99998 0.99999 1.0 1.00001"
    coarse = "0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 0.99 0.999 0.9999 0.99999 1.0"
    coarse += " 1.00001 1.0001 1.001 1.01 1.1 1.2"
    for ladder, far in ((fine, False), (coarse, True)):
        rungs = [float(rung) for rung in ladder.split()]
        assert [FACTOR.turn(rungs[0], n, far) for n in range(len(rungs))] == rungs
        assert [FACTOR.turn(rungs[-1], -n, far) for n in range(len(rungs))] == rungs[::-1]


def test_a_held_key_does_not_rush_through_few_notches() -> None:
    assert FLAG.quantity.notches_at_once == STEPS.quantity.notches_at_once == 1
    assert RATE.quantity.notches_at_once == FACTOR.quantity.notches_at_once == 2
    assert SEED.quantity.notches_at_once == 10


@pytest.mark.parametrize("cls", [*EVERY_CLASS, Settings], ids=lambda cls: cls.__name__)
@given(data=st.data())
@patient
def test_turned_values_are_always_allowed(cls: type[Described], data: st.DataObject) -> None:
    for parameter in parameters(cls):
        value = data.draw(value_of(parameter, wide=True))
        turned = parameter.turn(value, data.draw(st.integers(-30, 30)), data.draw(st.booleans()))
        assert parameter.check(turned) == turned


@given(value=st.floats(1e-9, 1e3), notches=st.integers(1, 40))
@patient
def test_up_is_greater_and_down_is_less(value: float, notches: int) -> None:
    assert RATE.turn(value, -notches) < value < RATE.turn(value, notches)


@given(start=st.sampled_from([1e-4, 1e-3, 0.1, 1.0]), notches=st.integers(-20, 20))
@patient
def test_there_and_back_again(start: float, notches: int) -> None:
    assert RATE.turn(RATE.turn(start, notches), -notches) == start
