"""Lines of TensorFlow 1, beside ``tf.compat.v1.train`` itself, which TensorFlow still has."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import parse
from lrtui.schedules.foreign import constructors, load
from tests.export_libraries.comparing import assert_same_as, refused
from tests.export_libraries.spelling import (
    calls,
    factors,
    flags,
    fractions,
    many,
    rates,
    steps,
    written,
)

STEPS = 70


def by_tensorflow(line: str, count: int) -> list[float]:
    """The rates of all steps at once; under eager execution it gives a function."""
    made = eval(line, {"tf": tf, "global_step": tf.range(count, dtype=tf.int64)})
    found: list[float] = made().numpy().tolist()
    return found


def step_by_step(line: str, count: int) -> list[float]:
    """The rates, each step asked by itself: for schedules with a condition in them."""
    found = []
    for step in range(count):
        made = eval(line, {"tf": tf, "global_step": tf.constant(step, tf.int64)})
        found.append(float(made()))
    return found


STEP = {"learning_rate": rates, "global_step": rates.map(lambda _: "global_step")}
TAIL = {"staircase": flags}
PERIODS = written(st.floats(0.1, 3) | st.just(0.5))
ZERO = st.sampled_from(["0.0", "0"])

CONSTRUCTORS: dict[str, tuple[dict[str, Any], ...]] = {
    "exponential_decay": ({**STEP, "decay_steps": steps, "decay_rate": factors}, TAIL),
    "natural_exp_decay": ({**STEP, "decay_steps": steps, "decay_rate": factors}, TAIL),
    "inverse_time_decay": ({**STEP, "decay_steps": steps, "decay_rate": factors}, TAIL),
    "polynomial_decay": (
        {**STEP, "decay_steps": steps},
        {"end_learning_rate": rates, "power": factors, "cycle": flags},
    ),
    "linear_cosine_decay": (
        {**STEP, "decay_steps": steps, "num_periods": PERIODS, "alpha": fractions, "beta": ZERO},
        {},
    ),
    "cosine_decay": ({**STEP, "decay_steps": steps}, {"alpha": fractions}),
}


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_every_schedule(name: str) -> None:
    @many
    @given(calls(f"tf.compat.v1.train.{name}", *CONSTRUCTORS[name]))
    def check(line: str) -> None:
        assert_same_as(line, by_tensorflow, STEPS)

    check()


def test_piecewise_and_restarts() -> None:
    piecewise = "tf.compat.v1.train.piecewise_constant(global_step, [5, 9], [0.3, 0.2, 0.1])"
    assert_same_as(piecewise, step_by_step, 20)
    alias = piecewise.replace("constant(", "constant_decay(")
    assert_same_as(alias, step_by_step, 20)
    assert_same_as(
        "tf.compat.v1.train.cosine_decay_restarts(0.1, global_step, 10, alpha=0.1)",
        by_tensorflow,
        60,
    )


def test_the_class_of_the_linear_cosine_is_its_function() -> None:
    """Keras has it no longer."""
    made = parse("LinearCosineDecay(0.3, 40, num_periods=1.5, alpha=0.1, beta=0.0)")
    line = "tf.compat.v1.train.linear_cosine_decay(0.3, global_step, 40, 1.5, 0.1, 0.0)"
    np.testing.assert_allclose(made(np.arange(60)), by_tensorflow(line, 60), 0, 3e-7)
    assert "beta must be 0" in refused("LinearCosineDecay(0.3, 40)")


def test_all_are_looked_at() -> None:
    beside = {
        "LinearCosineDecay",
        "piecewise_constant",
        "piecewise_constant_decay",
        "cosine_decay_restarts",
        "CyclicLR",
    }
    assert set(constructors(load("tensorflow"))) == {*CONSTRUCTORS, *beside}
    assert np.isfinite(by_tensorflow("tf.compat.v1.train.cosine_decay(0.1, global_step, 9)", 2)[1])
