"""Trainings at once that are asked for over a link: told in pieces, dropped for newer ones."""

import contextlib
import sys
import time
import traceback
from collections.abc import Sequence

import numpy as np

from lrtui.live.link import KeepingLink
from lrtui.live.memory import resident_bytes
from lrtui.live.user_code import OwnFault
from lrtui.protocol import AtOnceEnded, TrainAtOnce, TrainedAtOnce, pack, unpack
from lrtui.protocol.at_once import Reason
from lrtui.schedules import Invalid
from lrtui.worker.at_once.loop import Impossible
from lrtui.worker.at_once.pace import Forecast
from lrtui.worker.at_once.training import Begin, Done, Row, Trainings
from lrtui.worker.run_state import read_state

REPORT_SECONDS = 0.03
"""Pieces are told at most this often."""
FIRST_REPORT_SECONDS = 0.1
"""Nothing is told sooner: what is done within a blink is told, and drawn, once."""


def train_at_once(command: TrainAtOnce, link: KeepingLink, trainings: Trainings) -> None:
    """Do what is asked, and tell the link up to ``AtOnceEnded``."""
    before = trainings.traces
    reason: Reason = "done"
    message = ""
    try:
        if not _told(command, link, trainings):
            reason = "dropped"
    except Impossible as fault:
        reason, message = "impossible", str(fault)
    except (Invalid, OwnFault) as fault:
        reason, message = "failed", str(fault)
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        words = " ".join(str(error).split())
        reason, message = "failed", f"{type(error).__name__}: {words}"[:300]
    ended = AtOnceEnded(
        command.ticket,
        reason,
        message,
        trainings.stacked,
        trainings.traces - before,
        resident_bytes(),
    )
    link.send(ended)


def compile_ahead(trainings: Trainings) -> None:
    """Compile what may be asked for next; what goes wrong is told when it is asked for."""
    try:
        trainings.compile_ahead()
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()


def _told(command: TrainAtOnce, link: KeepingLink, trainings: Trainings) -> bool:
    """Whether all of it was done, and nothing newer asked for."""
    if link.stop_asked():
        return False
    settings = command.settings
    rates = unpack(command.rates).reshape(command.schedules, -1)
    rows = [Row(*row) for row in command.rows]
    waiting: dict[int, list[Done]] = {}
    due = time.monotonic() + FIRST_REPORT_SECONDS
    forecast = Forecast(len(rows) * rates.shape[1], command.most_seconds)
    pieces = trainings.train(
        settings,
        rates,
        rows,
        until_diverged=command.until_diverged,
        allowed=command.allowed,
        begin=Begin(command.first_step, read_state(command.state)) if command.state else None,
    )
    with contextlib.closing(pieces):
        for done in pieces:
            forecast.add(done.losses.size, trainings.traces)
            waiting.setdefault(done.first_row, []).append(done)
            if time.monotonic() >= due:
                _tell(command, waiting, link)
                due = time.monotonic() + REPORT_SECONDS
            if link.stop_asked():
                return False
    _tell(command, waiting, link)
    return True


def _tell(command: TrainAtOnce, waiting: dict[int, list[Done]], link: KeepingLink) -> None:
    """What has waited to be told, an event for each of the parts that it is of."""
    for some in waiting.values():
        _tell_part(command, some, link)
    waiting.clear()


def _tell_part(command: TrainAtOnce, some: Sequence[Done], link: KeepingLink) -> None:
    """Neighbouring pieces of the same trainings, as one event."""
    first = some[0]
    losses = np.concatenate([done.losses for done in some], axis=1)
    means = [done.means for done in some if done.means is not None]
    validation = [done.validation for done in some if done.validation is not None]
    link.send(
        TrainedAtOnce(
            ticket=command.ticket,
            first_row=first.first_row,
            rows=len(losses),
            first_step=first.first_step,
            steps=losses.shape[1],
            losses=pack(losses) if command.losses else b"",
            first_epoch=first.first_step // command.settings.steps_per_epoch,
            means=pack(np.stack(means, axis=1)) if means else b"",
            validation=pack(np.stack(validation, axis=1)) if validation else b"",
        )
    )
