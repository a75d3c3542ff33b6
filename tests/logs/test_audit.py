"""Each explanation is named where it is so, and none where it is not."""

from collections.abc import Callable

import numpy as np
import pytest

from lrtui.logs.audit.judge import audit
from lrtui.logs.audit.values import Kind
from lrtui.logs.audit.verdict import verdict
from lrtui.logs.values import Log, Series, Unit
from lrtui.schedules import Schedule, parse
from lrtui.schedules.arrays import Float64s, Int64s

EPOCH = 50
STEPS = np.arange(1000)
Rates = Callable[[Int64s], Float64s]


def log_of(at: Int64s, values: Float64s, unit: Unit = "step") -> Log:
    return Log("a.csv", "CSV", (Series("lr", at, values, unit),), {"rate": "lr"})


def printed(values: Float64s, form: str = ".4g") -> Float64s:
    """As a script prints them, and another reads them."""
    return np.array([float(f"{value:{form}}") for value in values.tolist()])


def rates(schedule: Schedule) -> Rates:
    return lambda steps: schedule(np.maximum(steps, 0)).astype(np.float64)


SMOOTH = (
    "CosineDecay(0.1, 1000)",
    "ExponentialDecay(0.1, 300, 0.5)",
    "LinearDecay(0.01, 900, 0.0001)",
    "InverseTimeDecay(0.5, 100, 0.8)",
    "OneCycle(0.1, 1000)",
)
EARLY = (*SMOOTH[:1], *SMOOTH[2:], "PolynomialDecay(0.1, 1200, 0.001, power=2.0)")
"""Of an exponential, beginning later is another base rate."""
WARMED = (
    "CosineDecay(0.0, 800, warmup_target=0.1, warmup_steps=100)",
    "Warmup(ExponentialDecay(0.1, 300, 0.5), 80)",
    "Warmup(LinearDecay(0.05, 900), 60, initial_learning_rate=0.001)",
    "WarmupStableDecay(0.1, warmup_steps=100, stable_steps=500, decay_steps=300)",
    "Noam(512, warmup_steps=200)",
)
RESTARTED = (
    "CosineDecayRestarts(0.1, 300, 1.0)",
    "CosineHardRestarts(0.1, 1000, cycles=2)",
    "Sequence([CosineDecay(0.1, 1000), CosineDecay(0.1, 1000)], [400])",
    "Sequence([ExponentialDecay(0.1, 100, 0.5), ExponentialDecay(0.1, 100, 0.5)], [500])",
    "Sequence([LinearDecay(0.1, 900), Constant(0.1)], [450])",
)


def ignored(text: str) -> Rates:
    """The rates of one that goes on with its first part."""
    first = {
        RESTARTED[0]: "CosineDecay(0.1, 300)",
        RESTARTED[1]: "CosineDecay(0.1, 500)",
        RESTARTED[2]: "CosineDecay(0.1, 1000)",
        RESTARTED[3]: "ExponentialDecay(0.1, 100, 0.5)",
        RESTARTED[4]: "LinearDecay(0.1, 900)",
    }
    return rates(parse(first[text]))


def warmup_steps(text: str) -> int:
    return {WARMED[1]: 80, WARMED[2]: 60, WARMED[4]: 200}.get(text, 100)


Made = Callable[[str, Int64s], Float64s]


def of(change: Callable[[Rates, Int64s], Float64s]) -> Made:
    return lambda text, steps: change(rates(parse(text)), steps)


