"""Three that must agree: the NumPy formula, the adapter in a compiled step, Keras' own class.

Where only rounding separates them the bound is a relative 1e-6, about eight units in the last place
of float32. Where a formula cancels, so that its result is small against its terms, the rounding of
the terms is what remains; the bound is then a few units in the last place of the largest term, and
each test says which that is. TensorFlow flushes denormal numbers to 0, also on the way: the
smallest normal number times the rate is added everywhere.
"""

import math
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from lrtui.live.keras_schedule import KerasSchedule, keras_schedule, text_of
from lrtui.schedules import Schedule, catalogue
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.inverse_time import InverseTimeDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.schedules.family.polynomial import PolynomialDecay

EPSILON = 2.0**-23
TINY = 2.0**-126

rates = st.floats(0, 1e3, width=32, allow_subnormal=False)
durations = st.one_of(st.integers(1, 1000), st.integers(1, 10**8))
moments = st.lists(st.one_of(st.integers(0, 3000), st.integers(0, 10**8)), min_size=1, max_size=30)
factors = st.floats(0, 2, width=32, allow_subnormal=False)
fractions = st.floats(0, 1, width=32, allow_subnormal=False)


def by_keras(schedule: Schedule, steps: Any) -> Any:
    """What Keras' class says, float64 copies of float32 values."""
    own = keras_schedule(schedule)
    assert type(own) is getattr(keras.optimizers.schedules, type(schedule).__name__)
    return np.asarray(own(tf.constant(steps)), np.float64)


def assert_close(ours: Any, theirs: Any, largest_term: Any = 0.0, terms: float = 4) -> None:
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    slack = terms * EPSILON * np.asarray(largest_term, np.float64)
    slack = slack + TINY * np.maximum(1, np.asarray(largest_term))
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore"):
        close = np.abs(ours - theirs) <= 1e-6 * np.abs(theirs) + slack
    assert (same | close).all(), f"{ours[~(same | close)]} != {theirs[~(same | close)]}"


@given(rates, durations, factors, st.booleans(), moments)
def test_exponential(start: float, decay: int, rate: float, stairs: bool, steps: list[int]) -> None:
    schedule = ExponentialDecay(start, decay, rate, stairs)
    # The power may be denormal where its product with the rate is not: one TINY per unit of rate.
    assert_close(schedule(steps), by_keras(schedule, steps), largest_term=start, terms=0)


@given(rates, durations, factors, st.booleans(), moments)
def test_inverse_time(
    start: float, decay: int, rate: float, stairs: bool, steps: list[int]
) -> None:
    schedule = InverseTimeDecay(start, decay, rate, stairs)
    assert_close(schedule(steps), by_keras(schedule, steps))


@given(
    rates,
    durations,
    rates,
    st.floats(0, 10, width=32, allow_subnormal=False),
    st.booleans(),
    moments,
)
def test_polynomial(
    start: float, decay: int, end: float, power: float, cycle: bool, steps: list[int]
) -> None:
    schedule = PolynomialDecay(start, decay, end, power, cycle)
    # (start - end) * x + end cancels where the end is the greater: its size is what rounds.
    assert_close(schedule(steps), by_keras(schedule, steps), largest_term=max(start, end))


@given(st.data(), st.integers(1, 6), moments)
def test_piecewise(data: st.DataObject, count: int, steps: list[int]) -> None:
    boundaries = data.draw(st.lists(durations, min_size=count, max_size=count))
    values = data.draw(st.lists(rates, min_size=count + 1, max_size=count + 1))
    schedule = PiecewiseConstantDecay(tuple(boundaries), tuple(values))
    around = [*steps, *(step + near for step in boundaries for near in (-1, 0, 1))]
    np.testing.assert_array_equal(schedule(around), by_keras(schedule, np.array(around)))


@given(rates, durations, fractions, moments)
def test_cosine(start: float, decay: int, alpha: float, steps: list[int]) -> None:
    schedule = CosineDecay(start, decay, alpha)
    # 1 + cos cancels towards the end of the decay: the cosine's last place counts, times the rate.
    assert_close(schedule(steps), by_keras(schedule, steps), largest_term=start)


@given(rates, durations, fractions, rates, st.integers(0, 10**8), moments)
def test_cosine_with_warmup(
    start: float, decay: int, alpha: float, target: float, warmup: int, steps: list[int]
) -> None:
    schedule = CosineDecay(start, decay, alpha, target, warmup)
    own = keras_schedule(schedule)
    # Keras cannot be asked for several steps at once here.
    some = [*steps[:5], warmup, max(0, warmup - 1), warmup + decay]
    theirs = [float(own(tf.constant(step))) for step in some]
    assert_close(schedule(some), theirs, largest_term=max(start, target))


