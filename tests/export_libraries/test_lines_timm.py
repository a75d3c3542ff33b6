"""Lines with the schedulers of timm, beside timm itself."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules.foreign import constructors, load
from lrtui.schedules.text import read
from tests.export_libraries.alone import alone
from tests.export_libraries.comparing import assert_same_as, refused
from tests.export_libraries.spelling import (
    calls,
    factors,
    flags,
    fractions,
    many,
    rates,
    rising,
    steps,
    written,
)
from tests.export_libraries.test_lines_torch import NAMES as TORCH
from tests.export_libraries.test_lines_torch import parameters, spelt

STEPS = 90


TIMM = alone("timm.scheduler")  # timm itself needs torchvision when it is imported


def by_timm(line: str, count: int) -> Sequence[float]:
    p = parameters()
    o = torch.optim.SGD(p, lr=0.1)
    given = {**TORCH, **vars(TIMM), "o": o, "p": p, "a": parameters(), "b": parameters()}
    scheduler = eval(line, given)
    found = []
    for step in range(count):
        scheduler.step(step) if scheduler.t_in_epochs else scheduler.step_update(step)
        found.append(float(scheduler.optimizer.param_groups[0]["lr"]))
    return found


OPTIMIZER = {"optimizer": rates.flatmap(spelt)}
WARMUP = {
    "warmup_t": written(st.integers(0, 20)),
    "warmup_lr_init": rates,
    "warmup_prefix": flags,
    "t_in_epochs": flags,
    "noise_range_t": st.just("None"),
    "noise_pct": fractions,
    "noise_seed": st.just("42"),
}
CYCLES = {
    "cycle_mul": written(st.sampled_from([1.0, 1, 2, 2.0, 3.0])),
    "cycle_decay": factors,
    "cycle_limit": written(st.integers(0, 4)),
}
K_DECAY = {"k_decay": written(st.sampled_from([1.0, 2.0]) | st.floats(0.3, 3))}
DECAYS = st.sampled_from(["'linear'", "'1-sqrt'", "'cosine'", "'power'"])
WITHOUT_PREFIX = {name: one for name, one in WARMUP.items() if name != "warmup_prefix"}

CONSTRUCTORS: dict[str, tuple[dict[str, Any], ...]] = {
    "CosineLRScheduler": (
        {"t_initial": steps},
        {"lr_min": rates},
        {**CYCLES, **WARMUP, **K_DECAY},
    ),
    "PolyLRScheduler": (
        {"t_initial": steps},
        {"power": written(st.sampled_from([0.5, 0.9, 1.0, 2.0])), "lr_min": rates},
        {**CYCLES, **WARMUP, **K_DECAY},
    ),
    "TanhLRScheduler": (
        {"t_initial": steps},
        {"lb": written(st.floats(-8, -1)), "ub": written(st.floats(0, 6))},
        {"lr_min": rates, **CYCLES, **WARMUP},
    ),
    "StepLRScheduler": ({"decay_t": steps}, {"decay_rate": factors}, WARMUP),
    "MultiStepLRScheduler": ({"decay_t": rising(0, 80)}, {"decay_rate": factors}, WARMUP),
    "WSDLRScheduler": (
        {"t_initial": steps, "decay_t": steps},
        {"lr_min": rates},
        {"decay_fn": DECAYS, "decay_power": written(st.floats(0.2, 3)), **WITHOUT_PREFIX},
    ),
}
FALLING = {
    "stable_fn": st.sampled_from(["'rsqrt'", "'power'"]),
    "stable_timescale": steps,
    "stable_power": written(st.floats(0.2, 3)),
}


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_every_scheduler(name: str) -> None:
    required, *others = CONSTRUCTORS[name]

    @many
    @given(calls(name, {**OPTIMIZER, **required}, *others))
    def check(line: str) -> None:
        assert_same_as(line, by_timm, STEPS)

    check()


def test_a_stable_phase_that_falls() -> None:
    wsd = {"t_initial": steps, "decay_t": steps}
    others = {"decay_fn": DECAYS, **FALLING, **WITHOUT_PREFIX}

    @many
    @given(calls("WSDLRScheduler", {**OPTIMIZER, **wsd}, {}, others))
    def check(line: str) -> None:
        assert_same_as(line, by_timm, STEPS)

    check()


def test_all_are_looked_at() -> None:
    assert set(constructors(load("timm"))) == set(CONSTRUCTORS)


def test_every_scheduler_of_timm_is_known() -> None:
    table = load("timm")
    there = {name for name in vars(TIMM) if name.endswith("LRScheduler")}
    assert there == {*constructors(table), "PlateauLRScheduler"}


def test_a_cycle_that_begins_late_is_followed_and_said() -> None:
    """math.log(243, 3) is less than 5."""
    line = "CosineLRScheduler(o, 2, cycle_mul=3.0, cycle_limit=8)"
    assert_same_as(line, by_timm, 400)
    assert any("timm begins a cycle a step late" in note for note in read(line).notes)


@pytest.mark.parametrize(
    "line",
    [
        "CosineLRScheduler(o, 9, cycle_mul=1.5)",
        "CosineLRScheduler(o, 9, noise_range_t=(2, 5))",
        "WSDLRScheduler(o, 9, 5, lr_min=0.01, stable_fn='rsqrt', stable_timescale=9)",
        "PlateauLRScheduler(o)",
    ],
)
def test_what_is_not_understood_is_refused(line: str) -> None:
    assert refused(line)
