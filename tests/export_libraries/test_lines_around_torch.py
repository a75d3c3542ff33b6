"""Lines of libraries around PyTorch, beside their own schedulers, each module loaded by itself."""

import logging
import sys
import warnings
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Invalid, parse
from tests.export_libraries.alone import alone
from tests.export_libraries.comparing import assert_no_other_than, assert_same_as
from tests.export_libraries.formulas import half_cosine, same
from tests.export_libraries.spelling import (
    calls,
    counts,
    factors,
    fractions,
    many,
    rates,
    steps,
    written,
)
from tests.export_libraries.test_lines_torch import NAMES as TORCH
from tests.export_libraries.test_lines_torch import parameters, spelt

STEPS = 90
OPTIMIZER = {"optimizer": rates.flatmap(spelt)}
NOTHING = {"under_review": lambda: lambda found: found}

# ---------------------------------------------------------------- Lightning Bolts, DeepSpeed

BOLTS = alone(
    "pl_bolts.optimizers.lr_scheduler", pl_bolts__utils={}, pl_bolts__utils__stability=NOTHING
)
DEEPSPEED = alone(
    "deepspeed.runtime.lr_schedules", deepspeed__utils={"logger": logging.getLogger("deepspeed")}
)
RISE = {
    "warmup_num_steps": steps,
    "warmup_type": st.sampled_from(["'log'", "'linear'"]),
    "last_batch_iteration": st.just("-1"),
}
STEPPED: dict[str, tuple[Any, ...]] = {
    "LinearWarmupCosineAnnealingLR": (
        {"warmup_epochs": steps, "max_epochs": written(st.integers(51, 100))},
        {"warmup_start_lr": rates, "eta_min": rates},
    ),
    "WarmupLR": ({}, {"warmup_min_lr": rates, "warmup_max_lr": rates, **RISE}),
    "WarmupDecayLR": (
        {"total_num_steps": counts},
        {"warmup_min_lr": rates, "warmup_max_lr": rates, **RISE},
    ),
    "WarmupCosineLR": (
        {"total_num_steps": counts},
        {
            "warmup_min_ratio": fractions,
            "warmup_num_steps": steps,
            "cos_min_ratio": fractions,
            "warmup_type": RISE["warmup_type"],
        },
    ),
    "LRRangeTest": (
        {},
        {
            "lr_range_test_min_lr": rates,
            "lr_range_test_step_size": steps,
            "lr_range_test_step_rate": rates,
        },
    ),
}


def by_their_own(line: str, count: int) -> Sequence[float]:
    """In a loop as PyTorch's own schedulers have it."""
    o = torch.optim.SGD(parameters(), lr=0.1)
    given = {**TORCH, **vars(BOLTS), **vars(DEEPSPEED), "o": o, "p": parameters()}
    given |= {"a": parameters(), "b": parameters()}
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = eval(line, given)
        for _ in range(count):
            found.append(float(scheduler.optimizer.param_groups[0]["lr"]))
            scheduler.optimizer.step()
            scheduler.step()
    return found


@pytest.mark.parametrize("name", STEPPED)
def test_schedulers_that_are_stepped(name: str) -> None:
    required, *others = STEPPED[name]

    @many
    @given(calls(name, {**OPTIMIZER, **required}, *others))
    def check(line: str) -> None:
        assert_same_as(line, by_their_own, STEPS)

    check()


# ---------------------------------------------------------------- Megatron

MEGATRON = alone(
    "megatron.core.optimizer_param_scheduler",
    megatron__core__utils={"log_single_rank": lambda *_, **__: None},
)


def by_megatron(line: str, count: int) -> Sequence[float]:
    """In batches of one sample."""
    optimizer = SimpleNamespace(param_groups=[{"lr": 0.0, "wd_mult": 1.0, "lr_mult": 1.0}])
    scheduler = eval(line, {**vars(MEGATRON), "optimizer": optimizer})
    found = []
    for _ in range(count):
        found.append(float(optimizer.param_groups[0]["lr"]))
        scheduler.step(1)
    return found


@pytest.mark.parametrize("style", ["constant", "linear", "cosine", "inverse-square-root", "WSD"])
def test_megatron(style: str) -> None:
    required = {
        "optimizer": st.just("optimizer"),
        "init_lr": st.just("0.0"),
        "max_lr": rates,
        "min_lr": rates,
        "lr_warmup_steps": counts,
        "lr_decay_steps": written(st.integers(51, 100)),
        "lr_decay_style": st.just(repr(style)),
        "start_wd": factors,
        "end_wd": st.just("1.0"),
        "wd_incr_steps": steps,
        "wd_incr_style": st.sampled_from(["'linear'", "'cosine'"]),
    }
    cooldown = {
        "wsd_decay_steps": steps,
        "lr_wsd_decay_style": st.sampled_from(["'linear'", "'cosine'", "'minus_sqrt'"]),
    }

    # A cooldown that begins within the warmup is refused by ours alone.
    same = assert_no_other_than if style == "WSD" else assert_same_as

    @many
    @given(calls("OptimizerParamScheduler", required, {}, cooldown))
    def check(line: str) -> None:
        same(line, by_megatron, STEPS)

    check()


