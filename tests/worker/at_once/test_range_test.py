"""The range test by trainings at once: the numbers of ``fit``, and what it recommends."""

import numpy as np
import pytest

from lrtui.live.link import QueueLink
from lrtui.live.range_test import Nobody
from lrtui.protocol import Settings
from lrtui.protocol.range_test import RangeTest, Sweep
from lrtui.protocol.recommendation import has_diverged
from lrtui.worker.at_once.range_test import range_test_at_once
from lrtui.worker.at_once.training import Row, Trainings
from tests.worker.test_range_test import swept

SMALL = Settings(model_width=8, model_depth=1, steps_per_epoch=32, batch_size=16)
QUICK = Sweep(1e-6, 10, 60)


@pytest.fixture(scope="module")
def trainings() -> Trainings:
    return Trainings()


def at_once(trainings: Trainings, settings: Settings, sweep: Sweep = QUICK) -> RangeTest:
    return range_test_at_once(settings, sweep, trainings, Nobody())


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_it_has_fits_numbers(trainings: Trainings, optimizer: str) -> None:
    settings = SMALL.replace(task="sine", optimizer=optimizer)
    made = at_once(trainings, settings)
    fitted = swept(QueueLink(), QUICK, settings, fit=True).result()

    calm = 40  # up to a rate of 0.04: beyond it rounding grows
    np.testing.assert_allclose(made.rates[:calm], fitted.rates[:calm], rtol=1e-5)
    np.testing.assert_allclose(made.losses[:calm], fitted.losses[:calm], rtol=1e-4)
    assert made.divergence == pytest.approx(fitted.divergence, rel=0.1)


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        ("spirals", "adam"),
        ("rings", "lion"),
        ("sine", "sgd"),
        ("sine", "nesterov"),
        ("regression", "sgd"),
        ("glyphs", "momentum"),
    ],
)
def test_training_at_the_recommended_rate_does_not_diverge(
    trainings: Trainings, name: str, optimizer: str
) -> None:
    """For 500 steps, on seeds that it was not tried with."""
    settings = SMALL.replace(task=name, optimizer=optimizer)
    test = at_once(trainings, settings)

    assert test.recommendation is not None, test.trouble
    rate = test.recommendation.rate
    assert test.divergence is None or rate < test.divergence
    rates = np.full((1, 500), rate, np.float32)
    for seed in (100, 101):
        pieces = list(trainings.train(settings, rates, [Row(0, seed)]))
        losses = np.concatenate([piece.losses[0] for piece in pieces])
        assert not has_diverged(losses, fresh=True)
