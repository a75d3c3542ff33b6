"""The lines of the list of runs: the name of each, and how it ended. Pure."""

from collections.abc import Sequence

from lrtui.plotting.sparkline import sparkline
from lrtui.protocol.script import Script
from lrtui.protocol.settings import Settings
from lrtui.runs.record import RunRecord, known_schedule
from lrtui.schedules import Invalid, names_by_difference, short_name
from lrtui.schedules.parameters import parameters
from lrtui.tui.number_format import format_loss, format_rate

SPARK_CELLS = 6


def run_names(runs: Sequence[RunRecord]) -> list[str]:
    """A name each: its number, and what it differs in from the others; of a log its own."""
    if any(run.state == "watched" for run in runs):
        logs = [run.settings.name if isinstance(run.settings, Script) else "" for run in runs]
        return [f"#{number} {name}" for number, name in enumerate(logs, 1)]
    schedules = [known_schedule(run.schedule) for run in runs]
    distinct = list(dict.fromkeys(one for one in schedules if one is not None))
    short = [short_name(type(one)) for one in distinct]
    told = short if len(distinct) == 1 else names_by_difference(distinct)
    by_schedule = dict(zip(distinct, told, strict=True))
    called = [
        run.schedule if one is None else by_schedule[one]
        for one, run in zip(schedules, runs, strict=True)
    ]
    differing = [
        one
        for one in parameters(Settings)
        if len({getattr(run.settings, one.name, None) for run in runs}) > 1
    ]
    names = []
    for number, (name, run) in enumerate(zip(called, runs, strict=True), 1):
        more = [
            f"{one.name.replace('_', ' ')} {one.show(getattr(run.settings, one.name))}"
            for one in differing
            if isinstance(run.settings, Settings)
        ]
        names.append(" ".join([f"#{number}", ", ".join([name, *more])]))
    return names


def outcome(run: RunRecord, *, ascii: bool = False) -> str:
    """What came of a run, in columns: its losses, the last and the best one, rate, resets, state.

    Args:
        run: the run.
        ascii: whether only ASCII can be shown.
    """
    losses = held_out_losses(run)
    last, best = (losses[-1], min(losses)) if losses else (None, None)
    rate = format_rate(float(run.rates[-1]), 2) if run.steps else ""
    resets = sum(mark.kind == "reset" for mark in run.marks)
    return " ".join(
        [
            sparkline(losses, SPARK_CELLS, ascii=ascii).ljust(SPARK_CELLS),
            f"{_short(last):>7} best {_short(best):>7}",
            f"rate {rate:>7}",
            f"{resets} reset{'s' if resets != 1 else ' '}",
            run.state,
        ]
    )


def what_trained(run: RunRecord, target: float | None) -> str:
    """What a run trained and how long, in a line.

    Args:
        run: the run.
        target: a loss; told is after how many steps an epoch first ended at it or below.
    """
    settings = run.settings
    reached = []
    if target is not None:
        steps = steps_to_loss(run, target)
        how = f"in {steps} steps" if steps is not None else "not reached"
        reached = [f"{format_loss(target)} {how}"]
    if isinstance(settings, Script):
        parts = [one for one in (settings.name, settings.optimizer) if one]
    else:
        length = f"{len(run.rows)} of {settings.epochs} epochs"
        parts = [settings.task, settings.optimizer, f"seed {settings.seed}", length]
    return ", ".join([*reached, *parts, f"{run.steps} steps", run.schedule])


def _short(loss: float | None) -> str:
    text = format_loss(loss)
    return text if loss is None or len(text) <= 7 else format_rate(loss, 1)


def held_out_losses(run: RunRecord) -> list[float]:
    """The validation loss of each epoch, or the training's where there is none."""
    return [row.held_out() for row in run.rows]


def steps_to_loss(run: RunRecord, target: float) -> int | None:
    """Steps done at the end of the first epoch with this loss or a lower one."""
    for row, loss in zip(run.rows, held_out_losses(run), strict=True):
        if loss <= target:
            return row.steps
    return None


def read_loss(text: str) -> float:
    """A loss that a person typed.

    Raises:
        ValueError: it is no number.
    """
    try:
        return float(text)
    except ValueError:
        raise Invalid("loss", "must be a number", text) from None
