"""Lines of libraries around Keras, beside their own schedules and beside their formulas.

A formula is written down from the library's own, for one step at a time. TensorFlow Addons and the
Models Garden are asked themselves too, each module loaded by itself.
"""

import importlib.util
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules.foreign import constructors, load
from tests.export_libraries.alone import alone
from tests.export_libraries.comparing import assert_no_other_than, assert_same_as
from tests.export_libraries.formulas import half_cosine, same
from tests.export_libraries.spelling import (
    calls,
    counts,
    factors,
    flags,
    fractions,
    lists,
    many,
    rates,
    steps,
    written,
)

# ---------------------------------------------------------------- asked themselves

STEPS = 60
HAS_ADDONS = importlib.util.find_spec("tensorflow_addons") is not None
"""There is none for Python 3.12 and later."""
NAMES: dict[str, Any] = {"tf": tf}
if HAS_ADDONS:
    NAMES |= vars(
        alone(
            "tensorflow_addons.optimizers.cyclical_learning_rate",
            tensorflow_addons__utils={},
            tensorflow_addons__utils__types={"FloatTensorLike": object},
            typeguard={"typechecked": lambda function: function},
        )
    )
NAMES |= vars(alone("official.modeling.optimization.lr_schedule", tf_keras=vars(keras)))
NAMES |= vars(
    alone(
        "official.nlp.optimization",
        tf_keras=vars(keras),
        gin={"configurable": lambda function: function},
        official__modeling__optimization__lamb={"LAMB": None},
        official__modeling__optimization__legacy_adamw={"AdamWeightDecay": None},
    )
)


def by_themselves(line: str, count: int) -> Sequence[float]:
    """The rate of each step; Keras 2, for which they were made, gives the step as a float."""
    schedule = eval(line, NAMES)
    return [float(schedule(tf.constant(step, tf.float32))) for step in range(count)]


def of_addons(line: str, count: int) -> Sequence[float]:
    """The same, of all steps at once: there is no condition in them."""
    found: list[float] = eval(line, NAMES)(tf.range(count, dtype=tf.float32)).numpy().tolist()
    return found


TRIANGLE = {"initial_learning_rate": rates, "maximal_learning_rate": rates, "step_size": steps}
AFTER = st.tuples(rates, steps).map(
    lambda given: f"tf.keras.optimizers.schedules.PolynomialDecay({given[0]}, {given[1]}, 0.0)"
)
POWER = {"power": written(st.floats(-2, 0))}
OF_ADDONS: dict[str, tuple[dict[str, Any], ...]] = {
    "TriangularCyclicalLearningRate": (TRIANGLE, {}),
    "Triangular2CyclicalLearningRate": (TRIANGLE, {}),
    "ExponentialCyclicalLearningRate": (
        TRIANGLE,
        {},
        {"gamma": written(st.floats(0.5, 0.95) | st.just(0.99))},
    ),
}
DECAY = {"offset": counts, "initial_learning_rate": rates, "decay_steps": steps}
OF_THE_GARDEN: dict[str, tuple[dict[str, Any], ...]] = {
    "LinearWarmup": (
        {
            "after_warmup_lr_sched": rates | AFTER,
            "warmup_steps": steps,
            "warmup_learning_rate": rates,
        },
        {},
    ),
    "PolynomialWarmUp": (
        {"after_warmup_lr_sched": rates | AFTER, "warmup_steps": steps},
        {"power": written(st.floats(0.3, 3))},
    ),
    "WarmUp": (
        {"initial_learning_rate": rates, "decay_schedule_fn": AFTER, "warmup_steps": steps},
        {"power": written(st.floats(0.3, 3))},
    ),
    "DirectPowerDecay": ({"initial_learning_rate": rates}, POWER),
    "PowerAndLinearDecay": (
        {"initial_learning_rate": rates, "total_decay_steps": steps},
        {**POWER, "linear_decay_fraction": factors, "offset": counts},
    ),
    "PowerDecayWithOffset": (
        {"initial_learning_rate": rates},
        {**POWER, "offset": counts, "pre_offset_learning_rate": rates},
    ),
    "CosineDecayWithOffset": ({}, {}, {**DECAY, "alpha": fractions}),
    "PolynomialDecayWithOffset": (
        {},
        {},
        {**DECAY, "end_learning_rate": rates, "power": factors, "cycle": flags},
    ),
    "ExponentialDecayWithOffset": ({}, {}, {**DECAY, "decay_rate": factors, "staircase": flags}),
    "PiecewiseConstantDecayWithOffset": (
        {},
        {},
        {
            "offset": counts,
            "boundaries": st.just("[5, 9, 20]"),
            "values": lists(rates, 4),
        },
    ),
}


MORE_REFUSED = (
    *("PowerAndLinearDecay", "PowerDecayWithOffset"),
    *("PolynomialDecayWithOffset", "ExponentialDecayWithOffset"),
)
"""A share of steps that is no whole number; a cap that is reached later; a cycle, or stairs, that
begin in the middle, and rates below 0.
"""


@pytest.mark.parametrize("name", [*(OF_ADDONS if HAS_ADDONS else ()), *OF_THE_GARDEN])
def test_those_that_can_be_asked(name: str) -> None:
    required, *others = {**OF_ADDONS, **OF_THE_GARDEN}[name]
    same = assert_no_other_than if name in MORE_REFUSED else assert_same_as

    @many
    @given(calls(name, required, *others))
    def check(line: str) -> None:
        same(line, of_addons if name in OF_ADDONS else by_themselves, STEPS)

    check()


# ---------------------------------------------------------------- TensorFlow Addons


