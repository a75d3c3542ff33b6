"""Which schedule rates are: found with its parameters to 1e-3, or said not to be clear."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrtui.logs.audit.recognition import recognise
from lrtui.schedules import Schedule, catalogue, parameters, parse
from tests.logs.test_audit import log_of, printed, rates
from tests.schedules.strategies import any_of

STEPS = np.arange(1000)

FOUND = (
    "Constant(0.013)",
    "CosineDecay(0.037, 731)",
    "CosineDecay(0.037, 731, alpha=0.07)",
    "CosineDecay(0.001, 731, warmup_target=0.05, warmup_steps=123)",
    "LinearDecay(0.06, 850, 0.002)",
    "PolynomialDecay(0.06, 850, 0.002, power=1.7)",
    "StepDecay(0.08, 130, 0.3)",
    "MultiStepDecay(0.1, [210, 555], 0.2)",
    "PiecewiseConstantDecay([210, 555], [0.1, 0.03, 0.02])",
    "InverseSquareRoot(0.1, 137)",
    "OneCycle(0.11, 913)",
    "WarmupStableDecay(0.1, 105, 503, 250)",
    "CosineDecayRestarts(0.1, 130)",
    "CosineHardRestarts(0.1, 900, 3)",
    "CyclicalRate(0.003, 0.07, 133)",
    "Rex(0.1, 870)",
    "FlatCosine(0.1, 900, 0.6)",
)
"""Of each all parameters can be told from the curve alone."""
SAME_CURVE = (
    "ExponentialDecay(0.05, 321, 0.77)",  # of length and factor only one is told
    "InverseTimeDecay(0.3, 100, 0.8)",
    "Warmup(ExponentialDecay(0.1, 300, 0.5), 80)",
)


def numbers(schedule: Schedule) -> list[float]:
    held = [getattr(schedule, one.name) for one in parameters(type(schedule))]
    flat = [part for one in held for part in (one if isinstance(one, tuple) else (one,))]
    return [float(one) for one in flat if isinstance(one, (int, float))]


@pytest.mark.parametrize("text", FOUND)
def test_a_schedule_is_found_with_its_parameters(text: str) -> None:
    planned = parse(text)
    found = recognise(log_of(STEPS, printed(rates(planned)(STEPS))))
    assert found.clear, found
    named = parse(found.found[0].schedule)
    assert type(named) is type(planned)
    assert numbers(named) == pytest.approx(numbers(planned), rel=1e-3)


@pytest.mark.parametrize("text", SAME_CURVE)
def test_or_one_of_the_same_curve(text: str) -> None:
    planned = rates(parse(text))(STEPS)
    found = recognise(log_of(STEPS, planned))
    assert found.clear, found
    assert rates(parse(found.found[0].schedule))(STEPS) == pytest.approx(planned, rel=1e-3)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(tuple(catalogue().values())).flatmap(any_of), st.sampled_from([1, 7]))
def test_any_schedule_is_found_or_not_clear(schedule: Schedule, every: int) -> None:
    """With any parameters: what is named gives the rates to 1e-3."""
    at = np.arange(200) * every
    values = rates(schedule)(at)
    if np.isfinite(values).all():
        found = recognise(log_of(at, values))
        if found.clear:
            named = rates(parse(found.found[0].schedule))(at)
            assert named == pytest.approx(values, rel=1e-3, abs=2e-6 * values.max())


def test_a_log_of_every_tenth_step_that_ends_before_the_schedule() -> None:
    """As transformers logs a linear schedule with warmup."""
    at = np.arange(10, 1000, 10)
    planned = rates(parse("Warmup(LinearDecay(5e-5, 900), 100)"))
    found = recognise(log_of(at, planned(at)))
    assert found.clear
    named = rates(parse(found.found[0].schedule))(STEPS)
    assert named == pytest.approx(planned(STEPS), rel=1e-3, abs=1e-10)


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_is_not_clear(seed: int) -> None:
    values = np.random.default_rng(seed).uniform(0.01, 0.1, 200)
    found = recognise(log_of(np.arange(200), values))
    assert not found.clear
    assert found.reason


def test_the_beginning_of_a_curve_is_not_clear() -> None:
    """Of a cosine's first percent the length cannot be told to 1e-3 from four digits."""
    at = np.arange(0, 100, 10)
    found = recognise(log_of(at, printed(rates(parse("CosineDecay(0.1, 10000)"))(at))))
    if found.clear:  # constant, to what was printed
        assert rates(parse(found.found[0].schedule))(at) == pytest.approx(0.1, rel=1e-3)
