"""Lines with the schedulers of PyTorch, beside PyTorch itself."""

import inspect
import itertools
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import parse
from lrtui.schedules.foreign.optimizers import ARGUMENTS, DEFAULT_RATES, WITHOUT_MOMENTUM
from tests.export_libraries.comparing import assert_same_as, refused
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

STEPS = 90

NAMES: dict[str, Any] = {
    "torch": torch,
    "optim": torch.optim,
    "lr_scheduler": torch.optim.lr_scheduler,
    **vars(torch.optim),
    **vars(torch.optim.lr_scheduler),
    "SWALR": torch.optim.swa_utils.SWALR,
}


def parameters() -> list[torch.nn.Parameter]:
    return [torch.nn.Parameter(torch.zeros(()))]


def by_torch(line: str, count: int, group: int = 0) -> Sequence[float]:
    """The rate of each step. OneCycleLR ends a training: then so many rates are returned."""
    p = parameters()
    o = torch.optim.SGD(p, lr=0.1)
    scheduler = eval(line, {**NAMES, "o": o, "p": p, "a": parameters(), "b": parameters()})
    optimizer, found = scheduler.optimizer, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(count):
            found.append(float(optimizer.param_groups[group]["lr"]))
            optimizer.step()
            try:
                scheduler.step()
            except (ValueError, ZeroDivisionError) as fault:
                # OneCycleLR goes on to one rate that is never used, or fails there already.
                if "Tried to step" in str(fault):
                    return found[:-1]
                cycles = [scheduler, *getattr(scheduler, "_schedulers", [])]
                if any(_ended(one) for one in cycles):
                    return found
                raise
    return found


def _ended(one: Any) -> bool:
    return bool(one.last_epoch >= one.total_steps) if hasattr(one, "total_steps") else False


def spelt(rate: str) -> st.SearchStrategy[str]:
    """Ways in which an optimizer carries its rate."""
    return st.sampled_from(
        [
            f"SGD(p, lr={rate})",
            f"SGD(p, {rate})",
            f"torch.optim.SGD(p, lr={rate}, momentum=0.9)",
            f"optim.AdamW(p, lr={rate}, weight_decay=0.01)",
            f"torch.optim.Adam(params=p, lr={rate})",
            f"RMSprop([{{'params': a, 'lr': {rate}}}], lr=7.0)",
            f"SGD([dict(params=a, lr={rate})], lr=7.0)",
            f"Adam([{{'params': a}}, {{'params': b}}], lr={rate})",
            "o",
            "Adam(p)",
            "optim.AdamW(p, weight_decay=0.1)",
            "torch.optim.SGD(p)",
            "NAdam(p)",
            "Adamax(p)",
        ]
    )


optimizers = rates.flatmap(spelt)
O = {"optimizer": optimizers}  # noqa: E741
powers = written(st.sampled_from([0.5, 1.0, 2.0, 0]) | st.floats(0.2, 4))
momenta = {"base_momentum": fractions, "max_momentum": fractions}

CONSTRUCTORS: dict[str, tuple[dict[str, Any], ...]] = {
    "StepLR": ({**O, "step_size": steps}, {"gamma": factors}),
    "MultiStepLR": ({**O, "milestones": rising(1, 80)}, {"gamma": factors}),
    "ConstantLR": (O, {"factor": fractions, "total_iters": counts}),
    "LinearLR": (O, {"start_factor": fractions, "end_factor": fractions, "total_iters": counts}),
    "ExponentialLR": ({**O, "gamma": written(st.floats(0.5, 1.0))},),
    "PolynomialLR": (O, {"total_iters": counts, "power": powers}),
    "CosineAnnealingLR": ({**O, "T_max": steps}, {"eta_min": rates}),
    "CosineAnnealingWarmRestarts": (
        {**O, "T_0": steps},
        {"T_mult": written(st.integers(1, 3)), "eta_min": rates},
    ),
    "CyclicLR": (
        {**O, "base_lr": rates, "max_lr": rates},
        {
            "step_size_up": steps,
            "step_size_down": steps | st.just("None"),
            "mode": st.sampled_from(["'triangular'", "'triangular2'", "'exp_range'"]),
            "gamma": written(st.floats(0.9, 1.0)),
            "scale_fn": st.just("None"),
            "scale_mode": st.sampled_from(["'cycle'", "'iterations'"]),
            "cycle_momentum": flags,
            **momenta,
        },
    ),
    "OneCycleLR": (
        {**O, "max_lr": rates, "total_steps": steps},
        {},
        {
            "pct_start": fractions,
            "anneal_strategy": st.sampled_from(["'cos'", "'linear'"]),
            "cycle_momentum": flags,
            **momenta,
            "div_factor": written(st.floats(1, 100)),
            "final_div_factor": written(st.floats(1, 1e4)),
            "three_phase": flags,
        },
    ),
    "SWALR": (
        {**O, "swa_lr": rates},
        {"anneal_epochs": counts, "anneal_strategy": st.sampled_from(["'cos'", "'linear'"])},
    ),
}


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_every_scheduler(name: str) -> None:
    @many
    @given(calls(name, *CONSTRUCTORS[name]))
    def check(line: str) -> None:
        assert_same_as(line, by_torch, STEPS)

    check()


