"""Lines with the schedules of optax, beside optax itself."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import parse
from lrtui.schedules.division import moved_edges
from lrtui.schedules.foreign import constructors, load
from lrtui.schedules.text import read
from tests.export_libraries.comparing import assert_same_as
from tests.export_libraries.spelling import (
    calls,
    counts,
    factors,
    flags,
    fractions,
    lists,
    many,
    rates,
    rising,
    steps,
    written,
)

STEPS = 110


def by_optax(line: str, count: int) -> list[float]:
    schedule = eval(line, {"optax": optax, **vars(optax)})
    rates = jax.vmap(lambda step: jnp.float32(schedule(step)))(jnp.arange(count))
    found: list[float] = np.asarray(rates).tolist()
    return found


maybe_zero = rates | st.just("0.0")


def _in_place(steps: int) -> bool:
    """Whether no compiler moves the stairs: see the test below."""
    return steps < 1 or not moved_edges(steps)


any_steps = written(st.integers(-3, 50).filter(_in_place))
BEGIN = {"transition_begin": any_steps}
powers = written(st.sampled_from([1, 2, 1.0, 0.5, 0]) | st.floats(0.2, 4))
EXPONENT = {"exponent": powers}


def scales(low: int, most: int = 4) -> st.SearchStrategy[str]:
    factor = st.floats(0, 2, allow_subnormal=False) | st.sampled_from([0.1, 0.5, 10.0])
    found = st.dictionaries(st.integers(low, 60), factor, max_size=most)
    return found.map(repr) | st.just("None")


EXPONENTIAL: tuple[dict[str, Any], ...] = (
    {"transition_steps": any_steps, "decay_rate": factors | st.sampled_from(["0.0", "1.05"])},
    {**BEGIN, "staircase": flags, "end_value": maybe_zero | st.just("None")},
)
CYCLE = {"div_factor": written(st.floats(1, 50)), "final_div_factor": written(st.floats(1, 1e4))}
WARMUP_COSINE: tuple[dict[str, Any], ...] = (
    {"init_value": maybe_zero, "peak_value": maybe_zero, "warmup_steps": counts},
    {"decay_steps": counts},
    {"end_value": maybe_zero, **EXPONENT},
)

CONSTRUCTORS: dict[str, tuple[dict[str, Any], ...]] = {
    "constant_schedule": ({"value": maybe_zero},),
    "linear_schedule": (
        {"init_value": maybe_zero, "end_value": maybe_zero, "transition_steps": any_steps},
        BEGIN,
    ),
    "polynomial_schedule": (
        {
            "init_value": maybe_zero,
            "end_value": maybe_zero,
            "power": powers.filter(lambda power: float(power) > 0),
            "transition_steps": any_steps,
        },
        BEGIN,
    ),
    "exponential_decay": ({"init_value": maybe_zero, **EXPONENTIAL[0]}, EXPONENTIAL[1]),
    "cosine_decay_schedule": (
        {"init_value": maybe_zero, "decay_steps": counts},
        {"alpha": fractions | written(st.floats(1, 3)), **EXPONENT},
    ),
    "warmup_constant_schedule": (
        {"init_value": maybe_zero, "peak_value": maybe_zero, "warmup_steps": any_steps},
    ),
    "warmup_cosine_decay_schedule": (
        {**WARMUP_COSINE[0], **WARMUP_COSINE[1]},
        WARMUP_COSINE[2],
    ),
    "warmup_exponential_decay_schedule": (
        {**WARMUP_COSINE[0], **EXPONENTIAL[0]},
        EXPONENTIAL[1],
    ),
    "cosine_onecycle_schedule": (
        {"transition_steps": counts, "peak_value": maybe_zero},
        {"pct_start": fractions, **CYCLE},
    ),
    "linear_onecycle_schedule": (
        {"transition_steps": counts, "peak_value": maybe_zero},
        {"pct_start": fractions, "pct_final": fractions, **CYCLE},
    ),
    "piecewise_constant_schedule": (
        {"init_value": maybe_zero},
        {"boundaries_and_scales": scales(-3)},
    ),
    "piecewise_interpolate_schedule": (
        {"interpolate_type": st.sampled_from(["'linear'", "'cosine'"]), "init_value": maybe_zero},
        {"boundaries_and_scales": scales(0)},
    ),
}


def one(name: str) -> st.SearchStrategy[str]:
    """A call, with optax before it or without."""
    before = st.sampled_from([name, f"optax.{name}", f"optax.schedules.{name}"])
    return before.flatmap(lambda spelt: calls(spelt, *CONSTRUCTORS[name]))


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_every_schedule(name: str) -> None:
    @many
    @given(one(name))
    def check(line: str) -> None:
        assert_same_as(line, by_optax, STEPS)

    check()


@many
@given(lists(st.sampled_from([*CONSTRUCTORS]).flatmap(one)), rising(-5, 60))
def test_one_after_another(inner: str, boundaries: str) -> None:
    line = f"optax.join_schedules({inner}, boundaries={boundaries})"
    assert_same_as(line, by_optax, STEPS)


cosines = calls("dict", {}, {}, {**WARMUP_COSINE[0], **WARMUP_COSINE[2], "decay_steps": steps})


@many
@given(lists(cosines))
def test_warm_restarts(inner: str) -> None:
    assert_same_as(f"optax.sgdr_schedule({inner})", by_optax, STEPS)


def test_all_are_looked_at() -> None:
    assert set(constructors(load("optax"))) == {*CONSTRUCTORS, "join_schedules", "sgdr_schedule"}


def test_every_schedule_of_optax_is_known() -> None:
    there = {
        name
        for name in vars(optax.schedules)
        if name.endswith(("_schedule", "_schedules", "_decay")) and name[0] != "_"
    }
    assert there <= set(constructors(load("optax")))


def test_the_warmup_goes_to_the_peak_and_not_to_a_floor_above_it() -> None:
    line = "optax.warmup_exponential_decay_schedule(0.0, 0.1, 2, 10, 0.5, end_value=0.4)"
    assert by_optax(line, 3) == pytest.approx([0.0, 0.05, 0.4])
    assert parse(line)([0, 1, 2]).tolist() == pytest.approx([0.0, 0.05, 0.4])


def test_a_power_of_0_holds_the_first_rate() -> None:
    """To the rounding of the last one, which optax takes away and adds again."""
    line = "optax.polynomial_schedule(0.1, 0.01, 0, 9)"
    assert_same_as(line, by_optax, 20)
    assert parse(line)([0, 5, 30]).tolist() == pytest.approx([0.1] * 3)


def test_where_a_compiler_moves_its_stairs_that_is_said() -> None:
    line = "optax.exponential_decay(0.1, 41, 0.5, staircase=True)"
    schedule = eval(line, {"optax": optax})
    assert float(schedule(41)) == pytest.approx(0.05)
    assert float(jax.jit(schedule)(41)) == pytest.approx(0.1)
    (note,) = read(line).notes
    assert "drops a step late, first at 41 steps after its begin" in note
    assert read("optax.exponential_decay(0.1, 40, 0.5, staircase=True)").notes == ()
