"""The commands: what a training is told to do. Its events, and no answers, say what came of it."""

from lrtui.protocol.at_once import TrainAtOnce
from lrtui.protocol.range_test import Sweep
from lrtui.protocol.settings import Settings
from lrtui.protocol.values import Allowed, Message


class Reset(Message, frozen=True):
    """Command: restart the schedule from its step 0 at the next step; weights stay.

    With `schedule`, that one takes over from the present one.
    """

    schedule: str | None = None
    restore: bool = False
    """Whether the state of the last finite checkpoint is put back first, as :class:`Restore`."""
    allowed: Allowed = ()
    """What a person allowed of the files of code that it names: see :data:`Allowed`."""


class Scale(Message, frozen=True):
    """Command: multiply the rate by `factor` from the next step on, on top of earlier scales."""

    factor: float


class SetRate(Message, frozen=True):
    """Command: from the next step on the rate is `learning_rate`, whatever the schedule gives.

    It holds until a :class:`Reset`, an :class:`UndoSteering` or another of these. Scales before it
    count no more; one after it multiplies it.
    """

    learning_rate: float


class UndoSteering(Message, frozen=True):
    """Command: from the next step on the rate is what it would be if nobody had ever steered."""


class Restore(Message, frozen=True):
    """Command: put weights and optimizer state of a checkpoint back; the rate goes on as it was."""

    checkpoint_step: int | None = None
    """The checkpoint that was taken before this step; None: the last one."""


class Stop(Message, frozen=True):
    """Command: end the run after the present step."""


Steer = Reset | Scale | SetRate | UndoSteering | Restore | Stop
"""The commands that change the numbers of a run, or end it."""


class Start(Message, frozen=True):
    """Command: train from fresh weights. A run under way is stopped first."""

    schedule: str
    settings: Settings
    pace: float | None = None
    """At most so many steps a second, to watch and steer; None: as fast as it can."""
    script: tuple[tuple[int, Steer], ...] = ()
    """Steps, and a command that is obeyed exactly before each; of one step in this order."""
    pause_on_divergence: bool = False
    """Whether the first loss that is not finite pauses the run; it keeps checkpoints then."""
    tensorboard: str | None = None
    """The folder for TensorBoard's event files, an absolute path; None: none are written."""
    allowed: Allowed = ()
    """What a person allowed of the files of code that it names, its script included:
    see :data:`Allowed`."""


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
    """Command: read a schedule of the user's own from its file, and send its first rates."""

    source: str
    """``path/mymodule.py:name``."""
    steps: int
    """How many rates, from step 0 on."""
    allowed: Allowed = ()
    """What a person allowed of the files of code that it names: see :data:`Allowed`."""


class FindRate(Message, frozen=True):
    """Command: a rate range test.

    Without a run it uses fresh weights of the task and optimizer in `settings`. While a run is
    under way it uses a copy of that model and optimizer between two steps, and `settings` counts
    for nothing; the run then goes on as if there had been no test. A :class:`Stop` ends the test
    early; other commands wait until it is over.
    """

    settings: Settings
    sweep: Sweep = Sweep()
    fit: bool = False
    """On fresh weights: whether ``model.fit`` trains, and not a loop that has its numbers."""
    allowed: Allowed = ()
    """What a person allowed of the file of a task of the user's own: see :data:`Allowed`."""


class TakeState(Message, frozen=True):
    """Command: write the state of the run before its next step to a file; nothing of it changes."""


Command = TakeState | Start | Steer | Pause | Resume | Pace | Sample | FindRate | TrainAtOnce
"""Every command to a training."""
