"""Any sequence of steering against plain Python: what the rate must be, and how the weight moved.

One compiled model a configuration for all sequences; what a sequence begins from is known.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import keras
import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RULE_MARKER,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lrtui.live.steering import Steering
from lrtui.protocol import MarkKind
from lrtui.schedules.family.cosine import CosineDecay
from tests.live.fits import Witness, model

Rate = Callable[[int], float]

RULES: Mapping[MarkKind, str] = {
    "reset": "reset",
    "scale": "multiply",
    "rate": "set_rate",
    "undo": "undo",
    "restore": "restore",
}
"""The rule of :class:`AnySteering` that does what leaves such a mark."""
NO_RULE = {"plateau"}
"""Keras' own callback does it: see test_plateau."""
EXAMPLES, STEPS = 4, 30
"""Sequences of each configuration (fewer and shorter where they are costly), and acts in each. The
first is always a simple one."""
MOST_COMPILATIONS = 2
"""Other schedules in a sequence: each is compiled anew, which is all that this test costs."""
BATCH = 4
CLOSE: dict[str, Any] = {"rtol": 1e-5, "atol": 1e-8}
"""A cosine in float32 is that far off near its end; no rate here is smaller, but for 0."""
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
        self.costly = self.per_execution > 1 or "jit_compile" in how
        self.every = optimizer.gradient_accumulation_steps or 1
        self.model = model(wrapped, **how)
        self.model.optimizer.build(self.model.trainable_variables)
        self.steering = Steering(self.model)
        self.random = np.random.default_rng(0)
        self.steps = self.counted = 0
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
        self.counted += 0 if overflow else batches

    @property
    def weight(self) -> float:
        return float(self.model.weights[0].numpy()[0, 0])


def falling(**how: Any) -> Any:
    return Witness(keras.optimizers.schedules.InverseTimeDecay(0.1, 50, 1.0), **how)


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
    "schedule, accumulated": lambda: Trainer(falling(gradient_accumulation_steps=3), falls),
}


class AnySteering(RuleBasedStateMachine):
    """The plain model: a rate is ``scale * given(position)``; what moves no weight uses none."""

    trainer: Trainer
    """Of the subclass that is run."""
    held: float | None
    """The rate that was set."""

    def __init__(self) -> None:
        super().__init__()
        self.steering = self.trainer.steering
        self.steering.restore(self.trainer.beginning)
        self.begun, self.counted = self.trainer.steps, 0
        self.rates: list[float] = []
        self.compilations = 0
        self.undo()
        self.checkpoint()

    def given(self, position: int) -> float:
        """The rate at a step of the schedule's own, unscaled."""
        return self.drives(position) if self.held is None else self.held

    @invariant()
    def the_next_step_is_as_it_should_be(self) -> None:
        """After whatever was done: so no sequence can leave the training out."""
        self.train(1)

    @rule(executions=st.integers(1, 4))
    def train(self, executions: int) -> None:
        """Go on; the rates that are told are those by which the weight moved."""
        before = self.trainer.steps
        self.trainer.train(executions)
        steps = self.trainer.steps - before
        rates = np.array([self.scale * self.given(self.position + at) for at in range(steps)])
        updates = (self.counted + np.arange(steps) + 1) % self.trainer.every == 0
        expected = np.where(updates, rates, np.nan)
        self.position += steps
        self.counted += steps
        self.rates += list(expected)

        used = self.steering.read(before, before + steps)
        np.testing.assert_allclose(used.rates, expected, **CLOSE)
        np.testing.assert_array_equal(used.updated, updates)
        if updates.any():
            moved = self.trainer.witness.rates()[-updates.sum() :]
            np.testing.assert_allclose(moved, rates[updates], **CLOSE)
            np.testing.assert_allclose(self.steering.rate, rates[updates][-1], **CLOSE)

    @precondition(lambda self: self.trainer.scaled)
    @rule()
    def overflow(self) -> None:
        """LossScaleOptimizer skips it: told as skipped, and the schedule does not advance."""
        before, weight = self.trainer.steps, self.trainer.weight
        self.trainer.train(1, overflow=True)
        self.rates.append(np.nan)

        assert self.trainer.weight == weight
        noted = self.steering.read(before, before + 1)
        assert noted.skipped.tolist() == [True]
        assert not noted.updated.any()
        assert np.isnan(noted.rates).all()
        assert noted.losses[0] == np.inf

    @rule()
    def reset(self) -> None:
        self.steering.reset()
        self.position, self.scale, self.held = 0, 1.0, None

    @precondition(lambda self: self.compilations < MOST_COMPILATIONS)
    @rule(name=st.sampled_from(list(SCHEDULES)))
    def take_over(self, name: str) -> None:
        schedule, self.drives = SCHEDULES[name]
        self.steering.reset(schedule)
        self.position, self.scale, self.held = 0, 1.0, None
        self.compilations += 1

    @rule(factor=st.sampled_from([0.0, 0.3, 2.0]))
    def multiply(self, factor: float) -> None:
        if self.scale * factor <= 4:
            self.steering.scale(factor)
            self.scale *= factor

    @rule(rate=st.sampled_from([0.0, 0.03, 0.2]))
    def set_rate(self, rate: float) -> None:
        """A rate that holds whatever the schedule gives; scaled afterwards as any other."""
        self.steering.set_rate(rate)
        self.held, self.scale = rate, 1.0

    @rule()
    def undo(self) -> None:
        self.steering.undo()
        self.drives, self.position, self.scale = self.trainer.first, self.trainer.counted, 1.0
        self.held = None

    @rule()
    def checkpoint(self) -> None:
        self.kept = self.steering.checkpoint(), self.trainer.weight, self.counted

    @rule()
    def restore(self) -> None:
        checkpoint, weight, self.counted = self.kept
        self.steering.restore(checkpoint)
        assert self.trainer.weight == weight

    @rule(back=st.sampled_from([1, 30]))
    def read(self, back: int) -> None:
        """All that was used so far can be read again; a look at the schedule changes none of it."""
        float(self.trainer.witness.learning_rate)
        first = max(0, len(self.rates) - back)
        used = self.steering.read(self.begun + first, self.begun + len(self.rates)).rates
        np.testing.assert_allclose(used, self.rates[first:], **CLOSE)
        assert self.steering.factor == pytest.approx(self.scale)
        assert self.steering.steps == self.trainer.steps

    def teardown(self) -> None:
        self.read(1000)
        assert {mark.kind for mark in self.steering.changes} <= set(RULES)


def test_every_kind_of_mark_has_a_rule() -> None:
    missing = set(get_args(MarkKind)) - NO_RULE - set(RULES)
    assert not missing, "add a rule to AnySteering, and name it in RULES"
    assert all(hasattr(getattr(AnySteering, rule), RULE_MARKER) for rule in RULES.values())


@pytest.mark.parametrize("made", CONFIGURATIONS.values(), ids=list(CONFIGURATIONS))
def test_any_steering(made: Callable[[], Trainer]) -> None:
    # A failing sequence is shown as it was found: to make it simpler would take minutes.
    class Machine(AnySteering):
        trainer = made()

    how = settings(
        max_examples=2 if Machine.trainer.costly else EXAMPLES,
        stateful_step_count=15 if Machine.trainer.per_execution > 1 else STEPS,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Machine, settings=how)
