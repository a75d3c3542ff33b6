"""What docs/resetting.md claims: three ways to reset a schedule in Keras, beside ours."""

import numpy as np
import pytest
from keras.optimizers.schedules import ExponentialDecay

from benchmarks.naive_reset import RESET_AT, STEPS, WAYS, Run, run
from tests.live.fits import Witness, fit, model

EVERY = np.arange(STEPS)
FALLING = 0.01 * 0.5 ** (EVERY / 100)
BEGUN_ANEW = np.where(EVERY < RESET_AT, FALLING, 0.01 * 0.5 ** ((EVERY - RESET_AT) / 100))


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {way: run(way) for way in WAYS}


@pytest.fixture
def plain(runs: dict[str, Run]) -> Run:
    return runs["no reset"]


def test_up_to_the_reset_they_are_one_run(runs: dict[str, Run], plain: Run) -> None:
    for one in runs.values():
        np.testing.assert_allclose(one.used[:RESET_AT], FALLING[:RESET_AT], rtol=1e-5)
        np.testing.assert_allclose(one.norms[:RESET_AT], plain.norms[:RESET_AT], rtol=1e-3)


def test_assigning_a_schedule_is_reported_and_not_used(runs: dict[str, Run], plain: Run) -> None:
    one = runs["optimizer.learning_rate = ..."]
    assert one.reported == pytest.approx(0.01, rel=1e-5)
    np.testing.assert_allclose(one.used, FALLING, rtol=1e-5)
    np.testing.assert_allclose(one.norms, plain.norms, rtol=1e-3)


def test_nor_is_it_in_the_next_fit() -> None:
    optimizer = Witness(ExponentialDecay(0.1, 10, 0.5))
    made = model(optimizer)
    fit(made)
    made.optimizer.learning_rate = ExponentialDecay(0.7, 10, 0.5)
    fit(made)
    np.testing.assert_allclose(optimizer.rates(), 0.1 * 0.5 ** (np.arange(16) / 10), rtol=1e-5)
    made.make_train_function(force=True)
    fit(made)
    np.testing.assert_allclose(
        optimizer.rates()[16:], 0.7 * 0.5 ** (np.arange(16, 24) / 10), rtol=1e-5
    )


def test_counting_from_0_again_shrinks_adams_updates(runs: dict[str, Run], plain: Run) -> None:
    """Kingma and Ba 2015, section 2: the correction by which the first update differs."""
    one = runs["optimizer.iterations.assign(0)"]
    np.testing.assert_allclose(one.used, BEGUN_ANEW, rtol=1e-5)

    def corrected(t: int) -> float:
        return float(np.sqrt(1 - 0.999**t) / (1 - 0.9**t))

    by_hand = corrected(1) / corrected(RESET_AT + 1)
    assert by_hand == pytest.approx(0.62, abs=0.01)
    first = one.norms[RESET_AT] / (8 * plain.norms[RESET_AT])
    assert first == pytest.approx(by_hand, rel=1e-3)
    later = one.norms[RESET_AT:] / runs["steering.reset()"].norms[RESET_AT:]
    assert np.median(later) < 0.5


def test_compiling_again_forgets_what_adam_has_learned(runs: dict[str, Run], plain: Run) -> None:
    one = runs["model.compile(...) again"]
    np.testing.assert_allclose(one.used, BEGUN_ANEW, rtol=1e-5)
    # Adam's first step is the rate times the sign of the gradient, but where that is nearly 0.
    assert one.norms[RESET_AT] == pytest.approx(0.01 * np.sqrt(one.weights), rel=0.02)
    assert one.norms[RESET_AT] > 5 * 8 * plain.norms[RESET_AT]


def test_a_reset_changes_the_rate_and_nothing_else(runs: dict[str, Run], plain: Run) -> None:
    one = runs["steering.reset()"]
    assert one.reported == pytest.approx(0.01, rel=1e-5)
    np.testing.assert_allclose(one.used, BEGUN_ANEW, rtol=1e-5)
    assert one.norms[RESET_AT] == pytest.approx(8 * plain.norms[RESET_AT], rel=1e-3)
    assert one.iterations == plain.iterations == STEPS
