"""A table that is refilled for a million steps gives the rate of each step."""

from typing import Any

import numpy as np
import pytest

from lrtui.live.attachment import Attachment
from lrtui.live.backends.in_step import RateInputs
from lrtui.live.driving import Driving
from lrtui.live.rate_supply import rate_supply

STEPS = 1_000_000


class Optimizer:
    _learning_rate = None
    _iterations = 0


class Step:
    """Does whole executions with what was ordered, as the backends do each step of one."""

    def __init__(self) -> None:
        self.position, self.refills = 0, 0
        self._inputs: RateInputs

    def done(self) -> tuple[int, int]:
        return self.position, self.position

    def number(self, variable: Any) -> float:
        return float(self.position)

    def put_inputs(self, inputs: RateInputs) -> None:
        self._inputs, self.refills = inputs, self.refills + 1

    def execute(self, steps: int) -> Any:
        at = np.arange(self.position, self.position + steps) - self._inputs.first
        self.position += steps
        rates = self._inputs.table[np.clip(at, 0, len(self._inputs.table) - 1)]
        return rates * np.float32(self._inputs.scale)


class Attached(Attachment):
    """Of its own it has what asks before an execution."""

    own_getter = False

    def __init__(self, step: Step, capacity: int) -> None:
        self.step, self.optimizer = step, Optimizer()  # type: ignore[assignment]
        self.active, self._rest, self._rests = True, 0, 0
        self._drives = self.driving = Driving(self, capacity)

    def execute(self, steps: int) -> Any:
        """An execution of the train function."""
        if self._rest:
            self._rest -= 1
        else:
            self.refill()
        return self.step.execute(steps)  # type: ignore[attr-defined]


@pytest.mark.parametrize("per_execution", [1, 7, 1000])
def test_a_million_steps(per_execution: int) -> None:
    """Against the schedule's own formula, at every step and so at every refill."""
    steps = STEPS if per_execution > 1 else STEPS // 10
    step, capacity = Step(), max(4096, 4 * per_execution)
    attached = Attached(step, capacity)
    text = "CosineDecayRestarts(0.1, first_decay_steps=777, t_mul=1.0, m_mul=0.999)"
    attached.driving.reset(rate_supply(text))
    used = []
    for _ in range(steps // per_execution):
        used.append(attached.execute(per_execution))
    supply = rate_supply(text)
    found = np.concatenate(used)
    np.testing.assert_array_equal(found, supply.rates(0, len(found)))
    assert step.refills > steps // capacity


def test_a_reset_begins_to_measure_anew() -> None:
    """What an execution makes of updates is measured, and was another one before."""
    step = Step()
    attached = Attached(step, 4096)
    attached.driving.reset(rate_supply("Constant(0.1)"))
    for _ in range(1000):
        attached.execute(1)
    assert attached._rest > 8, "it is asked rarely by now"
    text = "InverseTimeDecay(0.1, 100, 0.5)"
    attached.driving.reset(rate_supply(text))
    found = np.concatenate([attached.execute(500) for _ in range(40)])
    np.testing.assert_array_equal(found, rate_supply(text).rates(0, len(found)))


def test_the_last_execution_of_an_epoch_is_shorter() -> None:
    step = Step()
    attached = Attached(step, 4096)
    attached.driving.reset(rate_supply("InverseTimeDecay(0.1, 100, 0.5)"))
    used = []
    for _ in range(40):
        for steps in (1000, 1000, 1000, 300):
            used.append(attached.execute(steps))
    found = np.concatenate(used)
    expected = rate_supply("InverseTimeDecay(0.1, 100, 0.5)").rates(0, len(found))
    np.testing.assert_array_equal(found, expected)
