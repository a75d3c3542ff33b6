"""``lrtui train``: a training without a screen."""

import asyncio
from pathlib import Path
from typing import Any

import click
import msgspec

from lrtui.cli.consent import consent_of_call, refuse_unallowed
from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.follow import Follower
from lrtui.cli.options import WorkerOptions, options_of, overrides, schedule_of
from lrtui.cli.output_files import history_file, tensorboard_folder
from lrtui.cli.progress import standard_table
from lrtui.cli.repeat_run import read_run_to_repeat, threads_for
from lrtui.cli.steering_options import OPTIONS, script_from, steering_options
from lrtui.cli.training_settings import about_settings, settings_of, tell_unused_settings
from lrtui.cli.worker_session import opener
from lrtui.export import HISTORY_ENDINGS, export_run
from lrtui.protocol import Settings, Start
from lrtui.schedules import parse


@click.command("train", epilog=about_settings())
@click.argument("schedule", required=False)
@click.option(
    "--from",
    "source",
    metavar="FILE.json",
    help="repeat the run that --history, or e in the program, wrote to this file",
)
@overrides
@options_of(Settings)
@steering_options
@click.option(
    "--history",
    metavar="FILE",
    help=f"write the run to this file, which ends in {' or '.join(HISTORY_ENDINGS)}",
)
@click.option(
    "--per-step",
    is_flag=True,
    help="--history has a row a step: CSV instead of a row an epoch, JSON besides",
)
@click.option(
    "--tensorboard",
    metavar="DIR",
    help="write TensorBoard's event files into this folder, with the rate of every step",
)
@click.option("--fail-on-nan", is_flag=True, help="stop with exit code 1 when a loss is not finite")
@options_of(WorkerOptions)
def command(
    schedule: str | None,
    source: str | None,
    overrides: dict[str, str],
    history: str | None,
    per_step: bool,
    tensorboard: str | None,
    fail_on_nan: bool,
    device: str,
    threads: int,
    **options: Any,
) -> None:
    """Train a small Keras model and print a row an epoch.

    Columns: epoch (from 1), step (steps done), learning_rate (of the epoch's last step), loss,
    val_loss, the metrics of the task, and event: reset where the schedule was reset within the
    epoch, rate where the rate was set, cut where ReduceLROnPlateau cut it.
    """
    recipe = None
    if source is not None:
        recipe = read_run_to_repeat(source, click.get_current_context())
        start = recipe.start()
        texts = (start.schedule, *(mark.schedule for mark in recipe.record.marks))
        refuse_unallowed(source, [parse(text) for text in texts], [start.settings.task])
        threads = threads_for(recipe, threads)
    elif schedule is None:
        raise click.UsageError("Missing argument 'SCHEDULE'")
    else:
        steering = {one.name: options.pop(one.name) for one in OPTIONS}
        settings = settings_of(options)
        script = script_from(steering, settings)
        start = Start(str(schedule_of(schedule, overrides)), settings, script=script)
    start = msgspec.structs.replace(start, tensorboard=tensorboard_folder(tensorboard))
    start = consent_of_call().stamped(start)
    target = history_file(history)
    if per_step and target is None:
        raise WrongCall("--per-step needs a file to write to: --history FILE")
    table = standard_table()
    tell_unused_settings(start.settings)
    follower = Follower(
        table, on_nan="fail" if fail_on_nan else "tell", digests=recipe.digests if recipe else {}
    )
    try:
        asyncio.run(follower.follow([start], opener(device, threads)))
    finally:
        table.close()
        if target is not None and follower.record is not None:
            save(follower, target, per_step)
    if recipe is not None and follower.ready is not None:
        for one in recipe.differences_here(follower.ready):
            table.notice(f"numbers may differ from those in {source}: {one}")
    if follower.failure:
        raise (WrongCall if follower.absent else Failed)(follower.failure)


def save(follower: Follower, target: Path, per_step: bool) -> None:
    """Write the run.

    Raises:
        Failed: it cannot be written.
    """
    assert follower.record is not None
    try:
        export_run(follower.record, follower.ready, target, per_step=per_step)
    except OSError as error:
        also = f"{follower.failure}; also, " if follower.failure else ""
        raise Failed(f"{also}{target} could not be written: {error.strerror}") from None
