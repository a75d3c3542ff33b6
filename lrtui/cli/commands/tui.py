"""``lrtui [SCHEDULE]``: open the TUI, if there is a terminal to open it on."""

import click

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import WrongCall
from lrtui.cli.opening import OpenTui, missing
from lrtui.cli.options import WorkerOptions, options_of, overrides, reading_of
from lrtui.cli.program import COMMANDS


@click.command("tui", hidden=True)
@click.argument("schedule", required=False)
@overrides
@click.option("--cold", is_flag=True, help="load TensorFlow only when a training is asked for")
@options_of(WorkerOptions)
@click.pass_obj
def command(
    open_tui: OpenTui,
    schedule: str | None,
    overrides: dict[str, str],
    cold: bool,
    device: str,
    threads: int,
) -> None:
    """Open the program on SCHEDULE (default: as it was last left)."""
    if schedule in COMMANDS:
        raise WrongCall(f"the command {schedule} must come first, as in lrtui {schedule} --help")
    chosen = None
    if schedule is not None or overrides:
        chosen = reading_of(schedule or "exponential", overrides, asks_later=True)
    if lack := missing():
        raise WrongCall(f"{lack}. What works without: lrtui {', '.join(COMMANDS)}")
    open_tui(chosen, consent_of_call(), cold=cold, device=device, threads=threads)
