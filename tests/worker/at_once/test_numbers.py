"""Trainings at once have the numbers of Keras' own ``model.fit``."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from lrtui.protocol import Settings, optimizers
from lrtui.schedules import Schedule, parse
from lrtui.tasks import NAMES, Samples, Task, task
from lrtui.worker import build
from lrtui.worker.at_once.training import Row, Trainings
from tests.schedules.strategies import any_schedule
from tests.worker.at_once.fits import Fits, assert_same, at_once, new_fit, one_bit, rates_of

SMALL = Settings(epochs=3, steps_per_epoch=20, model_width=8, model_depth=1)
FALLING = {"sgd": "CosineDecay(0.1, 60)", "adam": "CosineDecay(0.003, 60)"}


@pytest.fixture(scope="module")
def trainings() -> Trainings:
    return Trainings()


@pytest.fixture(scope="module")
def fits() -> Fits:
    return Fits(SMALL)


def check(trainings: Trainings, settings: Settings, schedule: Schedule, fit: Any = new_fit) -> int:
    """How many epochs of a run are the fit's."""
    made = at_once(trainings, settings, [rates_of(schedule, settings)], [Row(0, settings.seed)])
    first = type(made)(made.means[0], made.validation[0])
    fitted = fit(settings, schedule)
    return assert_same(first, fitted, lambda: fit(settings, schedule, one_bit))


@pytest.mark.parametrize("name", NAMES)
def test_every_task(trainings: Trainings, name: str) -> None:
    """Half of them with each optimizer."""
    optimizer = sorted(FALLING)[NAMES.index(name) % 2]
    settings = SMALL.replace(task=name, optimizer=optimizer, seed=3)

    assert check(trainings, settings, parse(FALLING[optimizer])) == settings.epochs


@pytest.mark.parametrize(
    "optimizer",
    [
        *(one for one in optimizers.CHOICES if one not in FALLING),
        "Adadelta",
        "Ftrl(l1_regularization_strength=0.001)",
        "Muon",
        "SGD(momentum=0.9, clipnorm=0.5)",
        "Adam(amsgrad=True, weight_decay=0.01, clipvalue=0.05)",
        "RMSprop(centered=True, momentum=0.5, gradient_accumulation_steps=3)",
        "AdamW(use_ema=True, ema_overwrite_frequency=7, loss_scale_factor=8.0)",
        "Adam(global_clipnorm=0.1)",
    ],
)
def test_every_optimizer(trainings: Trainings, optimizer: str) -> None:
    settings = SMALL.replace(task="sine", optimizer=optimizer)

    assert check(trainings, settings, parse("CosineDecay(0.01, 60)")) >= 2


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=any_schedule())
def test_random_schedules_and_seeds(trainings: Trainings, fits: Fits, schedule: Schedule) -> None:
    rates = rates_of(schedule, SMALL)
    if rates.max() > 0.3:  # all but the first step of what diverges is chaotic
        schedule = parse(f"Scaled({schedule}, factor={0.3 / float(rates.max()):.3g})")
    settings = SMALL.replace(seed=len(str(schedule)))

    assert check(trainings, settings, schedule, fits.fit) >= 1


def test_rates_held_for_an_epoch_pieces_and_no_validation(trainings: Trainings) -> None:
    """An epoch of more steps than a piece has the mean of all of them."""
    settings = SMALL.replace(epochs=2, steps_per_epoch=600, validation_share=0.0)
    rates = rates_of(parse("CosineDecay(0.1, 1200)"), settings)
    made = at_once(trainings, settings, [rates], [Row(0, 0)])

    assert made.validation.shape == (1, 0)
    fitted = new_fit(settings, parse("CosineDecay(0.1, 1200)"))
    assert made.means[0] == pytest.approx(fitted.means, rel=2e-6)


# ---------------------------------------------------------------------- many at a time


@pytest.mark.parametrize(("name", "optimizer"), [("spirals", "adam"), ("regression", "lion")])
def test_stacked_is_as_alone(trainings: Trainings, name: str, optimizer: str) -> None:
    """Eleven rates and seeds, more seeds than a stack holds: each as it is alone."""
    settings = SMALL.replace(task=name, optimizer=optimizer)
    rates = [rates_of(parse(f"CosineDecay({one}, 60)"), settings) for one in (1e-4, 3e-3)]
    rows = [Row(seed % 2, seed) for seed in range(11)]

    stacked = at_once(trainings, settings, rates, rows, stack=True)
    alone = at_once(trainings, settings, rates, rows, stack=False)

    np.testing.assert_allclose(stacked.means, alone.means, rtol=2e-6)
    np.testing.assert_allclose(stacked.validation, alone.validation, rtol=2e-6)
    assert len(np.unique(stacked.means[:, 0])) == 11


@pytest.mark.parametrize("stack", [True, False])
def test_twice_is_the_same_to_the_bit(trainings: Trainings, stack: bool) -> None:
    """Also from a process that has just begun, and in two halves at a time."""
    settings = SMALL.replace(optimizer="adam")
    rates = [rates_of(parse(FALLING["adam"]), settings)]
    rows = [Row(0, seed) for seed in range(5, 13 if stack else 6)]

    at_once(trainings, settings, rates, [Row(0, 4)], stack)
    one = at_once(trainings, settings, rates, rows, stack)
    other = at_once(Trainings(threads=2), settings, rates, rows, stack)

    np.testing.assert_array_equal(one.means, other.means)
    np.testing.assert_array_equal(one.validation, other.validation)


def test_what_diverges_is_told_as_it_is_and_harms_no_neighbour(trainings: Trainings) -> None:
    settings = SMALL.replace(task="regression")
    rates = [np.full(60, rate, np.float32) for rate in (0.01, 1e30)]

    made = at_once(trainings, settings, rates, [Row(0, 0), Row(1, 0), Row(0, 0)])

    assert not np.isfinite(made.means[1, -1])
    np.testing.assert_array_equal(made.means[0], made.means[2])
    assert np.isfinite(made.means[0]).all()


# ---------------------------------------------------------------------- other models


class Own(Task):
    """A task with layers of one's own; its data are those of the sine."""

    def __init__(self, *kinds: str) -> None:
        self._kinds = kinds

    def samples(self, random: Any, count: int, wanted: Any) -> Samples:
        return task("sine").samples(random, count, wanted)

    def model(self, keras: Any, wanted: Any) -> Any:
        made = {
            "dropout": lambda: keras.layers.Dropout(0.3),
            "noise": lambda: keras.layers.GaussianNoise(0.1),
            "normalized": lambda: keras.layers.BatchNormalization(),
            "regularized": lambda: keras.layers.Dense(8, kernel_regularizer="l2"),
            "constrained": lambda: keras.layers.Dense(8, kernel_constraint="max_norm"),
        }
        own = [made[kind]() for kind in self._kinds]
        dense = keras.layers.Dense
        return keras.Sequential([keras.Input((1,)), dense(8, "tanh"), *own, dense(1)])

    def loss(self, keras: Any) -> Any:
        return keras.losses.MeanSquaredError()


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    monkeypatch.setattr(build, "task", lambda _: Own(*request.param))
    return iter(())


@pytest.mark.parametrize(
    "own",
    [("dropout", "noise"), ("normalized",), ("regularized", "constrained")],
    indirect=True,
    ids=str,
)
def test_models_that_draw_numbers_and_have_states(own: None) -> None:
    settings = SMALL.replace(optimizer="adam", seed=2)

    assert check(Trainings(), settings, parse("CosineDecay(0.01, 60)")) >= 2
