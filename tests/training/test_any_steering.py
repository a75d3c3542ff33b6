"""Any sequence of steering against plain Python: what the rate must be, and how the weight moved.

One compiled model a configuration for all sequences; what a sequence begins from is known.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.schedules.family.cosine import CosineDecay
from lrtui.training.steer import Steering
from tests.training.runs import Witness, model

Rate = Callable[[int], float]

BATCH = 4
SCHEDULES: dict[str, tuple[Any, Rate]] = {
    "of lrtui": (CosineDecay(0.05, 40), lambda at: 0.025 * (1 + np.cos(np.pi * min(at, 40) / 40))),
    "of Keras": (
        keras.optimizers.schedules.PiecewiseConstantDecay([3, 7], [0.1, 0.02, 0.05]),
        lambda at: 0.1 if at <= 3 else 0.02 if at <= 7 else 0.05,
    ),
}


class Trainer:
    """One model that is trained for as long as the tests take, and what was done to it."""

    def __init__(self, optimizer: Any, first: Rate, scaled: bool = False, **how: Any) -> None:
        self.witness, self.first, self.scaled = optimizer, first, scaled
        wrapped = keras.optimizers.LossScaleOptimizer(optimizer, 1.0) if scaled else optimizer
        self.per_execution = how.get("steps_per_execution", 1)
        self.model = model(wrapped, **how)
        self.model.optimizer.build(self.model.trainable_variables)
        self.steering = Steering(self.model)
        self.random = np.random.default_rng(0)
        self.steps = self.updates = 0
        self.beginning = self.steering.checkpoint()

    def train(self, executions: int, overflow: bool = False) -> None:
        """Targets are noise, so that the gradient never vanishes."""
        batches = executions * self.per_execution
        x: Any = np.full((batches * BATCH, 1), 1e200 if overflow else 1.0)
        y = self.random.normal(5.0, 1.0, x.shape)
        if self.per_execution == 1:
            for at in range(0, len(x), BATCH):
                self.model.train_on_batch(x[at : at + BATCH], y[at : at + BATCH])
        else:
            self.model.fit(x, y, batch_size=BATCH, verbose=0)
        self.steps += batches
        self.updates += 0 if overflow else batches

    @property
    def weight(self) -> float:
        return float(self.model.weights[0].numpy()[0, 0])


def falling() -> Any:
    return Witness(keras.optimizers.schedules.InverseTimeDecay(0.1, 50, 1.0))


def falls(at: int) -> float:
    return 0.1 / (1 + at / 50)


def constant(at: int) -> float:
    return 0.1


CONFIGURATIONS: dict[str, Callable[[], Trainer]] = {
    "schedule, compiled": lambda: Trainer(falling(), falls),
    "float, compiled": lambda: Trainer(Witness(0.1), constant),
    "schedule, eager": lambda: Trainer(falling(), falls, run_eagerly=True),
    "float, eager": lambda: Trainer(Witness(0.1), constant, run_eagerly=True),
    "schedule, jit": lambda: Trainer(falling(), falls, jit_compile=True),
    "float, loss scaled, jit": lambda: Trainer(Witness(0.1), constant, True, jit_compile=True),
    "schedule, loss scaled": lambda: Trainer(falling(), falls, True),
    "schedule, four steps": lambda: Trainer(falling(), falls, steps_per_execution=4),
    "float, four steps": lambda: Trainer(Witness(0.1), constant, steps_per_execution=4),
}


class Sequence:
    """The plain model: a rate is ``scale * drives(position)``; what was skipped uses none."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.steering = trainer, trainer.steering
        self.steering.restore(trainer.beginning)
        self.untouched()
        self.begun = trainer.steps
        self.rates: list[float] = []
        self.checkpoint()

    def train(self, executions: int) -> None:
        before = self.trainer.steps
        self.trainer.train(executions)
        steps = self.trainer.steps - before
        expected = [self.scale * self.drives(self.position + at) for at in range(steps)]
        self.position += steps
        self.rates += expected

        moved = self.trainer.witness.rates()[-steps:]
        used = self.steering.read(before, before + steps)
        np.testing.assert_allclose(used.rates, expected, rtol=1e-5)
        np.testing.assert_allclose(moved, expected, rtol=1e-5, atol=1e-12)
        assert used.updated.all()
        assert self.steering.rate == pytest.approx(expected[-1], rel=1e-5)

    def overflow(self) -> None:
        """LossScaleOptimizer skips it: told as skipped, and the schedule does not advance."""
        if not self.trainer.scaled:
            return
        before, weight = self.trainer.steps, self.trainer.weight
        self.trainer.train(1, overflow=True)
        self.rates.append(np.nan)

        assert self.trainer.weight == weight
        noted = self.steering.read(before, before + 1)
        assert noted.skipped.tolist() == [True]
        assert not noted.updated.any()
        assert np.isnan(noted.rates).all()
        assert noted.losses[0] == np.inf

    def reset(self) -> None:
        self.steering.reset()
        self.position, self.scale = 0, 1.0

    def take_over(self, name: str) -> None:
        schedule, self.drives = SCHEDULES[name]
        self.steering.reset(schedule)
        self.position, self.scale = 0, 1.0

    def multiply(self, factor: float) -> None:
        if self.scale * factor <= 4:
            self.steering.scale(factor)
            self.scale *= factor

    def untouched(self) -> None:
        self.steering.untouched()
        self.drives, self.position, self.scale = self.trainer.first, self.trainer.updates, 1.0

    def checkpoint(self) -> None:
        self.kept: tuple[Any, float] = self.steering.checkpoint(), self.trainer.weight

    def restore(self) -> None:
        checkpoint, weight = self.kept
        self.steering.restore(checkpoint)
        assert self.trainer.weight == weight

    def read(self, back: int) -> None:
        """All that was used so far can be read again; a look at the schedule changes none of it."""
        float(self.trainer.witness.learning_rate)
        first = max(0, len(self.rates) - back)
        used = self.steering.read(self.begun + first, self.begun + len(self.rates)).rates
        np.testing.assert_allclose(used, self.rates[first:], rtol=1e-5)
        assert self.steering.factor == pytest.approx(self.scale)
        assert self.steering.steps == self.trainer.steps


ACTIONS: list[tuple[Any, ...]] = [
    *((name,) for name in ("reset", "untouched", "checkpoint", "restore", "restore", "overflow")),
    *(("take_over", name) for name in SCHEDULES),
    *(("multiply", factor) for factor in (0.0, 0.3, 2.0)),
    *(("read", back) for back in (1, 30)),
    *(("train", executions) for executions in (1, 2, 5)),
]


@pytest.mark.parametrize("made", CONFIGURATIONS.values(), ids=list(CONFIGURATIONS))
def test_any_steering(made: Callable[[], Trainer]) -> None:
    # Not a RuleBasedStateMachine, which leaves whole rules out of a sequence, training among them;
    # and few sequences, because each other schedule is compiled anew.
    trainer = made()

    @settings(max_examples=3, derandomize=True)
    @given(st.permutations(ACTIONS))
    def any_sequence(actions: list[tuple[Any, ...]]) -> None:
        sequence = Sequence(trainer)
        for name, *arguments in actions:
            getattr(sequence, name)(*arguments)
            sequence.train(1)
        sequence.read(1000)

    any_sequence()
