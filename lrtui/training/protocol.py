"""The messages between a training and whoever watches and steers it: one JSON object a line.

Commands go to the training, events come from it. A schedule travels in its text form. JSON has no
NaN and no infinity, and diverging runs are the normal case here, so: a series of numbers travels as
the bytes of its float32 values (base64 in JSON), exact; a single number that is not finite travels
as the text ``nan``, ``inf`` or ``-inf``.
"""

import math
from collections.abc import Iterable
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from lrtui.training.range_test import RangeTest, Sweep
from lrtui.training.settings import Settings as Settings

MAX_LINE_BYTES = 16 * 2**20
"""A longer line is not ours: whoever reads it gives up the connection."""

Number = float | Literal["nan", "inf", "-inf"]
"""A number on the wire."""

Change = Literal["reset", "scale", "plateau", "untouched", "restore"]
"""How a run is steered; plateau is a scale by ReduceLROnPlateau, restore leaves the rate alone."""

PauseReason = Literal["asked", "diverged", "epoch"]
"""Why a run waits; epoch: to go on to its end was asked for."""


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """One line of the exchange."""


class Reset(Message, frozen=True):
    """Command: restart the schedule from its step 0 at the next step; weights stay.

    With `schedule`, that one takes over from the present one.
    """

    schedule: str | None = None
    restore: bool = False
    """Whether the state of the last finite checkpoint is put back first, as :class:`Restore`."""


class Scale(Message, frozen=True):
    """Command: multiply the rate by `factor` from the next step on, on top of earlier scales."""

    factor: float


class Untouched(Message, frozen=True):
    """Command: from the next step on the rate is again what it had been without any steering."""


class Restore(Message, frozen=True):
    """Command: put weights and optimizer state of a checkpoint back; the rate goes on as it was."""

    checkpoint_step: int | None = None
    """The step that came next when it was taken; None: the last one."""


class Stop(Message, frozen=True):
    """Command: end the run after the present step."""


Steer = Reset | Scale | Untouched | Restore | Stop
"""What changes the numbers of a run, or ends them."""


class Start(Message, frozen=True):
    """Command: train from fresh weights. A run under way is stopped first."""

    schedule: str
    settings: Settings
    resets_at: tuple[int, ...] = ()
    """Steps before which the schedule is reset, each exactly there."""
    pace: float | None = None
    """At most so many steps a second, to watch and steer; None: as fast as it can."""
    script: tuple[tuple[int, Steer], ...] = ()
    """Steps, and what is done exactly before each; of a step in this order."""
    pause_on_divergence: bool = False
    """Whether the first loss that is not finite pauses the run; it keeps checkpoints then."""
    tensorboard: str | None = None
    """The folder for TensorBoard's event files, an absolute path; None: none are written."""


class Pause(Message, frozen=True):
    """Command: wait between two steps."""


class Resume(Message, frozen=True):
    """Command: go on after a pause. After a divergence: without restoring anything."""

    until_epoch_end: bool = False
    """Whether to pause again at the end of the present epoch, if another one follows."""


class Pace(Message, frozen=True):
    """Command: from now on at most so many steps a second; None: as fast as it can."""

    steps_per_second: float | None = None


class Sample(Message, frozen=True):
    """Command: read a schedule of the user's own from its file and sample it."""

    source: str
    """``path/mymodule.py:name``."""
    steps: int
    """From step 0 on."""


class Find(Message, frozen=True):
    """Command: a rate range test.

    Without a run, on fresh weights of `settings`, whose task and optimizer count. While a run is
    under way, on a copy of its model and optimizer as they are between two of its steps, and
    `settings` counts for nothing; the run goes on as if there had been none. A :class:`Stop` ends
    it with what there is; other commands wait until it is over.
    """

    settings: Settings
    sweep: Sweep = Sweep()


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
    settings: Settings


class Steps(Message, frozen=True):
    """Event: steps were done."""

    first: int
    """The step, counted from 0, that the first entry belongs to."""
    rates: bytes
    """The rate each step used, float32, read back from where the optimizer took it."""
    losses: bytes
    """The loss of each step's batch, float32, of the same length."""
    memory: int = 0
    """Resident memory of the training process, in bytes."""
    skipped: tuple[int, ...] = ()
    """Those of these steps that LossScaleOptimizer skipped: the weights stayed, its rate is NaN."""


class Epoch(Message, frozen=True):
    """Event: an epoch ended, or was cut short by a stop."""

    epoch: int
    """Counted from 1."""
    steps: int
    """Steps done so far, since the start of the run."""
    learning_rate: Number
    """The rate of the epoch's last step."""
    loss: Number
    """Keras' mean over the epoch."""
    validation_loss: Number | None = None


