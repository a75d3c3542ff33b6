"""What ``compare`` says of schedules that are the same, a hundred times with other seeds."""

from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from lrtui.cli import contest as module
from lrtui.cli.contest import Contest
from lrtui.live.link import KeepingLink, QueueLink
from lrtui.protocol import Settings, TrainAtOnce, TrainedAtOnce, pack
from lrtui.runs.comparison import Verdict, compare_runs
from lrtui.runs.trained import Asked, Trained
from lrtui.schedules import parse
from lrtui.worker.at_once.service import train_at_once
from lrtui.worker.at_once.training import Trainings

SETTINGS = Settings(task="regression", epochs=2, steps_per_epoch=20, batch_size=4, noise=0.5)
TIMES, SEEDS = 100, 5
FALLING = "ExponentialDecay(0.05, decay_steps=20, decay_rate=0.5)"
SAME = "Scaled(ExponentialDecay(0.15, decay_steps=20, decay_rate=0.5), 0.33333333)"
HALF = "ExponentialDecay(0.025, decay_steps=20, decay_rate=0.5)"


class InThisProcess:
    """Trains where the test is, in the place of a process of its own."""

    trainings = Trainings()
    ready = None

    def __init__(self, *_: object) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    async def train(self, asked: Asked, _: str) -> Trained:
        link, trained = QueueLink(), Trained(asked)
        rates = (pack(asked.rates), len(asked.rates))
        command = TrainAtOnce(1, asked.settings, *rates, asked.rows)
        train_at_once(command, KeepingLink(link), self.trainings)
        for event in link.events:
            if isinstance(event, TrainedAtOnce):
                trained.add(event)
        return trained


def verdicts(first: str, second: str, *, merged: bool) -> list[Verdict]:
    """What is said of two schedules, a hundred times with five other seeds."""
    found: list[Verdict] = []
    for time in range(TIMES):
        seeds = range(time * SEEDS, (time + 1) * SEEDS)
        contest: Any = Contest([parse(first), parse(second)], SETTINGS, seeds)
        if not merged:
            contest._find_same = lambda: None
        contest.at_once("cpu", 1, tuned=False)
        (difference,) = compare_runs(contest.names, contest.runs).differences
        found.append(difference.verdict)
    return found


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AtOnceRuns", InThisProcess)


def test_the_same_in_two_writings_is_no_difference() -> None:
    steps = np.arange(SETTINGS.steps)
    assert (parse(FALLING)(steps) != parse(SAME)(steps)).any(), "they differ in rounding"
    assert verdicts(FALLING, SAME, merged=True).count("differs") <= TIMES - 95


def test_a_difference_that_is_there_is_found() -> None:
    """With half the rate the loss is well above: else the test above would say nothing."""
    assert verdicts(FALLING, HALF, merged=True).count("differs") >= 90
