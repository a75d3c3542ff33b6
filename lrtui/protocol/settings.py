"""The settings of a training: everything but its schedule. Both processes know them; no Keras."""

from typing import Annotated

from lrtui.protocol import optimizers
from lrtui.schedules.parameters import Described, Flag, Fraction, Invalid
from lrtui.schedules.quantities import Choice, Hundredths, Integer, OneTwoFive
from lrtui.tasks import NAMES, task
from lrtui.tasks.user_task import sources_of_task

TASKS = NAMES
DRIVES = ("schedule", "callback")

Count = Annotated[int, OneTwoFive(low=1, high=10**6)]


def user_task_source(text: str) -> str:
    """The text, if it is a file and a name in it.

    Raises:
        Invalid: it is not.
    """
    text = text.strip()
    if not sources_of_task(text):
        allowed = f"must be one of {', '.join(TASKS)}, or a file and a name in it, as in"
        raise Invalid("task", f"{allowed} mymodule.py:name", text)
    return text


class Settings(Described, frozen=True):
    """How a training is made, besides its schedule.

    Args:
        task: what is learned, from data that are made for it; or a model and data of your own,
            mymodule.py:name, a function that returns them.
        optimizer: what applies the rate: a short name (sgd, adam ...), any of keras.optimizers, as
            in SGD(momentum=0.9), or compiled: that of your own task's model.
        epochs: how often the training data is gone through.
        steps_per_epoch: updates in an epoch; the task makes batch_size samples for each.
        batch_size: samples in an update.
        seed: of data, weights and order: the same seed gives the same numbers.
        drive: how the rate gets in: schedule sets it per step inside the optimizer, callback once
            an epoch by Keras' LearningRateScheduler.
        plateau_patience: epochs without a better validation loss after which Keras'
            ReduceLROnPlateau cuts the rate; none: never.
        plateau_factor: what such a cut multiplies the rate by, until the next reset.
        model_width: units in each hidden layer; convolutions have a quarter as many channels.
        model_depth: hidden layers: dense, convolutions or blocks of a transformer.
        noise: of the data, as a standard deviation; of characters, the share that is wrong.
        validation_share: of all samples, kept apart for the validation loss (32 to 4096 of them);
            0: there is none. Of your own task the last ones, unless it brings some.
        eager: on: run_eagerly=True, uncompiled and slow; the rates are the same.
    """

    task: Annotated[
        str, Choice(choices=TASKS, others=user_task_source, example="mymodule.py:name")
    ] = "spirals"
    optimizer: Annotated[
        str,
        Choice(
            choices=optimizers.CHOICES,
            others=optimizers.accepted,
            example="SGD(momentum=0.9)",
        ),
    ] = "sgd"
    epochs: Count = 20
    steps_per_epoch: Count = 64
    batch_size: Count = 32
    seed: Annotated[int, Integer(high=2**31 - 1)] = 0
    drive: Annotated[str, Choice(choices=DRIVES)] = "schedule"
    plateau_patience: Annotated[int, Integer("epochs", low=1, high=10**6)] | None = None
    plateau_factor: Annotated[float, Hundredths(low=0.01, high=0.99)] = 0.1
    model_width: Annotated[int, OneTwoFive(low=1, high=1024)] = 32
    model_depth: Annotated[int, Integer(high=16)] = 2
    noise: Fraction = 0.1
    validation_share: Annotated[float, Hundredths(high=0.9)] = 0.2
    eager: Flag = False

    def check(self) -> None:
        """ReduceLROnPlateau looks at the validation loss; only a model of one's own is compiled."""
        if self.optimizer == optimizers.COMPILED and self.task in TASKS:
            raise Invalid("optimizer", "must be another: only your own task has one", "compiled")
        if self.plateau_patience is not None and not self.validation_share:
            allowed = "must be none where validation_share is 0: there is no validation loss"
            raise Invalid("plateau_patience", allowed, self.plateau_patience)

    @property
    def steps(self) -> int:
        """The updates of the whole training."""
        return self.epochs * self.steps_per_epoch


def unused_settings(settings: Settings) -> frozenset[str]:
    """The names of the settings that have no effect, given the others."""
    names = task(settings.task).unused
    return names if settings.plateau_patience is not None else names | {"plateau_factor"}


def largest_stable_rate(settings: Settings) -> float | None:
    """The constant rate above which the loss grows without bound; None where it is not known.

    Known for a task with the same Hessian everywhere, of largest eigenvalue L, under SGD: 2/L,
    with momentum m 2(1 + m)/L, with Nesterov's (2 + 2m)/((1 + 2m) L). These are where the largest
    root of the update's characteristic polynomial leaves the unit circle at -1.
    """
    curvature = task(settings.task).curvature(settings)
    optimizer = optimizers.read(settings.optimizer)
    if curvature is None or optimizer.name != "SGD" or set(optimizer.main) - _OF_SGD:
        return None
    momentum = optimizer.main["momentum"]
    limit = 2 * (1 + momentum) / curvature
    return float(limit / (1 + 2 * momentum) if optimizer.main["nesterov"] else limit)


_OF_SGD = {"momentum", "nesterov", "name"}
"""Any other argument changes what an update does."""