class Sampled(Message, frozen=True):
    """Event: a schedule of the user's own was read and sampled, asked for or to train with."""

    source: str
    steps: int
    """How many were asked for."""
    rates: bytes
    """Those of the steps from 0 on, float32; fewer than `steps` if there is an error."""
    error: str = ""
    """What is wrong, one or two lines."""
    absent: bool = False
    """Whether what is wrong is the source: no such file, or no such name in it."""
    driving: bool = False
    """Whether the run takes its rates from them from here on."""


class Finding(Message, frozen=True):
    """Event: steps of a range test were done."""

    first: int
    """The step of the sweep, counted from 0, that the first entry belongs to."""
    rates: bytes
    """The rate each step used, float32, read back from where the optimizer took it."""
    losses: bytes
    """The loss of each step's batch, float32, of the same length."""
    held: Number | None = None
    """The constant rate that is tried now, when the sweep is over; there are no entries then."""


class Found(Message, frozen=True):
    """Event: a range test is over."""

    sweep: Sweep
    rates: bytes = b""
    """The rate that each step of the sweep used, float32."""
    losses: bytes = b""
    """The loss of each step's batch, float32, of the same length."""
    divergence: float | None = None
    """See :class:`~lrtui.training.range_test.RangeTest`."""
    step: int | None = None
    """The step of the run it was done before; None: it was done on fresh weights."""
    stopped: bool = False
    """Whether a command ended it before its time."""
    error: str = ""
    """Why it could not be done, one or two lines."""

    def result(self) -> RangeTest:
        """What was found, to be read."""
        rates, losses = unpack(self.rates), unpack(self.losses)
        return RangeTest(rates, losses, self.sweep.steps, self.divergence)


class Marked(Message, frozen=True):
    """Event: the run was steered."""

    step: int
    """The first step it applies to."""
    kind: Change
    schedule: str
    """The schedule that drives from here on."""
    factor: float = 1.0
    """The scale that holds from here on."""
    by: float = 1.0
    """What this very change multiplied the rate by, if it is a scale or a cut on a plateau."""
    origin: int | None = None
    """The step that is the schedule's step 0 from here on; None: not told."""
    checkpoint_step: int | None = None
    """The step whose state was put back, if that was done: `step` then starts from there."""


class Diverged(Message, frozen=True):
    """Event: a loss is not finite, for the first time since the start or the last restore."""

    step: int
    """The step that it is the loss of."""
    loss: Number
    learning_rate: Number
    """The rate that this step used."""
    last_finite_step: int | None = None
    """The step before; None: there is none."""
    last_finite_loss: Number | None = None
    checkpoint_step: int | None = None
    """Of the last finite state, that a restore would put back; None: there is none."""


class Paused(Message, frozen=True):
    """Event: the run waits before this step."""

    step: int
    reason: PauseReason = "asked"


class Resumed(Message, frozen=True):
    """Event: the run goes on with this step."""

    step: int


class Ended(Message, frozen=True):
    """Event: the run is over; the worker waits for the next start."""

    reason: Literal["done", "stopped", "failed"]
    message: str = ""
    history: dict[str, list[Number]] = {}
    """Keras' own ``History.history`` of the run."""


class Alive(Message, frozen=True):
    """Event: the process lives. Sent when nothing else was for half a second, whatever it does."""

    memory: int
    """Resident, in bytes."""
    busy: float = 0.0
    """Seconds since its training last looked for commands; 0 while it waits for one."""


class Broken(Message, frozen=True):
    """Event: the worker cannot work at all, and why (TensorFlow is missing, say)."""

    message: str


Command = Start | Steer | Pause | Resume | Pace | Sample | Find
Event = (
    Ready
    | Alive
    | Started
    | Steps
    | Epoch
    | Marked
    | Diverged
    | Paused
    | Resumed
    | Ended
    | Broken
    | Sampled
    | Finding
    | Found
)

_encoder = msgspec.json.Encoder()
_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(message: Message) -> bytes:
    """The line of a message, with its newline."""
    return _encoder.encode(message) + b"\n"


def decode_command(line: bytes) -> Command:
    """The command in a line.

    Raises:
        msgspec.DecodeError: the line is not one (of which msgspec.ValidationError is a kind).
    """
    return _commands.decode(line)


def decode_event(line: bytes) -> Event:
    """The event in a line.

    Raises:
        msgspec.DecodeError: the line is not one (of which msgspec.ValidationError is a kind).
    """
    return _events.decode(line)


def to_wire(value: float) -> Number:
    """A number as it travels."""
    if math.isfinite(value):
        return float(value)
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def from_wire(value: Number) -> float:
    """A number that has travelled."""
    return float(value)


def pack(values: Iterable[float] | NDArray[np.float32]) -> bytes:
    """A series as it travels: little-endian float32."""
    return np.asarray(values, "<f4").tobytes()


def unpack(data: bytes) -> NDArray[np.float32]:
    """A series that has travelled."""
    return np.frombuffer(data, "<f4")
