"""The process that trains at once, through the watching side: one process for all of this file."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from msgspec.structs import replace

from lrtui.protocol import AtOnceEnded, Ended, Settings, Start, StepsDone, Stop, unpack
from lrtui.protocol.at_once import rates_of
from lrtui.runs import at_once as module
from lrtui.runs import heartbeat
from lrtui.runs.at_once import AtOnce
from lrtui.runs.trained import Asked, Trained
from lrtui.runs.worker_process import HUNG
from lrtui.schedules import parse
from lrtui.schedules.arrays import Float32s
from tests.consent import as_it_is
from tests.runs.stages import Stage
from tests.worker.at_once.fits import new_fit

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = Settings(epochs=3, steps_per_epoch=20, model_width=8, model_depth=1, optimizer="adam")
SCHEDULE = parse("CosineDecay(0.003, 60)")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_once() -> AsyncIterator[AtOnce]:
    asker = AtOnce(threads=1, stamp=lambda one: replace(one, allowed=as_it_is(one.settings.task)))
    yield asker
    await asker.close()


class Heard:
    """What is told of one thing that was asked for."""

    def __init__(self, at_once: AtOnce, asked: Asked) -> None:
        self.seen: list[int] = []
        self.ended: asyncio.Future[AtOnceEnded] = asyncio.get_running_loop().create_future()
        self.trained: Trained | None = None
        at_once.ask(asked, self._steps, self._end)

    def _steps(self, trained: Trained) -> None:
        self.trained = trained
        self.seen.append(int(trained.steps.sum()))

    def _end(self, trained: Trained, ended: AtOnceEnded) -> None:
        self.trained = trained
        self.ended.set_result(ended)

    async def end(self) -> AtOnceEnded:
        async with asyncio.timeout(120):
            return await self.ended


def asked(settings: Settings = SMALL, seeds: int = 8) -> Asked:
    rates = rates_of(SCHEDULE, settings)[None]
    return Asked(settings, rates, tuple((0, seed) for seed in range(seeds)))


async def test_it_is_started_when_first_wanted_and_has_fits_numbers(at_once: AtOnce) -> None:
    assert at_once.pid is None
    heard = Heard(at_once, asked())
    ended = await heard.end()

    assert (ended.reason, ended.message, ended.stacked) == ("done", "", True)
    assert ended.compilations >= 1
    assert heard.trained is not None
    record = heard.trained.record(5, str(SCHEDULE))
    fitted = new_fit(SMALL.replace(seed=5), SCHEDULE)
    assert [row.loss for row in record.rows] == pytest.approx(fitted.means, rel=2e-6)
    told = [row.validation() for row in record.rows]
    assert told == pytest.approx(fitted.validation, rel=2e-6)
    assert (record.state, record.steps, record.ours.seed) == ("done", 60, 5)
    np.testing.assert_array_equal(record.rates, SCHEDULE(np.arange(60)))
    assert at_once.memory > 50e6


async def test_the_newest_counts(at_once: AtOnce) -> None:
    """A training of a million steps is dropped for another; one in between is never begun."""
    long = Heard(at_once, asked(SMALL.replace(epochs=25_000)))
    while not long.seen:
        await asyncio.sleep(0.01)
    between = Heard(at_once, asked(SMALL.replace(epochs=25_000)))
    newest = Heard(at_once, asked())

    assert (await long.end()).reason == (await between.end()).reason == "dropped"
    assert (await newest.end()).reason == "done"
    assert not between.seen
    assert newest.trained is not None
    assert np.isfinite(newest.trained.losses).all()


async def test_what_fails_is_one_line_and_no_end(at_once: AtOnce) -> None:
    pid = at_once.pid
    ended = await Heard(at_once, asked(SMALL.replace(optimizer="Sdg"))).end()

    assert ended.reason == "failed"
    assert ended.message.startswith("optimizer must be one of keras.optimizers")
    assert "\n" not in ended.message
    assert (await Heard(at_once, asked(seeds=1)).end()).reason == "done"
    assert at_once.pid == pid


async def test_what_diverges_ends_there_if_that_is_enough(at_once: AtOnce) -> None:
    rates = np.full((1, SMALL.steps), 1e30, np.float32)
    settings = SMALL.replace(optimizer="sgd", task="regression")
    heard = Heard(at_once, Asked(settings, rates, ((0, 0),), until_diverged=True))

    assert (await heard.end()).reason == "done"
    assert heard.trained is not None
    record = heard.trained.record(0, "Constant(1e30)")
    assert record.diverged_at is not None
    assert record.steps < SMALL.steps


async def test_one_that_holds_too_much_is_restarted_and_one_unused_is_ended(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = at_once.pid
    monkeypatch.setattr(module, "MOST_BYTES", 1)
    await Heard(at_once, asked(seeds=1)).end()
    monkeypatch.setattr(module, "MOST_BYTES", 1_500_000_000)
    # Asked for while it is being restarted: done by the other one.
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.01)
    assert (await Heard(at_once, asked(seeds=1)).end()).reason == "done"
    assert at_once.pid != pid

    async with asyncio.timeout(60):
        while at_once.pid is not None:
            await asyncio.sleep(0.01)
    monkeypatch.setattr(module, "IDLE_SECONDS", 600)
    assert (await Heard(at_once, asked(seeds=1)).end()).reason == "done"


async def test_one_that_does_not_let_go_is_ended(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = at_once.pid
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    # It compiles, which nothing interrupts.
    first = Heard(at_once, asked(SMALL.replace(task="characters"), seeds=1))
    await asyncio.sleep(0)
    second = Heard(at_once, asked(seeds=1))

    assert (await first.end()).reason == "dropped"
    assert (await second.end()).reason == "done"
    assert at_once.pid != pid


HANGS = """
import faulthandler
import keras
import numpy as np

