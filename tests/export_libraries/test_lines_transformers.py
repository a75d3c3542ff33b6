"""Lines with the schedules of transformers, beside transformers itself."""

import warnings
from collections.abc import Sequence
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st
from transformers.trainer_utils import SchedulerType

from tests.export_libraries.comparing import assert_same_as, refused
from tests.export_libraries.spelling import calls, counts, fractions, many, rates, steps, written
from tests.export_libraries.test_lines_torch import NAMES as TORCH
from tests.export_libraries.test_lines_torch import parameters, spelt

STEPS = 90

NAMES: dict[str, Any] = {
    **TORCH,
    **vars(transformers.optimization),
    "transformers": transformers,
    "SchedulerType": SchedulerType,
}


def by_transformers(line: str, count: int) -> Sequence[float]:
    p = parameters()
    o = torch.optim.SGD(p, lr=0.1)
    scheduler = eval(line, {**NAMES, "o": o, "p": p, "a": parameters(), "b": parameters()})
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(count):
            found.append(float(scheduler.optimizer.param_groups[0]["lr"]))
            scheduler.optimizer.step()
            scheduler.step()
    return found


W = {"num_warmup_steps": written(st.integers(0, 30))}
N = {"num_training_steps": written(st.integers(0, 80))}
SWINGS = {
    "num_cycles": written(
        st.sampled_from([0.5, 1.5, 2, 0]) | st.integers(1, 32).map(lambda n: n / 8)
    )
}
LOWEST = {"min_lr": rates, "min_lr_rate": fractions}
TYPES = st.sampled_from(["'linear'", "'cosine'", "'1-sqrt'"])

CONSTRUCTORS: dict[str, tuple[dict[str, Any], ...]] = {
    "get_constant_schedule": ({},),
    "get_constant_schedule_with_warmup": (W,),
    "get_linear_schedule_with_warmup": ({**W, **N},),
    "get_cosine_schedule_with_warmup": ({**W, **N}, SWINGS),
    "get_cosine_with_hard_restarts_schedule_with_warmup": (
        {**W, **N},
        {"num_cycles": written(st.integers(1, 9))},
    ),
    "get_polynomial_decay_schedule_with_warmup": (
        {**W, **N},
        {"lr_end": rates, "power": written(st.sampled_from([1.0, 2.0, 0.5]) | st.floats(0.2, 4))},
    ),
    "get_inverse_sqrt_schedule": (W, {"timescale": steps | st.just("None")}),
    "get_cosine_with_min_lr_schedule_with_warmup": ({**W, **N}, SWINGS, LOWEST),
    "get_cosine_with_min_lr_schedule_with_warmup_lr_rate": (
        {**W, **N},
        SWINGS,
        {**LOWEST, "warmup_lr_rate": fractions},
    ),
    "get_wsd_schedule": (
        {**W, "num_decay_steps": counts},
        {**N, "num_stable_steps": counts},
        {
            "warmup_type": TYPES,
            "decay_type": TYPES,
            "min_lr_ratio": fractions,
            **SWINGS,
        },
    ),
}


def optimizer() -> st.SearchStrategy[str]:
    return rates.flatmap(spelt)


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_every_schedule(name: str) -> None:
    required, *others = CONSTRUCTORS[name]

    @many
    @given(calls(name, {"optimizer": optimizer(), **required}, *others))
    def check(line: str) -> None:
        assert_same_as(line, by_transformers, STEPS)

    check()


SPECIFIC = st.sampled_from(
    ["None", "{}", "{'num_cycles': 1}", "dict(power=2.0)", "dict(min_lr=1e-4)", "{'timescale': 9}"]
)


@many
@given(
    calls(
        "get_scheduler",
        {
            "name": st.sampled_from(
                [repr(one.value) for one in SchedulerType]
                + [f"SchedulerType.{one.name}" for one in SchedulerType]
            ),
            "optimizer": optimizer(),
        },
        {**W, **N},
        {"scheduler_specific_kwargs": SPECIFIC},
    )
)
def test_by_its_name(line: str) -> None:
    if "plateau" in line.lower() or "greedy" in line.lower():
        assert "depends on the loss" in refused(line)
    else:
        assert_same_as(line, by_transformers, STEPS)


def test_where_groups_have_different_rates_each_is_scaled() -> None:
    """The lowest rate is of the optimizer, not of the group."""
    line = "get_polynomial_decay_schedule_with_warmup(SGD([dict(params=a, lr=0.5)], 0.1), 3, 20)"
    assert_same_as(line, by_transformers, 30)
