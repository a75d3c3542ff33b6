"""The real worker through the real client: one process for all tests of this file."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from lrtui.live.link import QueueLink
from lrtui.protocol import (
    Ended,
    Epoch,
    Marked,
    Pause,
    Paused,
    Ready,
    Reset,
    Resume,
    Resumed,
    Sample,
    Sampled,
    Settings,
    Start,
    StepsDone,
    Stop,
    unpack,
)
from lrtui.runs.journal import read_journal
from lrtui.runs.record import RunRecord
from lrtui.runs.trainings import trainings
from lrtui.schedules import parse
from lrtui.worker.run import train
from tests.consent import as_it_is
from tests.runs.stages import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

FALLING = "ExponentialDecay(0.1, decay_steps=64, decay_rate=0.5)"
LONG = Settings(epochs=10**6)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ready(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Stage, Ready]]:
    stage = Stage(tmp_path_factory.mktemp("worker"), threads=1)
    await stage.client.start()
    yield stage, await stage.hear(Ready)
    await stage.client.close()


@pytest.fixture
def stage(ready: tuple[Stage, Ready]) -> Stage:
    return ready[0]


async def test_a_polite_neighbour(ready: tuple[Stage, Ready]) -> None:
    stage, said = ready

    assert said.niceness >= 10
    assert said.threads == 1
    assert said.devices == ["CPU"]
    assert said.pid == stage.client.pid
    assert os.getpriority(os.PRIO_PROCESS, said.pid) >= 10
    assert os.getsid(said.pid) == said.pid, "Ctrl+C in the terminal must not reach it"
    assert stage.client.state == "ready"
    assert stage.client.memory == said.memory > 50e6


async def test_an_optimizer_that_keras_has_not_is_one_line_and_no_end(stage: Stage) -> None:
    for text, said in [
        ("Sdg(momentum=0.9)", "optimizer must be one of keras.optimizers"),
        ("SGD(momentun=0.9)", "optimizer must be one that Keras can make (Argument(s) not rec"),
    ]:
        stage.client.send(Start(FALLING, Settings(optimizer=text)))
        ended = await stage.hear(Ended)
        assert ended.reason == "failed"
        assert ended.message.startswith(said)
        assert "\n" not in ended.message


async def test_a_run_with_a_reset_and_a_new_schedule_while_paused(stage: Stage) -> None:
    stage.client.send(Start(FALLING, Settings(epochs=10**6)))
    await stage.hear_started()
    record = RunRecord(FALLING, LONG)
    events = await stage.until(lambda event: isinstance(event, Epoch))
    stage.client.send(Pause())
    events += await stage.until(lambda event: isinstance(event, Paused))
    stage.client.send(Reset("CosineDecay(0.3, 4000)"))
    events += await stage.until(lambda event: isinstance(event, Marked))
    stage.client.send(Resume())
    events += await stage.until(lambda event: isinstance(event, Epoch))
    stage.client.send(Stop())
    events += await stage.until(lambda event: isinstance(event, Ended))
    for event in events:
        assert not isinstance(event, str)
        record.add(event)

    at = record.marks[0].step
    assert isinstance(next(e for e in events if isinstance(e, Resumed)), Resumed)
    assert record.state == "stopped"
    assert record.steps > at
    np.testing.assert_allclose(record.rates[:at], 0.1 * 0.5 ** (np.arange(at) / 64), rtol=1e-6)
    after = np.arange(record.steps - at)
    np.testing.assert_allclose(
        record.rates[at:], 0.15 * (1 + np.cos(np.pi * after / 4000)), rtol=1e-5, atol=1e-7
    )
    assert record.history["learning_rate"] == [row.learning_rate for row in record.rows]


@pytest.mark.parametrize("drive", ["schedule", "callback"])
async def test_the_same_seed_gives_the_same_numbers_here_and_in_process(
    stage: Stage, drive: str
) -> None:
    start = Start(
        FALLING, Settings(epochs=2, steps_per_epoch=16, drive=drive), script=((5, Reset()),)
    )
    link = QueueLink()
    train(start, link, threads=1)
    here = RunRecord.of(link.events)
    for _ in range(2):
        stage.client.send(start)
        there = await stage.record()
        np.testing.assert_array_equal(there.rates, here.rates)
        np.testing.assert_array_equal(there.losses, here.losses)
        assert there.rows == here.rows


async def test_a_start_while_one_runs_ends_that_one(stage: Stage) -> None:
    stage.client.send(Start(FALLING, LONG))
    await stage.hear(StepsDone)
    stage.client.send(Start("Constant(0.3)", Settings(epochs=1, steps_per_epoch=4)))
    assert (await stage.hear(Ended)).reason == "stopped"

    record = await stage.record()
    assert record.state == "done"
    np.testing.assert_array_equal(record.rates, np.full(4, 0.3, np.float32))


async def test_a_run_that_cannot_be_fails_and_the_next_one_works(stage: Stage) -> None:
    stage.client.send(Start("Nonsense(1)", LONG))
    failed = await stage.hear(Ended)
    assert failed.reason == "failed"
    assert "Nonsense" in failed.message
    assert "\n" not in failed.message

    stage.client.send(Start(FALLING, Settings(epochs=1, steps_per_epoch=4)))
    assert (await stage.record()).state == "done"


async def test_a_schedule_of_the_users_own_is_sampled_at_rest_and_in_mid_run(
    stage: Stage, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text("import os\ndef pid(step): return os.getpid() + step")
    source = f"{tmp_path / 'mine.py'}:pid"
    stage.client.send(Sample(source, 2, allowed=as_it_is(source)))
    at_rest = await stage.hear(Sampled)
    stage.client.send(Start(FALLING, LONG))
    await stage.hear_started()
    stage.client.send(Sample(source, 2, allowed=as_it_is(source)))
    in_mid_run = await stage.hear(Sampled)
    stage.client.send(Start(f"{tmp_path}/nothing.py:f", LONG))

    assert at_rest == in_mid_run
    assert stage.client.pid is not None
    expected = np.array([stage.client.pid, stage.client.pid + 1], np.float32)
    np.testing.assert_array_equal(unpack(at_rest.rates), expected)
    assert (await stage.hear(Ended)).reason == "stopped"
    assert (await stage.hear(Sampled)).absent
    assert "nothing.py" in (await stage.hear(Ended)).message


async def test_a_line_that_is_no_command_is_ignored_and_logged(stage: Stage) -> None:
    writer = stage.client._writer
    assert writer is not None
    writer.write(b'{"type":"dance"}\nnonsense\n')
    stage.client.send(Start(FALLING, Settings(epochs=1, steps_per_epoch=4)))

    assert (await stage.record()).state == "done"
    async with asyncio.timeout(20):
        while "dance" not in "".join(stage.client.output):
            await asyncio.sleep(0.01)
    assert "dance" in stage.client.log_path.read_text()


async def test_commands_for_no_run_say_nothing(stage: Stage) -> None:
    for command in (Pause(), Reset(), Stop(), Resume()):
        stage.client.send(command)
    stage.client.send(Start(FALLING, Settings(epochs=1, steps_per_epoch=4)))

    record = await stage.record()
    assert (record.state, record.steps, record.marks) == ("done", 4, [])


async def test_memory_does_not_grow_over_runs(stage: Stage) -> None:
    """Each run left 1 MB behind as long as TensorFlow kept every compiled step."""
    memory = []
    for _ in range(10):
        stage.client.send(Start(FALLING, Settings(epochs=1, steps_per_epoch=4)))
        memory.append((await stage.record()).memory)

    assert memory[-1] - memory[2] < 3.5e6, [f"{one / 1e6:.1f} MB" for one in memory]


async def test_a_second_start_of_the_client_changes_nothing(stage: Stage) -> None:
    pid = stage.client.pid
    await stage.client.start()
    assert stage.client.pid == pid


async def test_the_log_is_where_it_says(ready: tuple[Stage, Ready], tmp_path: Path) -> None:
    assert ready[0].client.log_path.exists()


async def test_a_run_is_listed_and_kept_in_a_journal(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = Path(f"/proc/{stage.client.pid}/environ").read_bytes().split(b"\0")
    (home,) = (one for one in environment if one.startswith(b"XDG_STATE_HOME="))
    monkeypatch.setenv("XDG_STATE_HOME", home.decode().partition("=")[2])
    stage.client.send(Start(FALLING, Settings(epochs=2)))
    ended = await stage.hear(Ended)
    assert ended.reason == "done"
    for _ in range(600):
        (latest, *_) = trainings()
        if latest.state == "ended":
            break
        await asyncio.sleep(0.05)
    assert (latest.name, latest.state, latest.step) == ("spirals", "ended", 128)
    journal = read_journal(latest.place)
    record = journal.record()
    assert record is not None
    assert record.state == "done"
    np.testing.assert_array_equal(record.rates, parse(FALLING)(np.arange(128)))
    assert journal.ready is not None
    assert journal.ready.pid == stage.client.pid
