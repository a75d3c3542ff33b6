"""Watching and steering somebody's training, as the program does, with a hub at the other end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from lrtui.live.hub import Hub
from lrtui.protocol import Ended, Event, Scale, Started, StepsDone
from lrtui.protocol.attach import Past
from lrtui.protocol.registry import Place
from lrtui.runs.attached import Attached
from lrtui.runs.record import RunRecord
from tests.live.viewing import begin, do_steps, end_epoch, rates_of


class Watcher:
    """What an attached client tells."""

    def __init__(self, place: Place) -> None:
        self.record: RunRecord | None = None
        self.refused: list[str] = []
        self.gone: list[str] = []
        self.client = Attached(
            place,
            on_event=self._event,
            on_past=self._past,
            on_gone=self.gone.append,
            on_state=lambda _: None,
            on_refused=self.refused.append,
        )

    def _event(self, event: Event) -> None:
        if isinstance(event, Started):
            self.record = RunRecord.of([event])
        elif self.record is not None:
            self.record.add(event)

    def _past(self, past: Past) -> None:
        assert self.record is not None
        self.record.add_past(past)

    @property
    def steps(self) -> int:
        return self.record.steps if self.record is not None else 0


async def until(found: Callable[[], bool]) -> None:
    for _ in range(600):
        if found():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never came")


@pytest.fixture
async def hub(state: Path) -> AsyncIterator[Hub]:
    one = Hub("mnist")
    yield one
    one.close()


async def test_all_since_the_first_step_and_then_what_comes(hub: Hub) -> None:
    begin(hub)
    do_steps(hub, 0, 100)
    end_epoch(hub, 1, 100)
    do_steps(hub, 100, 30)
    watcher = Watcher(hub.registration.place)
    await watcher.client.start()
    await until(lambda: watcher.steps == 130)
    do_steps(hub, 130, 20)
    end_epoch(hub, 2, 150)
    await until(lambda: watcher.record is not None and len(watcher.record.rows) == 2)
    assert watcher.record is not None
    np.testing.assert_array_equal(watcher.record.rates, np.array(rates_of(0, 150), np.float32))
    assert watcher.record.whole_from == 0
    await watcher.client.close()


async def test_a_past_whose_journal_cannot_be_read_is_drawn_right_and_said_to_be_reduced(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(hub)
    do_steps(hub, 0, 200_000)
    place = hub.registration.place
    await until(lambda: place.steps.exists() and place.events.exists())
    for path in (place.steps, place.events):
        path.chmod(0)
    monkeypatch.setattr("lrtui.runs.journal.open_own", _refuse)
    watcher = Watcher(hub.registration.place)
    await watcher.client.start()
    await until(lambda: watcher.steps == 200_000)
    record = watcher.record
    assert record is not None
    assert record.whole_from == 200_000 - 8192
    true = np.array(rates_of(0, 200_000), np.float32)
    np.testing.assert_array_equal(record.rates[record.whole_from :], true[record.whole_from :])
    assert record.rates[: record.whole_from].max() == true.max()
    for part in (slice(0, 50_000), slice(50_000, 100_000)):
        assert record.rates[part].min() == pytest.approx(true[part].min(), rel=1e-2)
    await watcher.client.close()


async def test_a_refusal_is_told_with_its_reason(hub: Hub) -> None:
    begin(hub)
    watcher = Watcher(hub.registration.place)
    await watcher.client.start()
    watcher.client.send(Scale(2.0))
    assert await asyncio.to_thread(hub.wait, 30.0) == Scale(2.0)
    hub.answer("MultiOptimizer cannot be steered")
    await until(lambda: bool(watcher.refused))
    assert watcher.refused == ["scale refused: MultiOptimizer cannot be steered"]
    await watcher.client.close()


async def test_leaving_ends_nothing_and_coming_back_shows_it_all(hub: Hub) -> None:
    begin(hub)
    do_steps(hub, 0, 10)
    for steps in (10, 20):
        watcher = Watcher(hub.registration.place)
        await watcher.client.start()
        await until(lambda watcher=watcher, steps=steps: watcher.steps == steps)  # type: ignore[misc]
        await watcher.client.close()
        assert watcher.gone == []
        do_steps(hub, steps, 10)


async def test_the_end_is_told_and_what_is_over_can_still_be_read(hub: Hub) -> None:
    begin(hub)
    do_steps(hub, 0, 10)
    watcher = Watcher(hub.registration.place)
    await watcher.client.start()
    await until(lambda: watcher.steps == 10)
    hub.send(StepsDone(10, b"", b""))
    hub.send(Ended("done"))
    await asyncio.to_thread(hub.close)
    await until(lambda: bool(watcher.gone))
    assert watcher.gone == ["the training has ended"]
    later = Watcher(hub.registration.place)
    await later.client.start()
    assert later.record is not None
    assert (later.record.steps, later.record.state) == (10, "done")
    later.client.send(Scale(2.0))
    assert later.refused == ["the training is over: it cannot be steered"]


def _refuse(path: Path) -> object:
    raise PermissionError(13, "Permission denied", str(path))
