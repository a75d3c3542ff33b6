"""What each task says it teaches about rates, on real trainings. Measured: the bounds have room.

They are trained at once, with the numbers of ``fit``; see ``tests/worker/at_once/test_numbers.py``.
"""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from lrtui.protocol import Settings
from lrtui.schedules import parse
from lrtui.tasks import tasks
from lrtui.worker.at_once.training import Row, Trainings
from tests.worker.at_once.fits import at_once, rates_of

COSINE = "CosineDecay({}, 1280)"


class Last:
    """The mean losses of the last epoch, one a schedule; infinite where it diverged."""

    def __init__(self, trainings: Trainings) -> None:
        self._trainings = trainings

    def __call__(self, *schedules: str, **how: Any) -> list[float]:
        return self.with_seeds([0], *schedules, **how)

    def with_seeds(self, seeds: Sequence[int], *schedules: str, **how: Any) -> list[float]:
        """Of the first schedule with each seed, then of the next."""
        settings = Settings(validation_share=0.0, **how)
        rates = [rates_of(parse(one), settings) for one in schedules]
        rows = [Row(number, seed) for number in range(len(rates)) for seed in seeds]
        losses = at_once(self._trainings, settings, rates, rows).means[:, -1]
        return [loss if math.isfinite(loss) else math.inf for loss in losses.tolist()]


@pytest.fixture(scope="module")
def last() -> Last:
    return Last(Trainings())


def test_spirals_the_larger_the_better_until_it_is_too_large(last: Last) -> None:
    good, better, ruined = last(*(f"Constant({rate})" for rate in (0.1, 1, 3)), task="spirals")
    assert better < 0.5 * good < 0.5 * 0.05
    assert ruined > math.log(2) - 0.1, "no better than chance"


def test_rings_many_rates_will_do(last: Last) -> None:
    assert max(last("Constant(0.1)", "Constant(1)", task="rings")) < 0.02
    assert max(last("Constant(0.001)", "Constant(0.1)", task="rings", optimizer="adam")) < 0.02


def test_sine_decay_brings_the_loss_down_to_the_noise(last: Last) -> None:
    texts = ("Constant(0.03)", COSINE.format(0.03))
    constant, falling = last(*texts, task="sine", optimizer="adam")
    assert falling < 1.1 * 0.1**2
    assert constant > 1.3 * 0.1**2
    assert last("Constant(1.0)", task="sine")[0] > 1


def test_regression_with_adam_the_scales_do_not_matter(last: Last) -> None:
    assert last("Constant(0.03)", task="regression", optimizer="adam")[0] < 1.3 * 0.1**2
    slow, diverged = last("Constant(0.1)", "Constant(0.51)", task="regression")
    assert slow > 4 * 0.1**2
    assert diverged == math.inf


def test_glyphs_too_large_to_stay_at_and_good_to_begin_with(last: Last) -> None:
    how: dict[str, Any] = {"task": "glyphs", "epochs": 6}
    texts = ("Constant(0.2)", "CosineDecay(0.2, 384)")
    constant, falling = last(*texts, optimizer="momentum", **how)
    assert constant > 0.3
    assert falling < 0.05
    assert last("Constant(0.01)", **how)[0] > math.log(8) - 0.2, "no better than chance"


def test_characters_a_high_rate_needs_a_warmup(last: Last) -> None:
    """The same peak rate over seeds, with and without."""
    warm = "Warmup(CosineDecay(0.03, 220), 100)"
    cold = "CosineDecay(0.03, 320)"
    how: dict[str, Any] = {"task": "characters", "optimizer": "adam", "epochs": 5}
    losses = last.with_seeds([0, 1, 2], warm, cold, **how)

    # With noise 0.1 a letter has an entropy of 0.46.
    assert max(losses[:3]) < 0.6
    assert sum(loss > math.log(8) - 0.2 for loss in losses[3:]) >= 2, "no better than chance"


def test_every_task_has_its_lesson_here() -> None:
    names = {name.split("_")[1] for name in globals() if name.startswith("test_")}
    assert set(tasks()) <= names