def triangle(step: int, low: float, high: float, half: int, scale: float) -> float:
    cycle = math.floor(1 + step / (2 * half))
    x = abs(step / half - 2 * cycle + 1)
    return low + (high - low) * max(0.0, 1 - x) * scale


@many
@given(rates, rates, st.integers(1, 40), st.floats(0.9, 1))
def test_addons(low: str, high: str, half: int, gamma: float) -> None:
    first, last = float(low), float(high)
    given = f"{low}, maximal_learning_rate={high}, step_size={half}"
    same(
        f"tfa.optimizers.TriangularCyclicalLearningRate({given})",
        lambda step: triangle(step, first, last, half, 1.0),
    )
    same(
        f"Triangular2CyclicalLearningRate({given}, scale_mode='cycle', name='clr')",
        lambda step: triangle(step, first, last, half, 0.5 ** (step // (2 * half))),
    )
    for function, scale in (("1.0", 1.0), ("1/(2.**(cycle-1))", 0.5), ("0.5 ** (cycle - 1)", 0.5)):
        same(
            f"tfa.optimizers.CyclicalLearningRate({given}, scale_fn=lambda cycle: {function})",
            lambda step, scale=scale: triangle(  # type: ignore[misc]
                step, first, last, half, scale ** (step // (2 * half))
            ),
        )
    same(
        f"ExponentialCyclicalLearningRate({given}, gamma={gamma!r})",
        lambda step: triangle(step, first, last, half, gamma**step),
    )


# ---------------------------------------------------------------- Models Garden


@many
@given(rates, rates, st.integers(1, 40), st.integers(1, 90), st.floats(0.3, 3))
def test_warmups_of_the_models_garden(
    first: str, rate: str, warmup: int, total: int, power: float
) -> None:
    decay = f"tf.keras.optimizers.schedules.PolynomialDecay({rate}, {total}, 0.0)"

    def decayed(step: int) -> float:
        return float(rate) * (1 - min(step, total) / total)

    def linear(step: int) -> float:
        low, high = float(first), decayed(warmup)
        return low + step / warmup * (high - low) if step < warmup else decayed(step)

    def polynomial(step: int) -> float:
        done = max(step, 1) / warmup
        return float(decayed(warmup) * done**power) if step < warmup else decayed(step)

    def official(step: int) -> float:
        return float(float(first) * (step / warmup) ** power) if step < warmup else decayed(step)

    same(f"LinearWarmup({decay}, {warmup}, {first})", linear)
    same(f"PolynomialWarmUp(after_warmup_lr_sched={decay}, warmup_steps={warmup}, "
         f"power={power!r})", polynomial)  # fmt: skip
    same(f"WarmUp({first}, {decay}, {warmup}, power={power!r})", official)
    same(f"LinearWarmup({rate}, {warmup}, 0.0)", lambda step: float(rate) * min(step / warmup, 1))


@many
@given(rates, st.integers(1, 40), st.floats(0.3, 1), st.integers(0, 60), fractions)
def test_offsets_of_the_models_garden(
    rate: str, length: int, factor: float, offset: int, alpha: str
) -> None:
    high, low = float(rate), float(alpha)

    def cosine(step: int) -> float:
        done = min(step - offset, length) / length
        return high * ((1 - low) * half_cosine(done) + low)

    given = f"offset={offset}, initial_learning_rate={rate}, decay_steps={length}"
    same(f"CosineDecayWithOffset({given}, alpha={alpha})", cosine)
    same(
        f"PolynomialDecayWithOffset({given}, end_learning_rate=0.0, power=2.0)",
        lambda step: high * (1 - min(step - offset, length) / length) ** 2,
    )
    short = offset % 5
    same(
        f"ExponentialDecayWithOffset({short}, initial_learning_rate={rate}, "
        f"decay_steps={length}, decay_rate={factor!r})",
        lambda step: high * factor ** ((step - short) / length),
        20,
    )


@many
@given(rates, rates, st.integers(0, 60), st.integers(1, 60))
def test_a_piecewise_one_with_an_offset(low: str, high: str, boundary: int, offset: int) -> None:
    same(
        f"PiecewiseConstantDecayWithOffset(offset={offset}, boundaries=[{boundary}], "
        f"values=[{low}, {high}])",
        lambda step: float(low) if step - offset <= boundary else float(high),
    )


@many
@given(rates, st.floats(-2, 0), st.integers(0, 40), st.integers(1, 9))
def test_powers_of_the_models_garden(rate: str, power: float, offset: int, tenths: int) -> None:
    high = float(rate)

    def law(step: int) -> float:
        return float(high * max(step, 1) ** power)

    def both(step: int) -> float:
        done = step - offset
        return max(0.0, law(done) * min(1.0, (100 - done) / (10 * tenths)))

    same(f"DirectPowerDecay({rate}, {power!r})", law)
    same(f"PowerAndLinearDecay({rate}, 100, {power!r}, {tenths / 10}, offset={offset})", both)
    same(
        f"PowerDecayWithOffset({rate}, {power!r}, {offset}, pre_offset_learning_rate=3.0)",
        lambda step: law(step - offset) if step > offset else 3.0,
    )


def test_every_table_is_looked_at() -> None:
    """By the tests with random lines: each constructor's name stands in one of these files."""
    here = Path(__file__)
    files = (here, here.with_name("test_lines_around_torch.py"))
    text = "".join(file.read_text() for file in files)

    def found(name: str) -> bool:
        return f"{name}(" in text or f'"{name}"' in text

    for library in (
        "tensorflow_addons",
        "models_garden",
        "lightning_bolts",
        "deepspeed",
        "composer",
        "language_models",
    ):
        missing = [name for name in constructors(load(library)) if not found(name)]
        assert not missing
