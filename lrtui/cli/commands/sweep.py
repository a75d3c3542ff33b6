"""``lrtui sweep``: trainings over ranges of parameters and settings, kept in a file."""

import contextlib
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import click

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import Failed, WrongCall, report
from lrtui.cli.options import options_of, overrides, sample_if_needed, schedule_of
from lrtui.cli.output import put, put_painted
from lrtui.cli.sweep_picture import SweepProgress, standard_way, sweep_lines
from lrtui.cli.terminal import ascii_only, size
from lrtui.cli.training_settings import about_settings, settings_of, tell_unused_settings
from lrtui.export.sweep import sweep_csv, sweep_json
from lrtui.protocol import Allowed, FindRate, Settings
from lrtui.runs.sweeps.answers import SweepAnswers
from lrtui.runs.sweeps.axes import SweepAxis, read_axis
from lrtui.runs.sweeps.cells import SweepRequest, check_size
from lrtui.runs.sweeps.cluster import Cluster
from lrtui.runs.sweeps.engine import AHEAD, EngineGone, worn
from lrtui.runs.sweeps.processes import Processes, cores
from lrtui.runs.sweeps.run import Budget, SweepRun
from lrtui.runs.sweeps.store import Store, TrainingKind
from lrtui.schedules import Described, Invalid, Schedule
from lrtui.schedules.quantities import Choice, Integer
from lrtui.tasks.user_task import sources_of_task

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class SweepOptions(Described, frozen=True):
    """How often each cell is trained, and by how many processes.

    Args:
        seeds: train each cell with so many seeds, from --seed on.
        jobs: processes of this machine; none: one a core.
        threads: threads of each process.
        format: text is a picture and what follows from it; csv and json have a row a cell. Without
            it text on a terminal, csv elsewhere.
    """

    seeds: Annotated[int, Integer(low=1, high=10_000)] = 4
    jobs: Annotated[int, Integer(low=1, high=1024)] | None = None
    threads: Annotated[int, Integer(low=1, high=1024)] = 1
    format: Annotated[str, Choice(choices=("text", "csv", "json"))] | None = None


@click.command("sweep", epilog=about_settings())
@click.argument("schedules", nargs=-1, metavar="SCHEDULE...")
@click.option(
    "--over",
    multiple=True,
    metavar="NAME=LOW..HIGH[:COUNT]",
    help="a parameter of the schedules or a setting, and its values: a range, or A,B,C; "
    "highest_rate multiplies all rates of a schedule; may be repeated",
)
@click.option("--store", metavar="FILE", help="keep each training there; the same call goes on")
@click.option("--show", is_flag=True, help="print what the store holds, and train nothing")
@click.option(
    "--on",
    metavar="ADDRESS",
    help="train on a Dask cluster: tcp://HOST:PORT, or the file of its scheduler",
)
@click.option(
    "--budget",
    metavar="TIME|N",
    help="at most so long (90s, 10m, 2h) or so many "
    "trainings: all cells a little, the better half longer, and so on",
)
@overrides
@options_of(SweepOptions)
@options_of(Settings)
def command(
    schedules: Sequence[str],
    over: Sequence[str],
    store: str | None,
    show: bool,
    on: str | None,
    budget: str | None,
    overrides: dict[str, str],
    seeds: int,
    jobs: int | None,
    threads: int,
    format: str | None,
    **settings: Any,
) -> None:
    """Train with every combination of values, each with several seeds; a row a cell.

    On a terminal a heat map over the last two of --over, or a line a value, which fills while it
    trains. Columns of csv and json: schedule, one for each --over, trainings, diverged (of these),
    then of the final val_loss (loss, where nothing is validated) median, lowest and highest over
    the seeds, best (the median of the lowest losses), and why a cell was not trained.
    """
    path = None if store is None else Path(store).expanduser()
    format = format or ("text" if sys.stdout.isatty() else "csv")
    try:
        if show:
            if path is None or schedules or over:
                raise WrongCall("--show needs --store FILE, and neither SCHEDULE nor --over")
            _show(path, format)
            return
        if not schedules:
            raise WrongCall("sweep needs at least one SCHEDULE")
        chosen = [schedule_of(text, overrides) for text in schedules]
        first = settings_of(settings)
        tell_unused_settings(first)
        axes = _axes(over, chosen)
        allowed = _allowed(first, axes)
        sweep = SweepRequest(
            tuple(map(str, chosen)),
            axes,
            tuple(range(first.seed, first.seed + seeds)),
            first.replace(seed=0),
        )
        check_size(sweep)
        chosen = sample_if_needed(chosen, _most_steps(sweep))
        with contextlib.closing(Store(path)) as kept, _executor(on, jobs) as (executor, width):
            limit = _budget(budget)
            _carry_out(sweep, chosen, kept, executor, width, threads, allowed, limit, format, path)
    except Invalid as refusal:
        raise WrongCall(str(refusal)) from None
    except EngineGone as broken:
        where = f" on {on}" if on else ""
        raise Failed(f"the sweep{where} ended: {broken}{_goes_on(path)}") from None


def _carry_out(
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
                _print(run.answers, format, store.kinds(run.number), run.left_out)
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


def _show(path: Path, format: str) -> None:
    with contextlib.closing(Store(path, writes=False)) as store:
        number, sweep = store.latest()
        schedules = {} if format == "text" else store.schedules(number)
        answers = SweepAnswers(sweep, store.ends(number), schedules, {})
        _print(answers, format, store.kinds(number) if format == "json" else [], [])


def _print(
    answers: SweepAnswers, format: str, kinds: Sequence[TrainingKind], left_out: Sequence[str]
) -> None:
    if format == "csv":
        put(sweep_csv(answers), end="")
    elif format == "json":
        put(sweep_json(answers, kinds, list(left_out)), end="")
    else:
        lines = sweep_lines(answers, size()[0], standard_way(), ascii_only())
        put_painted([*lines, *left_out])


def _axes(texts: Sequence[str], schedules: Sequence[Schedule]) -> tuple[SweepAxis, ...]:
    return tuple(read_axis(text, schedules) for text in texts)


def _allowed(settings: Settings, axes: Sequence[SweepAxis]) -> Allowed:
    """Files of tasks of one's own, which were typed, as they are now."""
    typed = [value for axis in axes if axis.name == "task" for value in axis.values]
    tasks = [one for one in (settings.task, *typed) if sources_of_task(one)]
    consent_of_call().named(tasks)
    stamped = [consent_of_call().stamped(FindRate(settings.replace(task=one))) for one in tasks]
    return tuple(dict.fromkeys(pair for one in stamped for pair in one.allowed))


def _most_steps(sweep: SweepRequest) -> int:
    """Steps of the longest training, for schedules that are sampled."""
    longest = {"epochs": sweep.settings.epochs, "steps_per_epoch": sweep.settings.steps_per_epoch}
    for axis in sweep.axes:
        if axis.name in longest and axis.of == "setting":
            longest[axis.name] = max(map(int, axis.values))
    return longest["epochs"] * longest["steps_per_epoch"]


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
    """What trains, and how many units keep it busy."""
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
    from lrtui.cli.worker_session import ENDING

    # A signal that whoever started us has switched off, as nohup does, stays off.
    heeded = [one for one in ENDING if signal.getsignal(one) != signal.SIG_IGN]
    before = {one: signal.signal(one, lambda number, _: ended.append(number)) for one in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