def making():
    faulthandler.dump_traceback_later(0.1, exit=True)  # not after half a minute
    sum(range(10**13))

def training():
    def loss(y, made):
        return sum(range(10**13))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    return model, loss, (np.ones((64, 1)), np.ones((64, 1)))
"""


async def test_code_of_ones_own_that_hangs_in_c_is_ended_and_said_and_a_run_goes_on(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It holds Python's lock: no signal reaches it, and it gives no sign of life. The run that is
    under way meanwhile is, to the bit, as if nobody had asked.
    """
    stage = Stage(tmp_path, threads=1)
    await stage.client.start()
    stage.client.send(LONG)
    await stage.hear_started()
    (tmp_path / "task.py").write_text(HANGS)
    monkeypatch.setattr(heartbeat, "SILENT_AT_WORK_SECONDS", 1.0)
    monkeypatch.setattr(module, "HUNG_SECONDS", 0.1)
    for name, said in (("making", HUNG), ("training", "ended: it did not answer for ")):
        settings = SMALL.replace(task=f"{tmp_path / 'task.py'}:{name}", optimizer="sgd")
        ended = await Heard(at_once, asked(settings, seeds=1)).end()
        assert ended.reason == "failed"
        assert ended.message.startswith(said)
        assert at_once.pid is None
    monkeypatch.undo()
    assert (await Heard(at_once, asked(seeds=1)).end()).reason == "done"

    stage.client.send(Stop())
    meanwhile = await losses_of(stage, 0)
    stage.client.send(LONG)
    await stage.hear_started()
    alone = await losses_of(stage, len(meanwhile))
    await stage.client.close()
    assert len(meanwhile)
    np.testing.assert_array_equal(meanwhile, alone[: len(meanwhile)])


LONG = Start("Constant(0.003)", SMALL.replace(epochs=25_000))


async def losses_of(stage: Stage, least: int) -> Float32s:
    """Of the run that is under way, up to its end; it is stopped after so many steps."""
    losses: list[Float32s] = []
    async with asyncio.timeout(120):
        while not isinstance(event := await stage.heard.get(), Ended):
            if isinstance(event, StepsDone):
                losses.append(unpack(event.losses))
                if 0 < least <= sum(map(len, losses)):
                    stage.client.send(Stop())
                    least = 0
    return np.concatenate(losses)
