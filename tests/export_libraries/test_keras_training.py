"""Exported code in a compiled training of Keras: the rate applied is the one shown, and the model
goes on with it after it was saved and loaded.
"""

import itertools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lrtui.export.code import code
from lrtui.live.steering import Steering
from lrtui.schedules import Schedule, catalogue, parameters, parse
from lrtui.schedules.family.warmup import Warmup
from tests.export_libraries.running import STEPS as ALL_STEPS
from tests.export_libraries.running import Floats, assert_same, namespace_of

STEPS = 8
"""Updates before the model is saved, and after it was loaded."""


def compact(schedule: Schedule, factor: int = 80) -> Schedule:
    """The same with all its times so much shorter, so that few steps cross its corners."""
    values = {}
    for parameter in parameters(type(schedule)):
        value = getattr(schedule, parameter.name)
        if parameter.nested:
            inner = value if parameter.many else (value,)
            made = tuple(compact(one, factor) for one in inner)
            values[parameter.name] = made if parameter.many else made[0]
        elif parameter.quantity.unit == "steps" and value is not None:
            times = value if parameter.many else (value,)
            short = tuple(max(time // factor, 1) for time in times)
            values[parameter.name] = short if parameter.many else short[0]
    return schedule.replace(**values)


def model(schedule: Any, jit: bool) -> Any:
    made = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    made.compile(keras.optimizers.SGD(schedule), "mse", jit_compile=jit)
    return made


def applied(made: Any, first: int) -> Floats:
    """The rates of the next steps, read from the compiled step; the optimizer has done `first`."""
    x = np.full((STEPS, 1), 1e-3, np.float32)
    with Steering(made) as steering:
        made.fit(x, x, batch_size=1, verbose=0)
        assert steering.steps == first + STEPS
        return steering.read(first, first + STEPS).rates


CASES = [
    (cls, jit, policy)
    for cls in catalogue().values()
    for jit, policy in itertools.product((False, True), ("float32", "mixed_float16"))
    # Every class in both ways and both precisions; one in all four: tracing is what takes time.
    if jit == (policy != "float32") or cls is Warmup
]


@pytest.mark.parametrize(
    ("cls", "jit", "policy"),
    CASES,
    ids=[f"{cls.__name__}-{'jit' if jit else 'compiled'}-{policy}" for cls, jit, policy in CASES],
)
def test_training_goes_on_after_save_and_load(
    cls: type[Schedule], jit: bool, policy: str, tmp_path: Path
) -> None:
    schedule = compact(cls())
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        made = model(namespace_of(code(schedule))["schedule"], jit)
        rates = applied(made, 0)
        made.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        rates = np.concatenate([rates, applied(loaded, STEPS)])
    finally:
        keras.mixed_precision.set_global_policy(before)
    assert rates.dtype == np.float32
    assert_same(schedule, rates)


@pytest.mark.parametrize("jit", [False, True], ids=["compiled", "jit"])
def test_every_step_of_every_schedule_in_a_compiled_loop(jit: bool) -> None:
    """All in one function, as compiling takes time; one step at a time, as in a training."""
    short = [compact(cls(), 5) for cls in catalogue().values()]
    made = [namespace_of(code(schedule))["schedule"] for schedule in short]

    @tf.function(jit_compile=jit)  # type: ignore[untyped-decorator, unused-ignore]
    def loop(many: Any) -> Any:
        return tf.map_fn(
            lambda step: tf.stack([tf.cast(one(step), tf.float32) for one in made]),
            many,
            fn_output_signature=tf.TensorSpec((len(made),), tf.float32),
        )

    found = loop(tf.constant(ALL_STEPS, tf.int64)).numpy()
    for schedule, rates in zip(short, found.T, strict=True):
        assert_same(schedule, rates)


@pytest.mark.parametrize(
    ("schedule", "jit", "moved"),
    [
        ("ExponentialDecay(0.1, 41, 0.5, staircase=True)", False, 41),
        ("ExponentialDecay(0.1, 41, 0.5, staircase=True)", True, 41),
        ("InverseTimeDecay(0.1, 41, 0.5, staircase=True)", True, 41),
        ("PolynomialDecay(0.1, 3, 0.01, power=0.5)", True, 3),
    ],
)
def test_where_compiling_changes_a_rate_the_code_says_so(
    schedule: str, jit: bool, moved: int
) -> None:
    text = code(parse(schedule))
    assert f" {moved}" in "".join(line for line in text.splitlines()[2:] if line.startswith("#"))
    own = tf.function(namespace_of(text)["schedule"], jit_compile=jit)
    rates = [float(own(tf.constant(step, tf.int64))) for step in (moved - 1, moved)]
    shown = parse(schedule)([moved - 1, moved])
    assert rates[0] == pytest.approx(shown[0], rel=1e-6)
    assert rates[1] != pytest.approx(shown[1], rel=1e-6)