MADE: list[tuple[Kind, tuple[str, ...], Made]] = [
    ("step_late", SMOOTH, of(lambda s, k: s(k - 1))),
    ("step_early", SMOOTH, of(lambda s, k: s(k + 1))),
    ("steps_late", SMOOTH, of(lambda s, k: s(k - 17))),
    ("steps_early", EARLY, of(lambda s, k: s(k + 17))),
    ("epoch_late", SMOOTH, of(lambda s, k: s(k - EPOCH))),
    ("epoch_early", SMOOTH, of(lambda s, k: s(k + EPOCH))),
    ("epochs_for_steps", SMOOTH, of(lambda s, k: s(k // EPOCH))),
    ("steps_for_epochs", SMOOTH, of(lambda s, k: s(k * EPOCH))),
    ("base_rate", SMOOTH, of(lambda s, k: 0.3 * s(k))),
    ("warmup_missing", WARMED, lambda t, k: rates(parse(t))(k + warmup_steps(t))),
    (
        "warmup_twice",
        WARMED,
        lambda t, k: rates(parse(t))(np.where(k < warmup_steps(t), k, k - warmup_steps(t))),
    ),
    ("reset_ignored", RESTARTED, lambda t, k: ignored(t)(k)),
    ("resumed_at_zero", SMOOTH, of(lambda s, k: s(np.where(k < 400, k, k - 400)))),
    ("per_replica", SMOOTH, of(lambda s, k: s(4 * k))),
    ("per_accumulated_update", SMOOTH, of(lambda s, k: s(k // 8))),
    ("floor", SMOOTH, of(lambda s, k: np.maximum(s(k), s(np.array([700]))))),
]
CASES = [(kind, text, made) for kind, texts, made in MADE for text in texts]


@pytest.mark.parametrize("form", [".4g", ".3e", "r"])
@pytest.mark.parametrize(
    ("kind", "text", "made"), CASES, ids=[f"{kind}-{text[:24]}" for kind, text, _ in CASES]
)
def test_each_explanation_is_named(kind: Kind, text: str, made: Made, form: str) -> None:
    """On a log that was made so, with the noise of printing four digits, or all."""
    values = made(text, STEPS)
    values = values if form == "r" else printed(values, form)
    found = audit(log_of(STEPS, values), parse(text), EPOCH)
    assert not found.same
    assert found.explanation is not None, found
    kinds = [found.explanation.kind, *(one.kind for one in found.also if one.clear)]
    assert kinds[0] == kind, kinds
    assert found.explanation.fits >= 0.98 * len(STEPS)


def chained(exact: Float64s) -> Float64s:
    """Rates that are each worked out from the one before, in float32, as PyTorch chains them."""
    factors = (exact[1:] / exact[:-1]).astype(np.float32)
    first = np.float32(exact[0])
    return np.cumprod(np.concatenate([[first], factors]), dtype=np.float32).astype(np.float64)


LONG = np.arange(20_000)
CHAINED = {
    "CosineDecay(0.1, 25000)": 0.05 * (1 + np.cos(np.pi * LONG / 25000)),
    "ExponentialDecay(0.1, 6000, 0.5)": 0.1 * 0.5 ** (LONG / 6000),
    "ExponentialDecay(0.02, 1000, 0.9)": 0.02 * 0.9 ** (LONG / 1000),
    "LinearDecay(0.01, 25000)": 0.01 * (1 - LONG / 25000),
    "InverseTimeDecay(0.5, 2000, 0.8)": 0.5 / (1 + 0.8 * LONG / 2000),
}


@pytest.mark.parametrize("text", CHAINED)
def test_rates_that_are_chained_in_float32_are_the_schedules_but_for_its_noise(text: str) -> None:
    found = audit(log_of(LONG, chained(CHAINED[text])), parse(text))

    assert found.same
    assert found.matching < len(LONG), "some are off by more than one rounding"
    assert found.explanation is not None
    assert (found.explanation.kind, found.explanation.says) == ("float32", "float32 noise")


def test_on_200_right_logs_it_says_so() -> None:
    """Of any schedule, any steps of it, printed in any way."""
    draw = np.random.default_rng(18)
    texts = (*SMOOTH, *WARMED, *RESTARTED, "StepDecay(0.1, 300)", "Constant(0.01)")
    forms = (".4g", ".4f", ".3e", ".6f", "r", "s")
    for place in range(200):
        schedule = parse(texts[place % len(texts)])
        every = int(draw.choice([1, 2, 7, 50]))
        at = np.arange(int(draw.integers(0, 3)) * every, int(draw.integers(100, 1500)), every)
        values = rates(schedule)(at)
        form = forms[place % len(forms)]
        if form == "s":  # float32 as text
            values = np.array([float(str(value)) for value in values.astype(np.float32)])
        elif form != "r":
            values = printed(values, form)
        found = audit(log_of(at, values), schedule)
        assert found.same, (schedule, form, found)
        assert found.explanation is None or found.explanation.kind == "float32"


def test_on_200_random_logs_nothing_is_named_with_confidence() -> None:
    draw = np.random.default_rng(81)
    texts = (*SMOOTH, *WARMED, *RESTARTED, "StepDecay(0.1, 300)", "Constant(0.01)")
    for place in range(200):
        count = int(draw.integers(4, 400))
        kinds: dict[int, Callable[[int], Float64s]] = {
            0: lambda n: draw.uniform(0, 0.1, n),
            1: lambda n: np.abs(np.cumsum(draw.normal(0, 0.01, n))),
            2: lambda n: 10 ** draw.uniform(-5, 0, n),
            3: lambda n: np.sort(draw.uniform(0, 0.1, n))[::-1],
        }
        values = kinds[place % 4](count)
        at = np.arange(count) * int(draw.choice([1, 10]))
        found = audit(log_of(at, printed(values)), parse(texts[place % len(texts)]), EPOCH)
        assert not found.same
        assert found.explanation is None, found
        assert found.departs is not None
        assert not any(one.clear for one in found.also)


@pytest.mark.parametrize("text", SMOOTH)
def test_another_schedule_is_none_of_these(text: str) -> None:
    """The rates of each of the other schedules are not explained by this one."""
    for other in SMOOTH:
        if other != text:
            found = audit(log_of(STEPS, printed(rates(parse(other))(STEPS))), parse(text), EPOCH)
            assert not found.same
            assert found.explanation is None, (other, found)


@pytest.mark.parametrize("text", SMOOTH)
def test_a_rate_that_is_held_is_no_other_base_rate(text: str) -> None:
    found = audit(log_of(STEPS, np.full(len(STEPS), 0.0123)), parse(text), EPOCH)
    assert not found.same
    assert found.explanation is None, found


@pytest.mark.parametrize(
    ("kind", "shift"), [("step_early", 1), ("epoch_late", -EPOCH), ("step_late", -1)]
)
@pytest.mark.parametrize("text", SMOOTH)
def test_an_epochs_log_that_is_shifted(kind: Kind, shift: int, text: str) -> None:
    """Of each epoch's last step, or what it should have been."""
    epochs = np.arange(20)
    values = printed(rates(parse(text))((epochs + 1) * EPOCH - 1 + shift))
    found = audit(log_of(epochs, values, "epoch"), parse(text), EPOCH)
    assert not found.same
    assert found.explanation is not None
    assert found.explanation.kind == kind


def test_the_verdict_of_a_long_log_says_that_some_rates_are_looked_at() -> None:
    schedule, at = parse("CosineDecay(0.1, 50000)"), np.arange(50_000)
    values = rates(schedule)(at)
    same = verdict(log_of(at, values), schedule, None)
    assert same is not None
    assert same.text == "as scheduled, to step 49999 (20000 of 50000 rates looked at)"
    values[30_000:] = 0.02
    told = verdict(log_of(at, values), schedule, None)
    assert told is not None
    assert told.departs in range(30_000, 30_004)
    assert told.text.startswith("departs by step 3000")


def test_there_is_no_verdict_of_rates_at_no_step() -> None:
    """A count from below 0, or no number."""
    log = log_of(np.array([-2, 0]), np.array([0.1, np.nan]))
    assert verdict(log, parse("CosineDecay(0.1, 100)"), None) is None
