"""Lines with Keras' own schedules, beside Keras itself, in a process of its own on NumPy."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export_libraries.comparing import assert_same_as
from tests.export_libraries.spelling import (
    calls,
    counts,
    factors,
    flags,
    fractions,
    many,
    rates,
    rising,
    steps,
    written,
)

STEPS = 60

SERVER = """
import json, sys, warnings
from types import SimpleNamespace
import numpy as np
import keras
warnings.simplefilter("ignore")
np.seterr(all="ignore")
names = {**vars(keras.optimizers.schedules), "keras": keras, "tf": SimpleNamespace(keras=keras)}
for request in sys.stdin:
    line, count = json.loads(request)
    try:
        schedule = eval(line, dict(names))
        try:  # all steps at once, where the schedule has no condition in it
            answer = np.asarray(schedule(np.arange(count)), float).tolist()
            assert len(answer) == count
        except Exception:
            answer = [float(schedule(np.int64(step))) for step in range(count)]
    except Exception as fault:
        answer = repr(fault)
    print(json.dumps(answer), flush=True)
"""


class KerasRefuses(Exception):
    """What Keras itself raises for a line."""


@cache
def _keras() -> subprocess.Popen[str]:
    environment = {**os.environ, "KERAS_BACKEND": "numpy"}
    return subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


@pytest.fixture(scope="module", autouse=True)
def ended_after_all() -> Iterator[None]:
    yield
    if _keras.cache_info().currsize:
        _keras().stdin.close()  # type: ignore[union-attr]
        _keras().wait(30)
        _keras.cache_clear()


def by_keras(line: str, count: int) -> list[float]:
    process = _keras()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([line, count]) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if isinstance(answer, str):
        raise KerasRefuses(answer)
    return [float(one) for one in answer]


FIRST = {"initial_learning_rate": rates}
NAME = {"name": st.just("'mine'")}
powers = written(st.sampled_from([1.0, 2.0, 0.5, 0, 2]) | st.floats(0.2, 4))
DECAYED = ({**FIRST, "decay_steps": steps, "decay_rate": factors}, {"staircase": flags, **NAME})


@st.composite
def piecewise(draw: st.DrawFn) -> str:
    boundaries = draw(rising(0, 50).filter(lambda text: text != "[]"))
    count = len(json.loads(boundaries)) + 1
    values = f"[{', '.join(draw(rates) for _ in range(count))}]"
    return draw(
        calls(
            "PiecewiseConstantDecay", {"boundaries": st.just(boundaries), "values": st.just(values)}
        )
    )


CONSTRUCTORS: dict[str, tuple[dict[str, Any], ...]] = {
    "ExponentialDecay": DECAYED,
    "InverseTimeDecay": DECAYED,
    "PolynomialDecay": (
        {**FIRST, "decay_steps": steps},
        {"end_learning_rate": rates, "power": powers, "cycle": flags, **NAME},
    ),
    "CosineDecay": (
        {**FIRST, "decay_steps": steps},
        {
            "alpha": fractions,
            **NAME,
            "warmup_target": rates | st.just("None"),
            "warmup_steps": counts,
        },
    ),
    "CosineDecayRestarts": (
        {**FIRST, "first_decay_steps": steps},
        {
            "t_mul": written(st.sampled_from([1.0, 2.0, 1, 3])),
            "m_mul": factors,
            "alpha": fractions,
            **NAME,
        },
    ),
}
PREFIXES = ("", "keras.optimizers.schedules.", "tf.keras.optimizers.schedules.")


def one(name: str) -> st.SearchStrategy[str]:
    """A call, with its package before it or without."""
    plain = calls(name, *CONSTRUCTORS[name]) if name in CONSTRUCTORS else piecewise()
    return st.tuples(st.sampled_from(PREFIXES), plain).map("".join)


@pytest.mark.parametrize("name", [*CONSTRUCTORS, "PiecewiseConstantDecay"])
def test_every_schedule(name: str) -> None:
    @many
    @given(one(name))
    def check(line: str) -> None:
        assert_same_as(line, by_keras, STEPS)

    check()
