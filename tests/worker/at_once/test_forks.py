"""Copies of a run that go on another way: what they reach is what the run reaches that way."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lrtui.live.link import QueueLink
from lrtui.protocol import Command, Reset, Settings, Start, StateTaken, TakeState
from lrtui.runs.forks import Fork, forks
from lrtui.runs.record import RunRecord
from lrtui.schedules import parse
from lrtui.worker.at_once.training import Begin, Row, Trainings
from lrtui.worker.run import train
from lrtui.worker.run_state import read_state
from tests.consent import as_it_is

PLANNED = parse("CosineDecay(0.01, 90)")
FORM = parse("Constant(0.004)")
CODE = """
import keras, numpy

def dropped():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(16, "relu"),
                              keras.layers.BatchNormalization(), keras.layers.Dropout(0.3),
                              keras.layers.Dense(1)])
    model.compile(keras.optimizers.RMSprop(momentum=0.5), "mse")
    x = numpy.random.normal(size=(200, 3))
    return model, (x, x.sum(1))
"""


class AskingLink(QueueLink):
    """Has the state taken when it was looked for commands so often."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    def poll(self) -> Command | None:
        self._looks -= 1
        return TakeState() if self._looks == 0 else super().poll()


@pytest.fixture(params=["adam", "dropped"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    small = Settings(epochs=3, steps_per_epoch=30, model_width=8, model_depth=1, seed=3)
    if request.param == "adam":
        yield Start(str(PLANNED), small.replace(optimizer="adam"))
        return
    (tmp_path / "mine.py").write_text(CODE)
    source = f"{tmp_path / 'mine.py'}:dropped"
    settings = small.replace(task=source, optimizer="compiled")
    yield Start(str(PLANNED), settings, allowed=as_it_is(source))


def record_of(start: Start, link: QueueLink | None = None) -> RunRecord:
    link = link or QueueLink()
    train(start, link)
    return RunRecord.of(link.events)


def test_a_fork_reaches_what_the_run_then_reaches_and_the_run_is_as_if_nobody_had_asked(
    start: Start,
) -> None:
    untouched = record_of(start)
    link = AskingLink(47)
    asked = record_of(start, link)
    (taken,) = [one for one in link.events if isinstance(one, StateTaken)]
    assert 30 < taken.step < 60
    assert asked.losses.tobytes() == untouched.losses.tobytes()
    assert asked.rates.tobytes() == untouched.rates.tobytes()
    assert asked.rows == untouched.rows

    ways = forks(lambda a, b: PLANNED(np.arange(a, b)), taken.step, 90, 25, FORM)
    assert [one.name for one in ways] == [
        "as planned",
        *(f"cooled down, {shape}" for shape in ("linear", "1-sqrt", "cosine")),
        "what the form shows",
    ]
    trainings = Trainings()
    for way in (ways[0], ways[2], ways[4]) if start.settings.optimizer == "adam" else ways[2:3]:
        reached = reached_by(way, start, taken, trainings)
        steered = untouched
        if way.schedule is not None:
            reset = Reset(str(way.schedule))
            script = ((taken.step, reset),)
            steered = record_of(
                Start(start.schedule, start.settings, script=script, allowed=start.allowed)
            )
        stop = taken.step + len(way.rates)
        np.testing.assert_array_equal(steered.rates[taken.step : stop], way.rates)
        np.testing.assert_allclose(reached, steered.losses[taken.step : stop], rtol=2e-6)
    assert ways[2].rates[0] == untouched.rates[taken.step]
    assert 0 < ways[2].rates[-1] < 0.03 * ways[2].rates[0]


def reached_by(way: Fork, start: Start, taken: StateTaken, trainings: Trainings) -> np.ndarray:
    begin = Begin(taken.step, read_state(taken.path))
    rows = [Row(0, start.settings.seed)]
    done = trainings.train(
        start.settings, way.rates[None], rows, allowed=start.allowed, begin=begin
    )
    return np.concatenate([one.losses[0] for one in done])
