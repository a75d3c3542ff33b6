"""Trainings at once, as both sides know them: their messages, their rates, what cannot be had.

A training at once is a whole one in a compiled loop over an array of rates. It has the numbers of
``model.fit``, and nothing in it can be steered.
"""

from typing import Literal

import numpy as np

from lrtui.protocol.settings import Settings
from lrtui.protocol.values import Allowed, Message
from lrtui.schedules.arrays import Float32s
from lrtui.schedules.base import Schedule

Reason = Literal["done", "dropped", "failed", "impossible"]
"""Why trainings at once end; dropped: for newer ones, or because that was asked; impossible: they
can be had by ``fit`` only, or would take too long."""

MOST_RATES = 2_000_000
"""Rates that one command holds; as text they are 11 MB."""


class TrainAtOnce(Message, frozen=True):
    """Command: do these trainings. The newest one counts: an earlier one is dropped for it."""

    ticket: int
    """Comes back with whatever is told of it."""
    settings: Settings
    """Of all of them; the seed does not count."""
    rates: bytes
    """Of one schedule after another, float32. Their number of steps counts, not the settings'."""
    schedules: int
    """How many."""
    rows: tuple[tuple[int, int], ...]
    """Of each training which schedule it has, and its seed; in the order in which it is wanted."""
    losses: bool = True
    """Whether the loss of every batch is wanted, or only those of the epochs."""
    until_diverged: bool = False
    """Whether a training may end when its loss, and that of its neighbours, is not finite."""
    first_step: int = 0
    """The step that the first of the rates is of."""
    state: str = ""
    """The file with the state that the trainings begin with; empty: they begin with their seed's.
    Then only the losses of batches are told, of one training after another."""
    most_seconds: float | None = None
    """What would take longer is given up as soon as that is known; None: it may take any time."""
    allowed: Allowed = ()
    """What a person allowed of the file of a task of the user's own: see :data:`Allowed`."""


class TrainedAtOnce(Message, frozen=True):
    """Event: some steps of some of the trainings were done."""

    ticket: int
    first_row: int
    """The first training that this is of."""
    rows: int
    """How many trainings it is of, one beside another."""
    first_step: int
    steps: int
    losses: bytes
    """The loss of each step's batch, float32, training by training; empty: not asked for."""
    first_epoch: int
    """The number of the first epoch that ended, counted from 0."""
    means: bytes
    """Keras' mean loss of each epoch that ended, float32, training by training."""
    validation: bytes
    """The validation loss at its end; empty: nothing is validated."""


class AtOnceEnded(Message, frozen=True):
    """Event: no more will come of these trainings."""

    ticket: int
    reason: Reason
    message: str = ""
    """Why it failed or is impossible, one or two lines."""
    stacked: bool = False
    """Whether many models were trained as one."""
    compilations: int = 0
    """How many there were for it."""
    memory: int = 0
    """Resident memory of the process afterwards, in bytes."""


def rates_of(schedule: Schedule, settings: Settings) -> Float32s:
    """The rate of each step of a training, shape (steps,).

    Held for an epoch where Keras' LearningRateScheduler drives.
    """
    steps = np.arange(settings.steps)
    if settings.drive == "callback":
        steps = steps // settings.steps_per_epoch * settings.steps_per_epoch
    return schedule(steps)


def why_not_at_once(settings: Settings, schedules: int = 1) -> str:
    """Why such trainings cannot be had at once; empty: they can.

    Args:
        settings: of all of them.
        schedules: how many different ones.
    """
    if settings.plateau_patience is not None:
        return "a plateau is found while it trains: its cuts are in no array of rates"
    if settings.steps * schedules > MOST_RATES:
        most = MOST_RATES // schedules
        return f"{settings.steps} steps are too many to have at once ({most} at most)"
    return ""
