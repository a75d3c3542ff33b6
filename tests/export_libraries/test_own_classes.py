"""The libraries' own classes, written by hand as their users write them, agree with ours.

Off-by-one included: every step from the first is compared. Values of the libraries, not of our
exporter.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from torch.optim import lr_scheduler

from lrtui.schedules import parse

STEPS = 500


def by_torch(rate: float, make: Callable[[Any], Any], steps: int) -> np.ndarray[Any, Any]:
    """The rate of each step of an optimizer made with `rate`."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(()))], lr=rate)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


@pytest.mark.parametrize(
    ("ours", "rate", "theirs", "steps"),
    [
        ("StepDecay(0.1, 30, 0.7)", 0.1, lambda o: lr_scheduler.StepLR(o, 30, 0.7), STEPS),
        (
            "MultiStepDecay(0.1, [30, 80, 81], 0.5)",
            0.1,
            lambda o: lr_scheduler.MultiStepLR(o, [30, 80, 81], 0.5),
            STEPS,
        ),
        (
            "LinearDecay(0.3, 70, 0.03)",
            0.3,
            lambda o: lr_scheduler.LinearLR(o, 1.0, 0.1, total_iters=70),
            STEPS,
        ),
        (
            "LinearDecay(0.1, 70, 0.3)",
            0.3,
            lambda o: lr_scheduler.LinearLR(o, 1 / 3, 1.0, total_iters=70),
            STEPS,
        ),
        # After T_max PyTorch's rises again, so it ends there.
        (
            "CosineAnnealing(0.1, 90, 0.01)",
            0.1,
            lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=90, eta_min=0.01),
            91,
        ),
        (
            "CosineAnnealingRestarts(0.1, 30, t_mul=2, end_learning_rate=0.01)",
            0.1,
            lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 30, 2, eta_min=0.01),
            STEPS,
        ),
        (
            "CosineAnnealingRestarts(0.1, 41)",
            0.1,
            lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 41),
            STEPS,
        ),
        (
            "OneCycle(0.1, 101)",
            0.5,
            lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=101, cycle_momentum=False),
            101,
        ),
        (
            "OneCycle(0.1, 120, 0.25, 'linear', 10.0, 100.0, three_phase=True)",
            0.5,
            lambda o: lr_scheduler.OneCycleLR(
                o,
                0.1,
                total_steps=120,
                pct_start=0.25,
                anneal_strategy="linear",
                cycle_momentum=False,
                div_factor=10.0,
                final_div_factor=100.0,
                three_phase=True,
            ),
            120,
        ),
        *[
            (
                f"CyclicalRate(0.01, 0.1, 20, {down}, {mode!r}, {gamma})",
                0.5,
                lambda o, down=down, mode=mode, gamma=gamma: lr_scheduler.CyclicLR(
                    o, 0.01, 0.1, 20, down, mode, gamma, cycle_momentum=False
                ),
                STEPS,
            )
            for down, mode, gamma in [
                (None, "triangular", 1.0),
                (31, "triangular2", 1.0),
                (7, "exp_range", 0.99),
            ]
        ],
        (
            "Sequence([StepDecay(0.1, 30, 0.5), StepDecay(0.1, 50, 0.5)], [100])",
            0.1,
            lambda o: lr_scheduler.SequentialLR(
                o, [lr_scheduler.StepLR(o, 30, 0.5), lr_scheduler.StepLR(o, 50, 0.5)], [100]
            ),
            STEPS,
        ),
        (
            "Warmup(StepDecay(0.1, 30, 0.5), 40, initial_learning_rate=0.01)",
            0.1,
            lambda o: lr_scheduler.SequentialLR(
                o,
                [
                    lr_scheduler.LinearLR(o, 0.1, 1.0, total_iters=40),
                    lr_scheduler.StepLR(o, 30, 0.5),
                ],
                [40],
            ),
            STEPS,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_torch(ours: str, rate: float, theirs: Callable[[Any], Any], steps: int) -> None:
    found = by_torch(rate, theirs, steps)
    # Ours is float32: half a last place of gamma counts 16 times after 16 drops, 500 times in
    # CyclicLR's exp_range.
    bound = 6e-5 if "exp_range" in ours else 3e-6
    np.testing.assert_allclose(parse(ours)(np.arange(steps)), found, rtol=bound, atol=1e-9)


def test_after_its_end_cosine_annealing_of_torch_is_another() -> None:
    """Why it is not exported as that."""
    theirs = by_torch(0.1, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=90), 181)
    ours = parse("CosineAnnealing(0.1, 90)")(np.arange(181))
    assert theirs[180] == pytest.approx(0.1)
    assert ours[180] == 0


