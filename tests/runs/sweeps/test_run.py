"""A sweep that is carried out, by executors that only say what they would have trained."""

from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from lrtui import __version__
from lrtui.protocol import Settings, pack, unpack
from lrtui.protocol.chunks import Chunk, ChunkDone, Question, Reply
from lrtui.runs.sweeps.answers import verdict_lines
from lrtui.runs.sweeps.axes import read_axis
from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.engine import EngineGone
from lrtui.runs.sweeps.processes import ProcessDied
from lrtui.runs.sweeps.run import Budget, SweepRun
from lrtui.runs.sweeps.store import Store
from lrtui.schedules import parse

HERE = {"lrtui": __version__}


class Pretends:
    """An executor whose trainings end with a loss that follows from rate and seed.

    Args:
        breaks: what is raised instead, chunk by chunk; None: nothing.
    """

    def __init__(self, breaks: Iterable[BaseException | str | None] = ()) -> None:
        self.chunks: list[Chunk] = []
        self._breaks = iter(breaks)
        self.deadly_batch_size = 0
        """Whoever is asked about such trainings dies of it."""

    def submit(self, function: Any, given: bytes) -> "Future[bytes]":
        future: Future[bytes] = Future()
        if function.__name__ == "ask":
            asked = msgspec.json.decode(given, type=Question)
            if asked.settings.batch_size == self.deadly_batch_size:
                future.set_exception(ProcessDied("the process that trained it died 3 times"))
                return future
            future.set_result(msgspec.json.encode(Reply(True, HERE)))
            return future
        chunk = msgspec.json.decode(given, type=Chunk)
        self.chunks.append(chunk)
        failure = next(self._breaks, None)
        if isinstance(failure, BaseException):
            future.set_exception(failure)
        else:
            future.set_result(msgspec.json.encode(pretended(chunk, failure or "")))
        return future


def pretended(chunk: Chunk, failure: str) -> ChunkDone:
    """The loss is lowest at a rate of 0.1, and diverges from 10 on."""
    rates = unpack(chunk.rates).reshape(chunk.schedules, -1)
    epochs = rates.shape[1] // chunk.settings.steps_per_epoch
    ends = []
    for schedule, seed in chunk.rows:
        rate = rates[schedule, 0]
        loss = np.exp(abs(np.log10(rate / 0.1)) + 0.01 * np.sin(99 * seed + rate)) + 1 / epochs
        ends.append([loss if rate < 10 else np.nan] * epochs)
    table = pack(np.array(ends, np.float32))
    return ChunkDone(table, table, "host", "cpu", 1, 1.0, 0, HERE, failure)


def sweep_of(text: str, seeds: int = 4) -> SweepRequest:
    schedule = parse("Constant(0.1)")
    axis = read_axis(text, [schedule])
    return SweepRequest((str(schedule),), (axis,), tuple(range(seeds)), Settings(epochs=8))


def trained(executor: Pretends) -> list[tuple[float, int]]:
    """Rate and seed of all that was asked for."""
    return [
        (float(unpack(chunk.rates).reshape(chunk.schedules, -1)[schedule, 0]), seed)
        for chunk in executor.chunks
        for schedule, seed in chunk.rows
    ]


def test_every_training_once_and_what_follows(tmp_path: Path) -> None:
    executor, store = Pretends(), Store(tmp_path / "s.db")
    run = SweepRun(sweep_of("learning_rate=1e-3..10:5"), executor, store)
    run.run()

    answers = run.answers
    assert len(trained(executor)) == len(set(trained(executor))) == 20
    assert [one.diverged for one in answers.cells] == [0, 0, 0, 0, 4]
    assert answers.verdict.best == 2
    assert verdict_lines(answers)[0].startswith("best: learning_rate=0.1 (")