def within(names: Sequence[str]) -> st.SearchStrategy[str]:
    """A scheduler of the optimizer that stands around it."""

    def of(name: str) -> st.SearchStrategy[str]:
        first, *others = CONSTRUCTORS[name]
        return calls(name, {**first, "optimizer": st.just("o")}, *others)

    return st.sampled_from(names).flatmap(of)


OURS_ONLY = (
    "must not leave another rate to CosineAnnealingLR",
    "must end OneCycleLR within",  # there PyTorch fails in the midst of a training
    "PyTorch divides by it",  # if it comes to that
)


@many
@given(st.data())
def test_one_after_another(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 3))
    inner = [data.draw(within([*CONSTRUCTORS])) for _ in range(count)]
    milestones = sorted(
        data.draw(st.lists(st.integers(0, 60), min_size=count - 1, max_size=count - 1))
    )
    line = f"SequentialLR(o, [{', '.join(inner)}], {milestones})"
    if not any(words in _words(line) for words in OURS_ONLY):
        assert_same_as(line, by_torch, STEPS)


def test_one_after_another_with_the_rate_outside() -> None:
    line = "SequentialLR(opt := SGD(p, lr=0.5), [StepLR(opt, 3), ExponentialLR(opt, 0.9)], [5])"
    theirs = by_torch(line, 20)
    plain = "SequentialLR(SGD(p, lr=0.5), [StepLR(opt, 3), ExponentialLR(opt, 0.9)], [5])"
    np.testing.assert_allclose(parse(plain)(np.arange(20)), theirs, rtol=1e-6)


CHAINABLE = [
    "StepLR",
    "MultiStepLR",
    "ConstantLR",
    "LinearLR",
    "ExponentialLR",
    "PolynomialLR",
    "CosineAnnealingLR",
]
NOT_A_PRODUCT = ("with another the chain is no product", "must be at a factor of 1 before")


@many
@given(st.lists(within(CHAINABLE), min_size=1, max_size=3), st.sampled_from(["", ", optimizer=o"]))
def test_each_on_the_others(inner: list[str], optimizer: str) -> None:
    line = f"ChainedScheduler([{', '.join(inner)}]{optimizer})"
    if not any(words in _words(line) for words in NOT_A_PRODUCT):
        assert_same_as(line, by_torch, STEPS)


def _words(line: str) -> str:
    try:
        return str(parse(line))
    except ValueError as fault:
        return str(fault)


@pytest.mark.parametrize("name", DEFAULT_RATES)
def test_the_rate_that_an_optimizer_has_of_itself(name: str) -> None:
    made = getattr(torch.optim, name)
    assert made([torch.zeros(1, 1, requires_grad=True)]).defaults["lr"] == DEFAULT_RATES[name]


def test_every_optimizer_of_torch_is_known() -> None:
    classes = {
        name
        for name, one in vars(torch.optim).items()
        if isinstance(one, type) and issubclass(one, torch.optim.Optimizer)
    }
    assert classes - {"Optimizer"} == set(DEFAULT_RATES)


def test_every_argument_of_them_is_known() -> None:
    classes = [getattr(torch.optim, name) for name in DEFAULT_RATES]
    found = {name for one in classes for name in inspect.signature(one).parameters}
    assert found == ARGUMENTS


def test_which_have_no_momentum() -> None:
    found = set()
    for name in DEFAULT_RATES:
        defaults = getattr(torch.optim, name)([torch.zeros(1, 1, requires_grad=True)]).defaults
        if "momentum" not in defaults and "betas" not in defaults:
            found.add(name)
    assert found == WITHOUT_MOMENTUM


@pytest.mark.parametrize(
    ("name", "last"), itertools.product(["StepLR(o, 30", "CosineAnnealingLR(o, 50"], [0, 29, 70])
)
def test_a_resumed_one_goes_on(name: str, last: int) -> None:
    """As PyTorch does with the rates of the step before in its optimizer."""
    whole = by_torch(f"{name})", 200)
    ours = parse(f"{name}, last_epoch={last})")(np.arange(50))
    np.testing.assert_allclose(ours, whole[last + 1 : last + 51], atol=1e-7)


@pytest.mark.parametrize(
    "line",
    [
        "SequentialLR(o, [SequentialLR(o, [StepLR(o, 3)], []), StepLR(o, 3)], [4])",
        "SequentialLR(o, [ChainedScheduler([StepLR(o, 3)]), StepLR(o, 3)], [4])",
        "ChainedScheduler([CyclicLR(o, 0.1, 0.2), StepLR(o, 3)])",
        "LambdaLR(o, lambda step: 1.0)",
        "MultiplicativeLR(o, lambda step: 1.0)",
        "ReduceLROnPlateau(o)",
        "CyclicLR(o, 0.1, 0.2, scale_fn=lambda x: 1.0)",
    ],
)
def test_what_has_no_curve_is_refused(line: str) -> None:
    assert refused(line)