# ---------------------------------------------------------------- Composer

TIME = alone(
    "composer.core.time",
    composer__utils={"StringEnum": alone("composer.utils.string_enum").StringEnum},
)
vars(sys.modules["composer.core"]).update(State=object, Time=TIME.Time, TimeUnit=TIME.TimeUnit)
COMPOSER = alone("composer.optim.scheduler")


def by_composer(line: str, count: int) -> Sequence[float]:
    """The factor that it gives at each batch, of the rate that is written beside its arguments."""

    def of(kind: Any) -> Any:
        return lambda *given, lr=0.1, **named: (lr, kind(*given, **named))

    names = {name: of(one) for name, one in vars(COMPOSER).items() if name.endswith("Scheduler")}
    rate, scheduler = eval(line, names)
    # Those with a warmup refuse a training that is longer than they are.
    last = 31 if "WithWarmup" in line else 200
    state = SimpleNamespace(max_duration=TIME.Time(last, "ba"), dataloader_len=7)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a warmup of none
        for batch in range(count):
            state.timestamp = TIME.Timestamp(batch=batch)
            found.append(rate * scheduler(state))
    return found


def batches(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda count: repr(f"{count}ba"))


MANY_BATCHES = st.lists(batches(0, 80), max_size=4, unique=True).map(
    lambda many: f"[{', '.join(sorted(many, key=lambda one: int(one[1:-3])))}]"
)
POWERS = written(st.sampled_from([0.5, 1.0, 2.0]) | st.floats(0.3, 3))
POWERED = written(st.sampled_from([0.5, 0.9, 0.99, 1.0]) | st.floats(0.1, 0.95))
"""To a power in float32: nearer to 1, the rounding of the factor alone is seen."""
WARMUP = {"t_warmup": batches(0, 30)}
SCALED = {"scale_warmup": st.just("False")}
LAST = {"t_max": batches(31, 90)}
LOW = {"alpha_f": fractions}
OF_COMPOSER: dict[str, tuple[dict[str, Any], ...]] = {
    "StepScheduler": ({"step_size": batches(1, 50)}, {"gamma": factors}),
    "MultiStepScheduler": ({"milestones": MANY_BATCHES}, {"gamma": factors}),
    "ConstantScheduler": ({}, {"alpha": factors, **LAST}),
    "LinearScheduler": ({}, {"alpha_i": factors, "alpha_f": fractions, **LAST}),
    "ExponentialScheduler": ({"gamma": POWERED, "decay_period": batches(1, 50)}, {}),
    "CosineAnnealingScheduler": ({}, {**LAST, **LOW}),
    "CosineAnnealingWarmRestartsScheduler": (
        {"t_0": batches(1, 50)},
        {"t_mult": st.sampled_from(["1.0", "2.0", "1", "3"]), **LOW},
    ),
    "PolynomialScheduler": ({"power": POWERS}, {**LAST, **LOW}),
    "MultiStepWithWarmupScheduler": (
        {**WARMUP, "milestones": MANY_BATCHES},
        {"gamma": factors, **SCALED},
    ),
    "ConstantWithWarmupScheduler": (WARMUP, {"alpha": factors, **LAST, **SCALED}),
    "LinearWithWarmupScheduler": (
        WARMUP,
        {"alpha_i": factors, "alpha_f": fractions, **LAST, **SCALED},
    ),
    "CosineAnnealingWithWarmupScheduler": (WARMUP, {**LAST, **LOW, **SCALED}),
    "PolynomialWithWarmupScheduler": (WARMUP, {"power": POWERS, **LAST, **LOW, **SCALED}),
}


@pytest.mark.parametrize("name", OF_COMPOSER)
def test_composer(name: str) -> None:
    """Without `t_max` the length of the training is not known, and the line is refused."""
    required, optional = OF_COMPOSER[name]

    @many
    @given(calls(name, required, optional, {"lr": rates}))
    def check(line: str) -> None:
        try:
            parse(line)
        except Invalid as fault:
            if "max_duration must be given" in str(fault):
                return
        assert_same_as(line, by_composer, STEPS)

    check()


# ---------------------------------------------------------------- nanoGPT


@many
@given(rates, st.integers(0, 30), st.integers(31, 90))
def test_nanogpt(rate: str, warmup: int, total: int) -> None:
    """It is a script, and on no registry: by its formula."""
    high = float(rate)

    def formula(step: int) -> float:
        if step < warmup:
            return high * (step + 1) / (warmup + 1)
        if step > total:
            return 6e-5
        return 6e-5 + half_cosine((step - warmup) / (total - warmup)) * (high - 6e-5)

    same(f"get_lr(it, {rate}, warmup_iters={warmup}, lr_decay_iters={total})", formula)