def test_one_cycle_of_torch_refuses_further_steps() -> None:
    with pytest.raises(ValueError, match="Tried to step 11 times"):
        by_torch(0.1, lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=10), 12)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("ExponentialDecay(0.1, 30, 0.5)", optax.exponential_decay(0.1, 30, 0.5)),
        ("StepDecay(0.1, 30, 0.5)", optax.exponential_decay(0.1, 30, 0.5, staircase=True)),
        (
            "Sequence([Constant(0.1), ExponentialDecay(0.1, 30, 0.5)], [20])",
            optax.exponential_decay(0.1, 30, 0.5, transition_begin=20),
        ),
        (
            "Floor(ExponentialDecay(0.1, 30, 0.5), 0.02)",
            optax.exponential_decay(0.1, 30, 0.5, end_value=0.02),
        ),
        # At a boundary optax has switched, Keras not yet.
        (
            "PiecewiseConstantDecay([29, 79], [0.4, 0.2, 0.05])",
            optax.piecewise_constant_schedule(0.4, {30: 0.5, 80: 0.25}),
        ),
        (
            "MultiStepDecay(0.4, [30, 80], 0.5)",
            optax.piecewise_constant_schedule(0.4, {30: 0.5, 80: 0.5}),
        ),
        ("CosineDecay(0.1, 90, 0.1)", optax.cosine_decay_schedule(0.1, 90, alpha=0.1)),
        ("CosineAnnealing(0.1, 90, 0.01)", optax.cosine_decay_schedule(0.1, 90, alpha=0.1)),
        # optax counts the warmup into decay_steps.
        (
            "CosineDecay(0.01, 90, 0.1, warmup_target=0.2, warmup_steps=30)",
            optax.warmup_cosine_decay_schedule(0.01, 0.2, 30, 120, end_value=0.02),
        ),
        (
            "Warmup(CosineDecay(0.2, 90, 0.1), 30, initial_learning_rate=0.01)",
            optax.warmup_cosine_decay_schedule(0.01, 0.2, 30, 120, end_value=0.02),
        ),
        ("PolynomialDecay(0.1, 90, 0.01, 2.0)", optax.polynomial_schedule(0.1, 0.01, 2.0, 90)),
        (
            "LinearDecay(0.1, 90, 0.01, decay_begin=20)",
            optax.linear_schedule(0.1, 0.01, 90, transition_begin=20),
        ),
        # Its phases end at steps, ours one earlier: 101 steps have their last one at 100.
        (f"OneCycle(0.1, 101, {31 / 101})", optax.cosine_onecycle_schedule(100, 0.1, 0.3)),
        (
            f"OneCycle(0.1, 101, {41 / 101}, 'linear', three_phase=True)",
            optax.linear_onecycle_schedule(100, 0.1, 0.4, 0.8),
        ),
        (
            "Sequence([LinearDecay(0.1, 90), Constant(0.3)], [40])",
            optax.join_schedules(
                [optax.linear_schedule(0.1, 0.0, 90), optax.constant_schedule(0.3)], [40]
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_optax(ours: str, theirs: Callable[[Any], Any]) -> None:
    loop = jax.jit(lambda many: jax.lax.map(lambda step: jnp.float32(theirs(step)), many))
    found = np.asarray(loop(jnp.arange(STEPS)))
    rates = parse(ours)(np.arange(STEPS))
    # 1 + cos cancels in optax: the last place of the highest rate counts.
    np.testing.assert_allclose(rates, found, rtol=3e-6, atol=4 * 2.0**-23 * rates.max())


def test_a_stair_of_optax_comes_late_when_compiled() -> None:
    """Why some are exported as a function: XLA multiplies by the rounded 1 / 41."""
    theirs = optax.exponential_decay(0.1, 41, 0.5, staircase=True)
    assert float(theirs(41)) == pytest.approx(0.05)
    assert float(jax.jit(theirs)(41)) == pytest.approx(0.1)
    assert parse("StepDecay(0.1, 41, 0.5)")(41) == pytest.approx(0.05)
