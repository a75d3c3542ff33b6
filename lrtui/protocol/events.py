"""The events: what a training tells of itself."""

from typing import Literal

from lrtui.protocol.at_once import AtOnceEnded, TrainedAtOnce
from lrtui.protocol.range_test import RangeTest, Sweep
from lrtui.protocol.recommendation import Recommendation
from lrtui.protocol.script import Script
from lrtui.protocol.settings import Settings
from lrtui.protocol.values import Message, WireNumber, unpack

MarkKind = Literal["reset", "scale", "rate", "plateau", "undo", "restore"]
"""How a run was steered; :data:`lrtui.protocol.marks.KINDS` says what each is."""

PauseReason = Literal["asked", "diverged", "epoch"]
"""Why a run waits; epoch: its end was reached, as was asked for."""


class Ready(Message, frozen=True):
    """Event: the worker has loaded TensorFlow and waits for a start."""

    pid: int
    tensorflow: str
    keras: str
    devices: list[str]
    threads: int
    niceness: int
    memory: int
    """Resident, in bytes."""


class Started(Message, frozen=True):
    """Event: a run begins; the events after it are of this run."""

    schedule: str
    """In its text form; what a script calls it where that is not known."""
    settings: Settings | None = None
    """Of a training of ours."""
    script: Script | None = None
    """Of a training of anyone else's."""
    origin: int = 0
    """The step that is the schedule's step 0; below 0 where a script trains on, as a second fit."""


class StepsDone(Message, frozen=True):
    """Event: steps were done."""

    first: int
    """The step, counted from 0, that the first entry belongs to."""
    rates: bytes
    """The rate each step used, float32, read back from where the optimizer took it.

    ``NOT_KNOWN`` of a step that moved no weight: gradients only accumulate, or it was skipped.
    """
    losses: bytes
    """The loss of each step's batch, float32, as many; ``NOT_KNOWN``: it was not seen."""
    memory: int = 0
    """Resident memory of the training process, in bytes."""
    skipped: tuple[int, ...] = ()
    """Which of these steps LossScaleOptimizer skipped: no weight moved, and they have no rate."""


class Epoch(Message, frozen=True):
    """Event: an epoch ended, or was cut short by a stop."""

    epoch: int
    """Counted from 1."""
    steps: int
    """Steps done so far, since the start of the run."""
    logs: dict[str, WireNumber] = {}
    """What Keras logged, by its names: loss, val_loss, accuracy, a metric of the user's own.

    `learning_rate` among them is that of the epoch's last step.
    """


class Sampled(Message, frozen=True):
    """Event: the rates of a schedule of the user's own; sampled on command, or to train with."""

    source: str
    steps: int
    """How many were asked for."""
    rates: bytes
    """The rates of the steps from 0 on, float32; fewer than `steps` if there is an error."""
    error: str = ""
    """What is wrong, one or two lines."""
    absent: bool = False
    """Whether the error is that there is no such file, or no such name in it."""
    used_by_run: bool = False
    """Whether the present run trains with these rates from here on."""


class RangeTestSteps(Message, frozen=True):
    """Event: steps of a range test were done."""

    first: int
    """The step of the sweep, counted from 0, that the first entry belongs to."""
    rates: bytes
    """The rate each step used, float32, read back from where the optimizer took it."""
    losses: bytes
    """The loss of each step's batch, float32, of the same length."""
    held: WireNumber | None = None
    """The constant rate that is tried now that the sweep is over; then there are no entries."""