def test_asked_again_nothing_is_trained_and_finer_only_what_is_missing(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    SweepRun(sweep_of("learning_rate=1e-3..1:4"), Pretends(), store).run()
    again, finer = Pretends(), Pretends()
    SweepRun(sweep_of("learning_rate=1e-3..1:4"), again, store).run()
    SweepRun(sweep_of("learning_rate=1e-3..1:7"), finer, store).run()

    assert again.chunks == []
    assert len(trained(finer)) == 3 * 4


def test_stopped_in_the_middle_it_goes_on(tmp_path: Path) -> None:
    """At the end every training is there once."""
    sweep, store = sweep_of("learning_rate=1e-3..1:100"), Store(tmp_path / "s.db")
    first = Pretends()
    stopped = SweepRun(sweep, first, store, width=1, stopping=lambda: len(first.chunks) > 2)
    stopped.run()
    second = Pretends()
    run = SweepRun(sweep, second, store)
    run.run()

    kept = stopped.known.trained
    assert 0 < kept < 400
    assert len(trained(second)) == 400 - kept
    assert run.answers.trainings == 400
    assert {chunk.stack for chunk in (*first.chunks, *second.chunks)} == {64}


def test_a_chunk_that_fails_costs_its_own_cells_and_says_why(tmp_path: Path) -> None:
    sweep = sweep_of("learning_rate=1e-3..1:100")
    executor = Pretends([None, "ValueError: no such thing", RuntimeError("killed"), None])
    run = SweepRun(sweep, executor, Store(tmp_path / "s.db"), width=1)
    run.run()

    whys = {one.why for one in run.answers.cells if one.why}
    assert whys == {"ValueError: no such thing", "RuntimeError: killed"}
    assert run.answers.trainings == 400 - 2 * 64
    assert run.done == run.wanted == 400


def test_a_process_that_dies_of_a_question_costs_its_own_cells_only(tmp_path: Path) -> None:
    executor = Pretends()
    executor.deadly_batch_size = 16
    run = SweepRun(sweep_of("batch_size=16,8,32"), executor, Store(tmp_path / "s.db"))
    run.run()

    whys = [one.why for one in run.answers.cells]
    assert whys == ["the process that trained it died 3 times", "", ""]
    assert run.answers.trainings == 8


def test_an_executor_that_gives_up_ends_the_sweep_and_what_is_kept_stays(tmp_path: Path) -> None:
    sweep, store = sweep_of("learning_rate=1e-3..1:100"), Store(tmp_path / "s.db")
    run = SweepRun(sweep, Pretends([None, CancelledError()]), store, width=1)

    with pytest.raises(EngineGone, match="gave them up"):
        run.run()
    assert len(store.ends(run.number).cells) == 64


def test_an_executor_that_does_nothing_right_is_not_asked_for_ever(tmp_path: Path) -> None:
    broken = Pretends([OSError("no")] * 99)

    with pytest.raises(EngineGone, match="OSError: no"):
        SweepRun(
            sweep_of("learning_rate=1e-3..1:100"), broken, Store(tmp_path / "s.db"), width=1
        ).run()
    assert len(broken.chunks) == 3


def test_a_budget_is_kept_and_the_best_is_trained_whole(tmp_path: Path) -> None:
    executor = Pretends()
    run = SweepRun(
        sweep_of("learning_rate=1e-3..1:31"),
        executor,
        Store(tmp_path / "s.db"),
        budget=Budget(trainings=40),
    )
    run.run()

    epochs = sum(len(chunk.rows) * chunk.settings.epochs for chunk in executor.chunks)
    assert epochs <= 40 * 8
    verdict = run.answers.verdict
    assert verdict.lowest is not None
    assert run.answers.cells[verdict.lowest].values == ("0.1",)
    assert run.left_out[-1].startswith("left out: ")


def test_a_budget_of_time_learns_how_long_trainings_take(tmp_path: Path) -> None:
    """64 trainings took 10 s of 20; so there is time for 64 more."""
    executor = Pretends()
    clock = [0.0]
    run = SweepRun(
        sweep_of("learning_rate=1e-3..1:200", seeds=1),
        executor,
        Store(tmp_path / "s.db"),
        budget=Budget(seconds=20, clock=lambda: clock[0]),
        on_progress=lambda run: clock.__setitem__(0, 10.0 if run.known.trained else 0.0),
        width=1,
    )
    run.run()

    epochs = sum(len(chunk.rows) * chunk.settings.epochs for chunk in executor.chunks[1:])
    assert 0 < epochs <= 64 * 8


def test_two_writings_of_the_same_rates_are_trained_once(tmp_path: Path) -> None:
    sweep = SweepRequest(
        ("Constant(0.1)", "PolynomialDecay(0.1, 1, 0.1)"), (), (0,), Settings(epochs=1)
    )
    executor = Pretends()
    run = SweepRun(sweep, executor, Store(tmp_path / "s.db"))
    run.run()

    assert len(trained(executor)) == 1
    assert [len(one.losses) for one in run.answers.cells] == [1, 1]


def test_a_name_that_changes_nothing_is_known(tmp_path: Path) -> None:
    """Keras' CosineDecay warms up only if it has a target."""
    schedule = parse("CosineDecay(0.1, 100)")
    axes = tuple(read_axis(one, [schedule]) for one in ("warmup_steps=10,20", "alpha=0,0.1"))
    sweep = SweepRequest((str(schedule),), axes, (0,), Settings(epochs=1))

    assert SweepRun(sweep, Pretends(), Store(tmp_path / "s.db")).idle_axes == ["warmup_steps"]
