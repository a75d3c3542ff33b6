"""``lrtui compare``: several schedules on the same task and seeds."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import click

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.follow import Follower
from lrtui.cli.options import WorkerOptions, options_of, overrides, schedule_of
from lrtui.cli.output import put
from lrtui.cli.progress import RunsProgress
from lrtui.cli.training_settings import about_settings, settings_of, tell_unused_settings
from lrtui.cli.worker_session import opener
from lrtui.export.comparison import comparison_csv, comparison_json, comparison_text
from lrtui.export.history import versions_of
from lrtui.protocol import Settings, Start
from lrtui.runs.comparison import Comparison, Spread, compare_runs
from lrtui.runs.record import RunRecord
from lrtui.schedules import Described, names_by_difference, parameters
from lrtui.schedules.parameters import FLOAT32_MAX
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
        format: text is a table and what follows from it; csv the table; json all of it, and each
            run.
    """

    seeds: Annotated[int, Integer(low=1, high=10_000)] = 5
    to_loss: Annotated[float, Signed(low=-FLOAT32_MAX, high=FLOAT32_MAX)] | None = None
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
    """
    chosen = [schedule_of(text, overrides) for text in schedules]
    if len(chosen) < 2:
        raise WrongCall(f"compare needs at least two schedules. Received: {schedules[0]!r}")
    first = settings_of(settings)
    names = names_by_difference(chosen)
    numbers = range(first.seed, first.seed + seeds)
    if numbers[-1] > MOST_SEED:
        raise WrongCall(f"--seed must leave room for {seeds} seeds. Received: {first.seed}")
    # Seed by seed, so that what is done when someone interrupts can be compared.
    tried = [(index, seed) for seed in numbers for index in range(len(chosen))]
    stamped = consent_of_call().stamped
    starts = [stamped(Start(str(chosen[index]), first.replace(seed=seed))) for index, seed in tried]
    progress = RunsProgress([f"{names[index]}, seed {seed}" for index, seed in tried], sys.stderr)
    tell_unused_settings(first)
    follower = Follower(progress, on_nan="stop")
    try:
        asyncio.run(follower.follow(starts, opener(device, threads)))
    finally:
        progress.close()
    runs: list[dict[int, RunRecord]] = [{} for _ in chosen]
    for (index, seed), record in zip(tried, follower.records, strict=False):
        if record.state == "done" or record.diverged_at is not None:
            runs[index][seed] = record
    if any(runs):
        comparison = compare_runs(names, runs, to_loss)
        put(written(comparison, format, first, versions_of(follower.ready)), end="")
    if follower.failure:
        raise (WrongCall if follower.absent else Failed)(f"{progress.title}: {follower.failure}")


def written(
    comparison: Comparison, format: str, settings: Settings, versions: dict[str, str]
) -> str:
    """The comparison in one of the formats."""
    if format == "csv":
        return comparison_csv(comparison)
    if format == "json":
        return comparison_json(comparison, settings, versions)
    return "\n".join([*table(comparison), "", *comparison_text(comparison), ""])


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
