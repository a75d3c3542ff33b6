"""``lrtui compare``: several schedules on the same task and seeds."""

from collections.abc import Sequence
from typing import Annotated, Any

import click

from lrtui.cli.contest import Contest
from lrtui.cli.errors import Failed, WrongCall, report
from lrtui.cli.options import WorkerOptions, options_of, overrides, sample_if_needed, schedule_of
from lrtui.cli.output import put
from lrtui.cli.training_settings import about_settings, settings_of, tell_unused_settings
from lrtui.cli.tune_rate import about_tuning, warnings_of
from lrtui.export.comparison import (
    comparison_csv,
    comparison_json,
    comparison_text,
    tuning_values,
)
from lrtui.export.history import versions_of
from lrtui.protocol import Settings
from lrtui.protocol.at_once import why_not_at_once
from lrtui.runs.comparison import Comparison, Spread, compare_runs
from lrtui.runs.tuning import GRID, SEEDS
from lrtui.schedules import Described, Invalid, parameters
from lrtui.schedules.notes import notes_of_length
from lrtui.schedules.parameters import FLOAT32_MAX, Flag
from lrtui.schedules.quantities import Choice, Integer, Signed

MOST_SEED = next(
    one.quantity.high
    for one in parameters(Settings)
    if one.name == "seed" and isinstance(one.quantity, Integer)
)


class CompareOptions(Described, frozen=True):
    """How often each schedule is tried, and what is told of it.

    Args:
        seeds: train each schedule with so many seeds, from --seed on.
        to_loss: also tell after how many steps an epoch ended with at most this loss.
        tune_rate: first find the highest rate at which each schedule is best, on seeds that follow
            those that are compared.
        fit: train with model.fit, and not at once.
        format: text is a table and what follows from it; csv the table; json all of it, and each
            run.
    """

    seeds: Annotated[int, Integer(low=1, high=10_000)] = 5
    to_loss: Annotated[float, Signed(low=-FLOAT32_MAX, high=FLOAT32_MAX)] | None = None
    tune_rate: Flag = False
    fit: Flag = False
    format: Annotated[str, Choice(choices=("text", "csv", "json"))] = "text"


@click.command("compare", epilog=about_settings())
@click.argument("schedules", nargs=-1, required=True, metavar="SCHEDULE SCHEDULE...")
@overrides
@options_of(CompareOptions)
@options_of(Settings)
@options_of(WorkerOptions)
def command(
    schedules: Sequence[str],
    overrides: dict[str, str],
    seeds: int,
    to_loss: float | None,
    tune_rate: bool,
    fit: bool,
    format: str,
    device: str,
    threads: int,
    **settings: Any,
) -> None:
    """Train with several schedules, the same task and seeds for all; a row a schedule.

    Columns: runs (done), diverged (of these), then mean and standard deviation (sd, with n - 1)
    over the seeds of val_loss at the end (loss, where nothing is validated), of the best epoch's,
    and with --to-loss of the steps to it, and how many runs reached it. Diverged runs are left out
    of mean and sd. Below it whether the schedules differ, or by no more than chance would have it.

    It trains at once, with the numbers of model.fit, where that can be done, and says so.
    """
    chosen = [schedule_of(text, overrides) for text in schedules]
    if len(chosen) < 2:
        raise WrongCall(f"compare needs at least two schedules. Received: {schedules[0]!r}")
    first = settings_of(settings)
    last = first.seed + seeds + (SEEDS if tune_rate else 0) - 1
    if last > MOST_SEED:
        raise WrongCall(f"--seed must leave room for {seeds} seeds. Received: {first.seed}")
    why_not = why_not_at_once(first, len(chosen) * (len(GRID) if tune_rate else 1))
    if tune_rate and why_not:
        raise WrongCall(f"--tune-rate trains at once: {why_not}")
    tell_unused_settings(first)
    at_once = not (fit or why_not)
    if at_once or tune_rate:
        chosen = sample_if_needed(chosen, first.steps)
    contest = Contest(chosen, first, range(first.seed, first.seed + seeds))
    for name, schedule in zip(contest.names, chosen, strict=True):
        for note in notes_of_length(schedule, first.steps):
            report(f"{name}: {note}", click.get_current_context(silent=True))
    try:
        if at_once or tune_rate:
            contest.at_once(device, threads, tuned=tune_rate, compared=at_once)
        if contest.why_not and tune_rate:
            raise WrongCall(f"--tune-rate trains at once: {contest.why_not}")
        at_once, why_not = at_once and not contest.why_not, why_not or contest.why_not
        if not at_once and not contest.failure:
            contest.by_fit(device, threads)
    except Invalid as refusal:
        raise WrongCall(str(refusal)) from None
    for notice in [*contest.notices, *warnings_of(contest.names, contest.tuned)]:
        report(notice, click.get_current_context(silent=True))
    if any(contest.runs):
        comparison = compare_runs(contest.names, contest.runs, to_loss)
        how = "at once" if at_once else "model.fit"
        put(written(comparison, contest, format, first, how, why_not), end="")
    if contest.failure:
        raise (WrongCall if contest.absent else Failed)(contest.failure)


def written(
    comparison: Comparison,
    contest: Contest,
    format: str,
    settings: Settings,
    how: str,
    why_not: str = "",
) -> str:
    """The comparison in one of the formats, and how it was trained."""
    if format == "csv":
        return comparison_csv(comparison)
    if format == "json":
        versions, found = (
            versions_of(contest.ready),
            zip(contest.names, contest.tuned, strict=False),
        )
        tuning = tuning_values(dict(found), contest.tuning_seeds) if contest.tuned else None
        return comparison_json(comparison, settings, versions, trained=how, tuning=tuning)
    lines = [*table(comparison), "", *comparison_text(comparison)]
    for index, earlier in contest.same.items():
        same = f"{contest.names[index]} has the rates of {contest.names[earlier]}"
        lines.append(f"({same}, but for rounding: they were trained once)")
    if contest.tuned:
        seeds = contest.tuning_seeds
        lines += ["", *about_tuning(contest.names, contest.schedules, contest.tuned, seeds)]
    numbers = "(trained at once, with the numbers of model.fit; --fit trains with that)"
    reason = f": {why_not}" if why_not else ""
    lines.append(numbers if how == "at once" else f"(trained by model.fit{reason})")
    return "\n".join([*lines, ""])


def table(comparison: Comparison) -> list[str]:
    """A line a schedule in aligned columns, under their header."""
    rows = [["schedule", "runs", "diverged", comparison.measure, "sd", "best", "sd"]]
    for one in comparison.standings:
        counts = [one.name, str(len(one.outcomes)), str(one.diverged)]
        rows.append([*counts, *_cells(one.final), *_cells(one.best)])
    if comparison.to_loss is not None:
        rows[0] += ["steps", "sd", "reached"]
        for row, one in zip(rows[1:], comparison.standings, strict=True):
            row += [*_cells(one.steps_to), str(one.steps_to.count)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _cells(spread: Spread) -> list[str]:
    """Mean and standard deviation, as far as there are any."""
    mean = f"{spread.mean:.5g}" if spread.count else "-"
    return [mean, f"{spread.deviation:.3g}" if spread.count > 1 else "-"]