class RangeTestEnded(Message, frozen=True):
    """Event: a range test is over."""

    sweep: Sweep
    rates: bytes = b""
    """The rate that each step of the sweep used, float32."""
    losses: bytes = b""
    """The loss of each step's batch, float32, of the same length."""
    divergence: float | None = None
    """The rate from which on training diverges; None: not looked for, or nothing diverged."""
    step: int | None = None
    """It was done on a copy of the run before this step; None: on fresh weights."""
    stopped: bool = False
    """Whether a command ended it before its time."""
    error: str = ""
    """Why it could not be done, one or two lines."""
    recommendation: Recommendation | None = None
    """The one rate to train with, tried; None: it was not looked for, or none held."""
    why_fit: str = ""
    """Why ``model.fit`` trained where it was to be had at once; empty: it was as asked for."""

    def result(self) -> RangeTest:
        """The rates and losses as arrays, with what they say."""
        rates, losses = unpack(self.rates), unpack(self.losses)
        steps = self.sweep.steps
        return RangeTest(rates, losses, steps, self.divergence, self.recommendation)


class StateTaken(Message, frozen=True):
    """Event: the state of the run is in a file of the training process, for as long as that lives.

    Copies go on from there: see :class:`~lrtui.protocol.at_once.TrainAtOnce`.
    """

    step: int
    """The step that comes next."""
    path: str = ""
    error: str = ""
    """Why it could not be taken, a line."""


class Marked(Message, frozen=True):
    """Event: the run was steered."""

    step: int
    """The first step it applies to."""
    kind: MarkKind
    schedule: str
    """The schedule that drives from here on."""
    factor: float = 1.0
    """What the rates are multiplied by from here on."""
    rate: float | None = None
    """The rate that holds from here on instead of the schedule's, times `factor`; None: none."""
    by: float = 1.0
    """What this one change multiplied the rate by: a scale, or a cut on a plateau; of any other
    kind 1, even if it changes the rate."""
    origin: int | None = None
    """The step that is the schedule's step 0 from here on; None: not told."""
    checkpoint_step: int | None = None
    """The step whose state was put back, if that was done: `step` then starts from there."""
    who: str = ""
    """The viewer that did it; empty: nobody at a distance did."""


class Diverged(Message, frozen=True):
    """Event: a loss is not finite, for the first time since the start or the last restore."""

    step: int
    """The step that it is the loss of."""
    loss: WireNumber
    learning_rate: WireNumber
    """The rate that this step used."""
    last_finite_step: int | None = None
    """The step before; None: there is none."""
    last_finite_loss: WireNumber | None = None
    checkpoint_step: int | None = None
    """The checkpoint that a restore would put back, by its step; None: there is none."""


class Paused(Message, frozen=True):
    """Event: the run waits before this step."""

    step: int
    reason: PauseReason = "asked"
    who: str = ""
    """The viewer that did it; empty: nobody at a distance did."""


VIEWER_GONE = "the viewer that paused it is gone"
"""Who let a training go on whose pause belonged to a viewer that is no more."""


class Resumed(Message, frozen=True):
    """Event: the run goes on with this step."""

    step: int
    who: str = ""
    """The viewer that did it, or :data:`VIEWER_GONE`; empty: nobody at a distance did."""


class Ended(Message, frozen=True):
    """Event: the run is over; the worker waits for the next start."""

    reason: Literal["done", "stopped", "failed"]
    message: str = ""
    history: dict[str, list[WireNumber]] = {}
    """Keras' own ``History.history`` of the run."""
    who: str = ""
    """The viewer that did it; empty: nobody at a distance did."""
    absent: bool = False
    """Whether it failed because a file of the user's own, or the name in it, is not there."""


class Alive(Message, frozen=True):
    """Event: the process lives. Sent when nothing else was for half a second, whatever it does."""

    memory: int
    """Resident, in bytes."""
    busy: float = 0.0
    """Seconds since its training last looked for commands; 0 while it waits for one."""


class Broken(Message, frozen=True):
    """Event: the worker cannot work at all, and why (TensorFlow is missing, say)."""

    message: str


Event = (
    Ready
    | Alive
    | Started
    | StepsDone
    | Epoch
    | Marked
    | Diverged
    | Paused
    | Resumed
    | Ended
    | Broken
    | Sampled
    | RangeTestSteps
    | RangeTestEnded
    | TrainedAtOnce
    | AtOnceEnded
    | StateTaken
)
"""Every event of a training."""
