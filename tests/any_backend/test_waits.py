"""No step waits for the device because of us: what was noted stays there and is read in bulk."""

from collections import Counter
from typing import Any

import pytest

from lrtui import Live, Steering
from lrtui.live.backends import _backend
from lrtui.live.link import QueueLink
from tests.any_backend.oracle import BACKEND, compiled, fit, sequential
from tests.any_backend.test_scripts import halving, rates_of

READS = ("rows", "done", "number", "hidden")
"""What of a step's class brings something from the device, so that it waits for the step."""


@pytest.mark.parametrize("table", [False, True], ids=["own schedule", "table"])
def test_twice_as_many_steps_are_not_read_more_often(
    table: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: Counter[str] = Counter()

    def counted(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def count(self: Any, *args: Any, **kwargs: Any) -> Any:
            reads[name] += 1
            return real(self, *args, **kwargs)

        monkeypatch.setattr(owner, name, count)

    for name in READS:
        counted(_backend().Step, name)
    model = compiled(sequential(), halving())
    if BACKEND == "jax":
        counted(type(model), "jax_state_sync")

    def reads_of(steps: int) -> int:
        link, before = QueueLink(), reads.total()
        fit(model, steps, Live(link=link, steering=steering, clock=lambda: 0.0))
        assert len(rates_of(link)) == steps
        return reads.total() - before

    with Steering(model) as steering:
        if table:
            steering.reset("InverseTimeDecay(0.1, 100, 1.0)")
        first = reads_of(256)
        assert first < 64
        assert reads_of(512) <= first + 4