@given(
    rates,
    durations,
    st.one_of(st.just(1.0), st.floats(1.015625, 8, width=32)),
    factors,
    fractions,
    moments,
)
def test_cosine_restarts(
    start: float, first: int, t_mul: float, m_mul: float, alpha: float, steps: list[int]
) -> None:
    """Keras finds the period by a float32 logarithm, which may round to either side of a restart.

    The fraction done of a period is a difference of two numbers 1 / (t_mul - 1) times as large,
    which is what rounds. Where a restart lies within that rounding of a step, Keras' own value at
    such a neighbour (it accepts fractions) is as good as the one at the step: Keras itself differs
    there between a call on one step and a call on several.
    """
    schedule = CosineDecayRestarts(start, first, t_mul, m_mul, alpha)
    done = np.asarray(steps, np.float64) / first
    if t_mul == 1:
        period, rounding = np.floor(done), np.maximum(1, done)
    else:
        period = np.log1p(done * (t_mul - 1)) / math.log(t_mul)
        rounding = np.full(len(steps), 1 + 1 / (t_mul - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        height = start * np.maximum(1, m_mul ** (period + 1))
    shifts = 1 + 2 * EPSILON * rounding[:, None] * np.linspace(-3, 3, 13)
    near = np.float32(np.asarray(steps)[:, None] * shifts)
    theirs = by_keras(schedule, near)
    ours = np.asarray(schedule(steps), np.float64)[:, None]
    slack = 16 * EPSILON * (height * rounding)[:, None] + TINY * np.maximum(1, start)
    with np.errstate(invalid="ignore"):
        close = np.abs(ours - theirs) <= 1e-6 * np.abs(theirs) + slack
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    assert (close | same).any(axis=1).all(), (ours[:, 0], theirs)


EXAMPLES = [
    ExponentialDecay(),
    ExponentialDecay(0.1, 7, 0.5, staircase=True),
    InverseTimeDecay(),
    InverseTimeDecay(0.1, 7, 2.0, staircase=True),
    PolynomialDecay(),
    PolynomialDecay(0.1, 70, 0.5, power=2.0, cycle=True),
    PiecewiseConstantDecay(),
    CosineDecay(),
    CosineDecay(0.01, 700, 0.1, warmup_target=0.3, warmup_steps=70),
    CosineDecayRestarts(),
    CosineDecayRestarts(0.1, 70, t_mul=1.0, m_mul=0.5, alpha=0.1),
    Constant(0.3),
]
EXAMPLES += [cls() for cls in catalogue().values() if cls not in {type(one) for one in EXAMPLES}]
STEPS = [0, 1, 2, 69, 70, 71, 300, 301, 770, 1000, 10**6, 10**8]


@pytest.fixture
def policy(request: pytest.FixtureRequest) -> Iterator[None]:
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(request.param)
    yield
    keras.mixed_precision.set_global_policy(before)


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize(
    ("jit", "policy"),
    [(False, "float32"), (True, "mixed_float16")],
    ids=["compiled", "jit-mixed"],
    indirect=["policy"],
)
def test_the_adapter_in_a_compiled_step(jit: bool) -> None:
    """All in one function, as compiling is what takes time. XLA's power and cosine are its own."""
    adapters = [KerasSchedule(schedule) for schedule in EXAMPLES]

    @tf.function(jit_compile=jit)  # type: ignore[untyped-decorator, unused-ignore]
    def step(iterations: Any) -> Any:
        return tf.stack([adapter(iterations) for adapter in adapters])

    found = np.stack([step(tf.constant(one, tf.int64)).numpy() for one in STEPS], axis=1)
    assert found.dtype == np.float32
    for schedule, ours in zip(EXAMPLES, found, strict=True):
        peak = float(np.max(schedule(range(1000))))
        assert_close(ours, schedule(STEPS), largest_term=peak)
        own = keras_schedule(schedule)
        if not isinstance(own, KerasSchedule):
            theirs = [float(own(tf.constant(one, tf.int64))) for one in STEPS]
            assert_close(ours, theirs, largest_term=peak)


@pytest.mark.parametrize("schedule", EXAMPLES, ids=str)
def test_what_keras_trains_with_is_named_as_it_was_written(schedule: Schedule) -> None:
    assert text_of(keras_schedule(schedule)) == str(schedule)


def test_the_adapter_is_saved_and_loaded_by_keras() -> None:
    config = keras.optimizers.schedules.serialize(KerasSchedule(Constant(0.3)))
    loaded = keras.optimizers.schedules.deserialize(config)
    assert float(loaded(tf.constant(5))) == np.float32(0.3)
