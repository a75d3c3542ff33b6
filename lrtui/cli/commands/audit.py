"""``lrtui audit``: whether the rates of a log are those of a schedule."""

import click
import msgspec

from lrtui.cli.errors import WrongCall, one_line, report
from lrtui.cli.log_options import log_options, logs_at
from lrtui.cli.options import overrides, sample_if_needed, schedule_of
from lrtui.cli.output import put
from lrtui.logs.audit.judge import audit
from lrtui.logs.audit.recognition import recognise
from lrtui.logs.audit.report import report_of, report_of_recognition
from lrtui.logs.values import Log


@click.command("audit")
@click.argument("log", metavar="LOG")
@click.argument("schedule", required=False)
@overrides
@log_options
@click.option("--from-one", is_flag=True, help="the log counts its steps or epochs from 1")
@click.option(
    "--reset-at",
    "resets",
    type=click.IntRange(1),
    multiple=True,
    metavar="STEP",
    help="the schedule was to begin again before this step; may be repeated",
)
@click.option("--run", type=click.IntRange(1), metavar="N", help="of several trainings the N-th")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="json has the same as an object",
)
def command(
    log: str,
    schedule: str | None,
    overrides: dict[str, str],
    columns: dict[str, str],
    steps_per_epoch: int | None,
    from_one: bool,
    resets: tuple[int, ...],
    run: int | None,
    form: str,
) -> int:
    """Say whether the rates of a training's log are those of SCHEDULE, and else why not.

    LOG is a CSV log, Keras' History or transformers' trainer_state as JSON, or a folder of
    TensorBoard's event files. Without SCHEDULE: which schedule the rates are, where that is clear.

    Exit code 0: they are; 1: they are not; 2: the call was wrong.
    """
    chosen = _chosen(logs_at(log, columns), run)
    if schedule is None:
        return _recognise(chosen, steps_per_epoch, from_one, form)
    planned = schedule_of(schedule, overrides)
    length = steps_per_epoch or chosen.steps_per_epoch or 1
    assert chosen.rate is not None
    steps = (int(chosen.rate.at.max()) + 2) * (length if chosen.rate.unit == "epoch" else 1)
    (sampled,) = sample_if_needed([planned], steps)
    found = audit(chosen, sampled, steps_per_epoch, from_one=from_one, resets=resets)
    if form == "json":
        told = {"log": chosen.name, "schedule": str(planned), **msgspec.to_builtins(found)}
        put(_json(told))
    else:
        for line in report_of(found, str(planned)):
            put(line)
    return 0 if found.same else 1


def _chosen(logs: list[Log], run: int | None) -> Log:
    """One of several trainings: the N-th, else the latest, which is said."""
    if run is not None:
        if run > len(logs):
            raise WrongCall(
                f"--run must be at most {len(logs)}: so many are there. Received: {run}"
            )
        return logs[run - 1]
    if len(logs) > 1:
        told = f"{len(logs)} trainings are in it; the last one is looked at, {logs[-1].name}"
        report(f"note: {one_line(told)}; --run N takes another", click.get_current_context())
    return logs[-1]


def _recognise(log: Log, steps_per_epoch: int | None, from_one: bool, form: str) -> int:
    found = recognise(log, steps_per_epoch, from_one=from_one)
    if form == "json":
        put(_json({"log": log.name, **msgspec.to_builtins(found)}))
    else:
        for line in report_of_recognition(found):
            put(line)
    return 0 if found.clear else 1


def _json(told: dict[str, object]) -> str:
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
