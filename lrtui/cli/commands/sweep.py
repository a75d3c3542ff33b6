"""``lrtui sweep``: trainings over ranges of parameters and settings, kept in a file."""

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import click

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import WrongCall
from lrtui.cli.options import options_of, overrides, sample_if_needed, schedule_of
from lrtui.cli.sweep_picture import put_answers
from lrtui.cli.training_settings import about_settings, settings_of, tell_unused_settings
from lrtui.protocol import Allowed, FindRate, Settings
from lrtui.runs.sweeps.answers import SweepAnswers
from lrtui.runs.sweeps.axes import SweepAxis, read_axis
from lrtui.runs.sweeps.cells import SweepRequest, check_size
from lrtui.runs.sweeps.store import Store
from lrtui.schedules import Described, Invalid, Schedule
from lrtui.schedules.quantities import Choice, Integer
from lrtui.tasks.user_task import sources_of_task


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
        from lrtui.cli.sweeping import carry_out

        carry_out(
            sweep,
            chosen,
            path,
            on=on,
            jobs=jobs,
            threads=threads,
            allowed=allowed,
            budget=budget,
            format=format,
        )
    except Invalid as refusal:
        raise WrongCall(str(refusal)) from None


def _show(path: Path, format: str) -> None:
    with contextlib.closing(Store(path, writes=False)) as store:
        number, sweep = store.latest()
        schedules = {} if format == "text" else store.schedules(number)
        answers = SweepAnswers(sweep, store.ends(number), schedules, {})
        put_answers(answers, format, store.kinds(number) if format == "json" else [], [])


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
