"""Range tests over a link: on fresh weights, and in the middle of a run, which notices nothing."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.callback import LiveCallback
from lrtui.live.keras_schedule import keras_schedule
from lrtui.live.link import KeepingLink, QueueLink
from lrtui.live.range_test import find_rate
from lrtui.protocol import (
    Command,
    Event,
    FindRate,
    Marked,
    Pause,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Reset,
    Resume,
    Resumed,
    Scale,
    Settings,
    Start,
    Started,
    Stop,
    decode_event,
    encode,
    unpack,
)
from lrtui.protocol.range_test import Sweep
from lrtui.runs.record import RunRecord
from lrtui.schedules import parse
from lrtui.worker import build
from lrtui.worker.at_once.training import Trainings
from lrtui.worker.range_test import find
from lrtui.worker.run import train
from tests.live import fits as runs

SETTINGS = Settings(optimizer="adam", epochs=2, steps_per_epoch=8, batch_size=8)
SWEEP = Sweep(1e-5, 1e3, 20)
RESET = 6
"""The step before which every run here is reset, in its first epoch."""
FALLING = "ExponentialDecay(0.1, decay_steps=8, decay_rate=0.5)"


def heard(link: QueueLink, kind: type) -> list[Any]:
    return [event for event in link.events if isinstance(event, kind)]


def swept(
    link: QueueLink, sweep: Sweep = SWEEP, settings: Settings = SETTINGS, *, fit: bool = True
) -> RangeTestEnded:
    find(FindRate(settings, sweep, fit), KeepingLink(link), Trainings())
    (found,) = heard(link, RangeTestEnded)
    assert isinstance(found, RangeTestEnded)
    return found


class TestFresh:
    def test_the_same_seed_finds_the_same_twice_and_progress_adds_up(self) -> None:
        link = QueueLink()
        found = swept(link)
        told = [event for event in heard(link, RangeTestSteps) if event.held is None]
        assert b"".join(event.rates for event in told) == found.rates[: 4 * 20]
        assert [event.first for event in told] == list(
            np.cumsum([0, *(len(event.rates) // 4 for event in told[:-1])])
        )
        assert found == swept(QueueLink())
        assert found.step is None
        assert found.divergence is not None
        assert heard(link, RangeTestSteps)[-1].held is not None

    def test_what_is_found_travels(self) -> None:
        found = swept(QueueLink(), SWEEP.replace(quick=True))
        again = decode_event(encode(found))
        assert again == found
        assert isinstance(again, RangeTestEnded)
        test = again.result()
        used = np.geomspace(1e-5, 1e3, 20)[: len(test.rates)]
        np.testing.assert_allclose(test.rates, used, rtol=1e-5)

    def test_a_stop_ends_it_with_what_there_is_and_the_rest_waits(self) -> None:
        link = QueueLink()
        for command in (Scale(0.5), Stop(), Pause()):
            link.command(command)
        keeping = KeepingLink(link)
        find(FindRate(SETTINGS, SWEEP, fit=True), keeping, Trainings())
        (found,) = heard(link, RangeTestEnded)
        assert found.stopped
        assert len(unpack(found.losses)) == 1
        assert [keeping.poll(), keeping.poll(), keeping.poll()] == [Scale(0.5), Pause(), None]

    @pytest.mark.parametrize(
        ("seed", "settings"),
        [
            (0, {"noise": 0.0, "batch_size": 8}),
            (1, {"noise": 0.1}),
            (2, {"noise": 0.5, "batch_size": 128}),
        ],
    )
    def test_it_diverges_where_the_mathematics_says(
        self, seed: int, settings: dict[str, Any]
    ) -> None:
        """Plain SGD on a quadratic is stable up to 2/L; with these features L = 4."""
        regression = Settings(task="regression", seed=seed, **settings)
        found = swept(QueueLink(), Sweep(), regression)
        assert found.divergence == pytest.approx(2 / 4, rel=0.1)

    def test_an_optimizer_that_keras_has_not_is_said(self) -> None:
        found = swept(QueueLink(), settings=SETTINGS.replace(optimizer="Best(x=1)"))
        assert "optimizer must be" in found.error
        assert found.losses == b""


def run(answer: Callable[[Event], Command | None], **settings: Any) -> tuple[RunRecord, list[Any]]:
    """A run with a reset, and the range tests in it."""
    link = runs.Answering(lambda event: [one for one in [answer(event)] if one is not None])
    start = Start(FALLING, SETTINGS.replace(**settings), script=((RESET, Reset()),))
    train(start, link)
    mine = (RangeTestSteps, RangeTestEnded, Paused, Resumed)
    return RunRecord.of(one for one in link.events if not isinstance(one, mine)), link.events


def pausing(*then: Command) -> Callable[[Event], Command | None]:
    """Pause before the first step, and do these one after another."""
    commands = iter(then)

    def answer(event: Event) -> Command | None:
        if isinstance(event, Started):
            return Pause()
        return next(commands, None) if isinstance(event, (Paused, RangeTestEnded)) else None

    return answer


class TestInMidRun:
    @pytest.mark.parametrize("drive", ["schedule", "callback"])
    def test_the_run_goes_on_as_without_it(self, drive: str) -> None:
        waiting: list[Command] = [FindRate(SETTINGS, SWEEP)]

        def at_step(event: Event) -> Command | None:
            return waiting.pop() if isinstance(event, Marked) and waiting else None

        untouched, _ = run(lambda event: None, drive=drive)
        record, events = run(at_step, drive=drive)
        found = next(event for event in events if isinstance(event, RangeTestEnded))

        assert found.error == ""
        assert found.step == RESET
        assert record.rates.tobytes() == untouched.rates.tobytes()
        assert record.losses.tobytes() == untouched.losses.tobytes()
        assert record.history == untouched.history
        assert record.marks == untouched.marks

        material = build.material(SETTINGS)
        rate = 0.1 if drive == "callback" else keras_schedule(parse(FALLING))
        material.model.compile(keras.optimizers.Adam(rate), material.loss)
        material.model.fit(material.batches, steps_per_epoch=RESET, shuffle=False, verbose=0)
        there = find_rate(
            material.model,
            material.batches,
            low=SWEEP.low,
            high=SWEEP.high,
            steps=SWEEP.steps,
            quick=True,
            shuffle=False,
        )
        np.testing.assert_allclose(unpack(found.losses), there.losses, rtol=1e-4)

    def test_it_sweeps_the_weights_of_the_run(self) -> None:
        """Before the first step they are the fresh ones."""
        _, events = run(pausing(FindRate(Settings(task="sine"), SWEEP), Resume()))
        (found,) = [event for event in events if isinstance(event, RangeTestEnded)]
        assert found == RangeTestEnded(**{**swept_fields(), "step": 0})
        kinds = [
            type(event) for event in events if isinstance(event, (Paused, Resumed, RangeTestEnded))
        ]
        assert kinds == [Paused, RangeTestEnded, Resumed]

    def test_a_stop_ends_only_the_range_test(self) -> None:
        def answer(event: Event) -> Command | None:
            return Stop() if isinstance(event, RangeTestSteps) else paused(event)

        paused = pausing(FindRate(SETTINGS, Sweep(steps=1000)), Resume())
        record, events = run(answer)
        (found,) = [event for event in events if isinstance(event, RangeTestEnded)]
        assert found.stopped
        assert record.state == "done"
        assert record.steps == 16

    def test_in_a_script_it_is_refused(self) -> None:
        link = QueueLink()
        runs.fit(
            runs.model("sgd"), 1, [runs.Director(link, {3: FindRate(SETTINGS)}), LiveCallback(link)]
        )
        (found,) = heard(link, RangeTestEnded)
        assert found.step == 3
        assert "lrtui.find_rate(model, ...) before it" in found.error
        assert len(runs.recorded(link)) == runs.STEPS


def swept_fields() -> dict[str, Any]:
    found = swept(QueueLink())
    return {name: getattr(found, name) for name in found.__struct_fields__}
