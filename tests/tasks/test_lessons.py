"""What each task says it teaches about rates, on real trainings. Measured: the bounds have room."""

import math
from typing import Any

from lrtui.tasks import tasks
from tests.tasks.test_tasks import run

COSINE = "CosineDecay({}, 1280)"


def last(schedule: str, **settings: Any) -> float:
    """The mean loss of the last epoch; infinite if it diverged."""
    loss = run(schedule, validation_share=0.0, **settings).rows[-1].loss
    return loss if math.isfinite(loss) else math.inf


def test_spirals_the_larger_the_better_until_it_is_too_large() -> None:
    good, better, ruined = (last(f"Constant({rate})", task="spirals") for rate in (0.1, 1, 3))
    assert better < 0.5 * good < 0.5 * 0.05
    assert ruined > math.log(2) - 0.1, "no better than chance"


def test_rings_many_rates_will_do() -> None:
    for optimizer, rate in [("sgd", 0.1), ("sgd", 1), ("adam", 0.001), ("adam", 0.1)]:
        assert last(f"Constant({rate})", task="rings", optimizer=optimizer) < 0.02


def test_sine_decay_brings_the_loss_down_to_the_noise() -> None:
    texts = ("Constant(0.03)", COSINE.format(0.03))
    constant, falling = (last(text, task="sine", optimizer="adam") for text in texts)
    assert falling < 1.1 * 0.1**2
    assert constant > 1.3 * 0.1**2
    assert last("Constant(1.0)", task="sine") > 1


def test_regression_with_adam_the_scales_do_not_matter() -> None:
    assert last("Constant(0.03)", task="regression", optimizer="adam") < 1.3 * 0.1**2
    assert last("Constant(0.1)", task="regression") > 4 * 0.1**2
    assert last("Constant(0.51)", task="regression") == math.inf


def test_glyphs_too_large_to_stay_at_and_good_to_begin_with() -> None:
    how: dict[str, Any] = {"task": "glyphs", "epochs": 6}
    texts = ("Constant(0.2)", "CosineDecay(0.2, 384)")
    constant, falling = (last(text, optimizer="momentum", **how) for text in texts)
    assert constant > 0.3
    assert falling < 0.05
    assert last("Constant(0.01)", **how) > math.log(8) - 0.2, "no better than chance"


def test_characters_a_high_rate_needs_a_warmup() -> None:
    """The same peak rate over seeds, with and without."""
    how: dict[str, Any] = {"task": "characters", "optimizer": "adam", "epochs": 5}
    warm = "Warmup(CosineDecay(0.03, 220), 100)"
    cold = "CosineDecay(0.03, 320)"
    with_warmup = [last(warm, seed=seed, **how) for seed in (0, 1, 2)]
    without = [last(cold, seed=seed, **how) for seed in (0, 1, 2)]

    # With noise 0.1 a letter has an entropy of 0.46.
    assert max(with_warmup) < 0.6
    assert sum(loss > math.log(8) - 0.2 for loss in without) >= 2, "no better than chance"


def test_every_task_has_its_lesson_here() -> None:
    names = {name.split("_")[1] for name in globals() if name.startswith("test_")}
    assert set(tasks()) <= names
