"""``lrtui train``: a training without a screen."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import click
import msgspec

from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.follow import Follower, opener
from lrtui.cli.options import ParameterType, Worker, options_of, overrides, schedule_of
from lrtui.cli.output_files import history_file, tensorboard_folder
from lrtui.cli.progress import standard
from lrtui.cli.repeat_run import read_run_to_repeat, threads_for
from lrtui.cli.training_settings import about_settings, settings_of, tell_unused_settings
from lrtui.export import HISTORY_ENDINGS, export_run
from lrtui.protocol import Settings, Start
from lrtui.schedules import Described, Quantity, parameters
from lrtui.schedules.parameters import Turn


class Resets(Described, frozen=True):
    """When the schedule is reset.

    Args:
        reset_at: reset the schedule to its start before this step; may be repeated.
    """

    reset_at: Annotated[int, Quantity(Turn.NONE, low=1, high=10**12)] = 1


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
@click.option(
    "--reset-at",
    multiple=True,
    type=ParameterType(parameters(Resets)[0]),
    metavar="STEP",
    help=parameters(Resets)[0].help.rstrip("."),
)
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
@options_of(Worker)
def command(
    schedule: str | None,
    source: str | None,
    overrides: dict[str, str],
    reset_at: Sequence[int],
    history: str | None,
    per_step: bool,
    tensorboard: str | None,
    fail_on_nan: bool,
    device: str,
    threads: int,
    **settings: Any,
) -> None:
    """Train a small Keras model and print a row an epoch.

    Columns: epoch (from 1), step (steps done), learning_rate (of the epoch's last step), loss,
    val_loss, and event: reset where the schedule was reset within the epoch, cut where
    ReduceLROnPlateau cut the rate.
    """
    recipe = None
    if source is not None:
        recipe = read_run_to_repeat(source, click.get_current_context())
        start = recipe.start()
        threads = threads_for(recipe, threads)
    elif schedule is None:
        raise click.UsageError("Missing argument 'SCHEDULE'")
    else:
        made = settings_of(settings)
        start = Start(str(schedule_of(schedule, overrides)), made, resets(reset_at, made))
    start = msgspec.structs.replace(start, tensorboard=tensorboard_folder(tensorboard))
    target = history_file(history)
    if per_step and target is None:
        raise WrongCall("--per-step needs a file to write to: --history FILE")
    table = standard()
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


def resets(steps: Sequence[int], settings: Settings) -> tuple[int, ...]:
    """The steps in order.

    Raises:
        WrongCall: one lies beyond the run.
    """
    for step in steps:
        if step >= settings.steps:
            last = settings.steps - 1
            raise WrongCall(
                f"--reset-at must be a step of this run, from 1 to {last}. Received: {step}"
            )
    return tuple(sorted(set(steps)))


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
