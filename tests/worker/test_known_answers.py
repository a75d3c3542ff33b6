"""The badly scaled regression, whose losses, optimum and largest stable rate mathematics gives.

Without noise, under plain SGD, the loss of step t is the sum over the features of
1/d * prod over k < t of (1 - rate_k * lambda)^2, with lambda twice the feature's mean square.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lrtui.protocol import Settings
from lrtui.protocol.settings import largest_stable_rate
from lrtui.schedules import parse
from lrtui.tasks import tasks
from lrtui.worker import build
from tests.tasks.test_tasks import run

QUIET = Settings(task="regression", noise=0.0, epochs=2, steps_per_epoch=100)
LAMBDAS = 2 * np.geomspace(2**0.5, 2**0.5 / 30, 8) ** 2
SCHEDULES = {
    "a rate near the limit": "Constant(0.45)",
    "a timid rate": "Constant(0.05)",
    "one cycle up to the limit": "OneCycle(0.48, total_steps=200)",
    "one cycle beyond the limit and back": "OneCycle(0.56, total_steps=200, pct_start=0.5)",
    "a cosine": "CosineDecay(0.45, 200)",
    "a staircase": "ExponentialDecay(0.4, 50, 0.5, staircase=True)",
}


def losses_of(schedule: str, steps: int = 200) -> NDArray[np.float64]:
    """In closed form: before each step, and after the last."""
    rates = np.asarray(parse(schedule)(np.arange(steps)), np.float64)
    left = np.cumprod(1 - rates[:, None] * LAMBDAS, axis=0) ** 2
    return np.concatenate([[1.0], left.mean(axis=1)])


@pytest.fixture(scope="module")
def trained() -> dict[str, NDArray[np.float32]]:
    names = ("task", "noise", "epochs", "steps_per_epoch")
    how: dict[str, Any] = {name: getattr(QUIET, name) for name in names}
    return {name: run(text, **how).losses for name, text in SCHEDULES.items()}


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_losses_are_those_of_the_closed_form(
    trained: dict[str, NDArray[np.float32]], name: str
) -> None:
    np.testing.assert_allclose(trained[name], losses_of(SCHEDULES[name])[:-1], rtol=1e-3)


def test_the_schedules_rank_as_the_mathematics_says(
    trained: dict[str, NDArray[np.float32]],
) -> None:
    by_mathematics = sorted(SCHEDULES, key=lambda name: float(losses_of(SCHEDULES[name])[-2]))
    by_training = sorted(SCHEDULES, key=lambda name: float(trained[name][-1]))

    assert by_training == by_mathematics
    # What that says, so that a mistake in both would be seen: what moves the small features is the
    # sum of the rates, as long as none is beyond the limit for long.
    sums = {name: float(np.sum(parse(text)(np.arange(200)))) for name, text in SCHEDULES.items()}
    assert by_mathematics == sorted(sums, key=lambda name: -sums[name])


def test_every_batch_has_the_same_hessian_also_with_noise() -> None:
    made = build.material(Settings(task="regression", steps_per_epoch=5, batch_size=20))
    for inputs, _ in made.batches.take(10).as_numpy_iterator():
        hessian = 2 * inputs.T @ inputs / len(inputs)
        np.testing.assert_allclose(hessian, np.diag(LAMBDAS), atol=2e-6)


def test_the_largest_stable_rate_is_two_over_the_largest_eigenvalue() -> None:
    assert largest_stable_rate(QUIET) == pytest.approx(2 / LAMBDAS.max(), rel=1e-12)
    assert largest_stable_rate(QUIET) == pytest.approx(0.5, rel=1e-12)

    stable, beyond = (
        run(f"Constant({rate})", task="regression", epochs=3) for rate in (0.49, 0.51)
    )
    assert stable.losses[-1] < 0.2
    assert beyond.losses[-1] > 1e3


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "SGD(momentum=0.5)"])
def test_momentum_moves_the_limit(optimizer: str) -> None:
    limit = largest_stable_rate(QUIET.replace(optimizer=optimizer))
    assert limit is not None

    def grows(rate: float) -> bool:
        """What Keras' docstring of SGD says it does, in the direction of the largest eigenvalue."""
        momentum = {"sgd": 0.0, "SGD(momentum=0.5)": 0.5}.get(optimizer, 0.9)
        weight, velocity = 1.0, 0.0
        for _ in range(3000):
            gradient = LAMBDAS.max() * weight
            velocity = momentum * velocity - rate * gradient
            ahead = momentum * velocity - rate * gradient
            weight += ahead if optimizer == "nesterov" else velocity
        return abs(weight) > 1

    assert not grows(0.995 * limit)
    assert grows(1.005 * limit)


def test_where_it_is_not_known_nothing_is_said() -> None:
    assert largest_stable_rate(QUIET.replace(optimizer="adam")) is None
    assert largest_stable_rate(QUIET.replace(optimizer="SGD(clipnorm=1.0)")) is None
    others = [name for name in tasks() if name != "regression"]
    assert [largest_stable_rate(Settings(task=name)) for name in others] == [None] * len(others)


@pytest.mark.parametrize("batch_size", [1, 3, 20])
def test_small_batches_have_fewer_features_and_the_same_limit(batch_size: int) -> None:
    settings = QUIET.replace(batch_size=batch_size)
    inputs, targets = tasks()["regression"].samples(
        np.random.default_rng(0), 6 * batch_size, settings
    )
    assert inputs.shape == (6 * batch_size, min(8, batch_size))
    assert np.mean(targets**2) == pytest.approx(1, rel=1e-5)
    assert largest_stable_rate(settings) == pytest.approx(0.5, rel=1e-12)
