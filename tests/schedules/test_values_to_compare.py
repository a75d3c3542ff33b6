"""Values to compare, around a present one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.protocol import Settings
from lrtui.schedules import parameters
from lrtui.schedules.family.cyclical import CyclicalRate
from lrtui.schedules.family.one_cycle import OneCycle
from lrtui.schedules.family.tanh import TanhDecay
from lrtui.schedules.parameters import Described, Parameter
from tests.schedules.strategies import EVERY_CLASS, patient, value_of
from tests.schedules.test_turning import (
    ALPHA,
    BOUNDARIES,
    FACTOR,
    FLAG,
    MULTIPLIER,
    POWER,
    RATE,
    SEED,
    STEPS,
    TARGET,
    WARMUP,
)

PATIENCE = next(one for one in parameters(Settings) if one.name == "plateau_patience")
LOWER = next(one for one in parameters(TanhDecay) if one.name == "lb")
START = next(one for one in parameters(OneCycle) if one.name == "pct_start")
OPTIMIZER = next(one for one in parameters(Settings) if one.name == "optimizer")
MODE = next(one for one in parameters(CyclicalRate) if one.name == "mode")


COMPARED: list[tuple[Parameter, Any, tuple[Any, ...]]] = [
    (RATE, 0.1, (0.02, 0.05, 0.1, 0.2, 0.5)),
    (RATE, 3e-4, (1e-4, 2e-4, 3e-4, 5e-4, 1e-3)),
    # 0.1 lies too near to be told from 0.11
    (RATE, 0.11, (0.02, 0.05, 0.11, 0.2, 0.5)),
    (RATE, 1e-12, (2e-13, 5e-13, 1e-12, 2e-12, 5e-12)),
    (STEPS, 1000, (200, 500, 1000, 2000, 5000)),
    (STEPS, 1280, (200, 500, 1280, 2000, 5000)),
    (STEPS, 1, (1, 2, 5, 10, 20)),
    (STEPS, 2, (1, 2, 5, 10, 20)),
    (STEPS, 10**12, (5 * 10**10, 10**11, 2 * 10**11, 5 * 10**11, 10**12)),
    (FACTOR, 0.96, (0.8, 0.9, 0.96, 0.98, 0.99)),
    (FACTOR, 0.1, (0.02, 0.05, 0.1, 0.2, 0.5)),
    (FACTOR, 0.5, (0.1, 0.2, 0.5, 0.8, 0.9)),
    (FACTOR, 0.9999, (0.9995, 0.9998, 0.9999, 0.99995, 0.99998)),
    (FACTOR, 1.0, (0.99, 0.999, 1.0, 1.001, 1.01)),
    # of what is left at the end, the decades below a tenth, and the tenths
    (ALPHA, 0.0, (0.0, 0.01, 0.1, 0.2, 0.3)),
    (ALPHA, 0.01, (0.0, 0.001, 0.01, 0.1, 0.2)),
    (START, 0.0, (0.0, 0.1, 0.2, 0.3, 0.4)),
    (START, 0.97, (0.6, 0.7, 0.8, 0.9, 0.97)),
    (ALPHA, 0.5, (0.3, 0.4, 0.5, 0.6, 0.7)),
    (ALPHA, 0.97, (0.6, 0.7, 0.8, 0.9, 0.97)),
    (MULTIPLIER, 2.0, (1.0, 1.5, 2.0, 3.0, 5.0)),
    (POWER, 1.0, (0.3, 0.5, 1.0, 1.5, 2.0)),
    (LOWER, -4.0, (-6.0, -5.0, -4.0, -3.0, -2.0)),
    (SEED, 0, (0, 1, 2, 3, 4)),
    (SEED, 7, (5, 6, 7, 8, 9)),
    (PATIENCE, 3, (1, 2, 3, 4, 5)),
    (FLAG, True, (False, True)),
    (MODE, "triangular2", ("triangular", "triangular2", "exp_range")),
    (BOUNDARIES, (300, 600), ((300, 600),)),
    # 0 and none do not say how large: the default does
    (WARMUP, 0, (0, 100, 200, 500, 1000)),
    (RATE, 1e-310, (1e-310, 0.01, 0.02, 0.05, 0.1)),
    (RATE, 0.0, (0.0, 0.01, 0.02, 0.05, 0.1)),
    (TARGET, None, (None, 0.01, 0.02, 0.05, 0.1)),
    (PATIENCE, None, (None, 1, 2, 3, 4)),
]


@pytest.mark.parametrize(("parameter", "value", "values"), COMPARED)
def test_values_to_compare(parameter: Parameter, value: Any, values: tuple[Any, ...]) -> None:
    found = parameter.values_to_compare(value)
    assert found == values
    assert [type(one) for one in found] == [type(one) for one in values]


def test_a_typed_value_stands_before_the_choices() -> None:
    assert OPTIMIZER.values_to_compare("Adam(beta_1=0.8)")[:3] == (
        "Adam(beta_1=0.8)",
        "sgd",
        "momentum",
    )
    assert OPTIMIZER.values_to_compare("sgd")[:2] == ("sgd", "momentum")


def test_a_scale_says_how_large_values_are_where_0_does_not() -> None:
    assert WARMUP.values_to_compare(0, scale=1280) == (0, 100, 200, 500, 1000)
    assert WARMUP.values_to_compare(0, scale=64) == (0, 5, 10, 20, 50)
    assert RATE.values_to_compare(0.0, scale=3e-4) == (0.0, 2e-5, 5e-5, 1e-4, 2e-4)
    assert RATE.values_to_compare(0.1, scale=3e-4) == RATE.values_to_compare(0.1)


def test_as_many_as_were_asked_for() -> None:
    assert RATE.values_to_compare(0.1, 3) == (0.05, 0.1, 0.2)
    assert RATE.values_to_compare(0.1, 8) == (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
    assert WARMUP.values_to_compare(0, 3) == (0, 500, 1000)
    assert RATE.values_to_compare(0.1, 1) == (0.1,)


@pytest.mark.parametrize("cls", [*EVERY_CLASS, Settings], ids=lambda cls: cls.__name__)
@given(data=st.data())
@patient
def test_every_value_is_allowed_and_another(cls: type[Described], data: st.DataObject) -> None:
    for parameter in parameters(cls):
        value = data.draw(value_of(parameter, wide=True))
        count = data.draw(st.integers(1, 9))
        found = parameter.values_to_compare(value, count)
        assert value in found
        assert all(parameter.check(one) == one for one in found)
        assert len(set(found)) == len(found)
        if not parameter.quantity.closed and not parameter.quantity.choices:
            known = [one for one in found if one is not None]
            assert known == sorted(known)
            assert len(found) <= count
