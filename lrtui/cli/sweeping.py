"""Has a sweep done for ``lrtui sweep``, until it is done or a signal ends it, and prints it."""

import contextlib
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from lrtui.cli.errors import Failed, WrongCall, report
from lrtui.cli.sweep_picture import SweepProgress, put_answers
from lrtui.cli.terminal import ascii_only
from lrtui.cli.worker_session import ENDING
from lrtui.protocol import Allowed
from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.cluster import Cluster
from lrtui.runs.sweeps.engine import AHEAD, EngineGone, worn
from lrtui.runs.sweeps.processes import Processes, cores
from lrtui.runs.sweeps.run import Budget, SweepRun
from lrtui.runs.sweeps.store import Store
from lrtui.schedules import Schedule

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def carry_out(
    sweep: SweepRequest,
    schedules: Sequence[Schedule],
    path: Path | None,
    *,
    on: str | None,
    jobs: int | None,
    threads: int,
    allowed: Allowed,
    budget: str | None,
    format: str,
) -> None:
    """Do a sweep as far as it is not done, and print what is known at the end.

    Args:
        sweep: what is asked for.
        schedules: of it, sampled where they are the user's own.
        path: of the store; None: none.
        on: the cluster; None: processes of this machine.
        jobs: how many of these; None: one a core.
        threads: of each.
        allowed: own files that may be run, with their digests.
        budget: as it was typed.
        format: of what is printed.

    Raises:
        Failed: it was interrupted, nothing could be trained, or what trains is gone.
        Invalid: the store is no such file.
    """
    limit = _budget(budget)
    try:
        with contextlib.closing(Store(path)) as store, _executor(on, jobs) as (executor, width):
            _run(sweep, schedules, store, executor, width, threads, allowed, limit, format, path)
    except EngineGone as broken:
        where = f" on {on}" if on else ""
        raise Failed(f"the sweep{where} ended: {broken}{_goes_on(path)}") from None


def _run(
    sweep: SweepRequest,
    schedules: Sequence[Schedule],
    store: Store,
    executor: Any,
    width: int,
    threads: int,
    allowed: Allowed,
    budget: Budget | None,
    format: str,
    path: Path | None,
) -> None:
    """Do it, and print what is known at the end, however that comes."""
    progress = SweepProgress(sys.stderr, format == "text", ascii_only())
    ended: list[int] = []
    with _signals(ended):
        run = SweepRun(
            sweep,
            executor,
            store,
            schedules=schedules,
            width=width,
            threads=threads,
            allowed=allowed,
            budget=budget,
            on_progress=progress.draw,
            stopping=lambda: bool(ended),
        )
        for name in run.idle_axes:
            note = f"note: {name} changes nothing in these trainings"
            report(note, click.get_current_context(silent=True))
        try:
            run.run()
        finally:
            progress.wipe()
            if run.known.found or not ended:
                put_answers(run.answers, format, store.kinds(run.number), run.left_out)
    if ended:
        left = run.wanted - run.done
        raise Failed(f"interrupted: {left} of {run.wanted} trainings are missing{_goes_on(path)}")
    lost = len(set(run.known.failures))
    if lost:
        why = next(iter(run.known.failures.values()))
        message = f"{lost} of {run.wanted} trainings could not be done: {why}"
        if not run.known.found:
            raise Failed(message)
        report(message, click.get_current_context(silent=True))


def _budget(text: str | None) -> Budget | None:
    if text is None:
        return None
    if found := _TIME.fullmatch(text.strip()):
        return Budget(seconds=float(found[1]) * _SECONDS[found[2]])
    if text.strip().isdigit() and int(text) > 0:
        return Budget(trainings=int(text))
    allowed = "must be a time such as 90s, 10m or 2h, or a count of trainings"
    raise WrongCall(f"--budget {allowed}. Received: {text!r}")


def _goes_on(path: Path | None) -> str:
    return f"; {path} keeps what is done, and the same call goes on" if path else ""


@contextmanager
def _executor(on: str | None, jobs: int | None) -> Iterator[tuple[Any, int]]:
    """What trains, and how many chunks keep it busy."""
    if on is not None:
        cluster = Cluster(on)
        try:
            yield cluster.executor, cluster.width
        finally:
            cluster.close()
        return
    count = jobs or cores()
    processes = Processes(count, worn)
    try:
        yield processes, AHEAD * count
    finally:
        processes.shutdown(cancel_futures=True)


@contextmanager
def _signals(ended: list[int]) -> Iterator[None]:
    """What ends a command is kept in a list instead, until the sweep has seen it."""
    # A signal that whoever started us has switched off, as nohup does, stays off.
    heeded = [one for one in ENDING if signal.getsignal(one) != signal.SIG_IGN]
    before = {one: signal.signal(one, lambda number, _: ended.append(number)) for one in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
