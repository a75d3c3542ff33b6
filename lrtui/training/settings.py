"""How a training is made, besides its schedule: what both processes know of it. No Keras here."""

from typing import Annotated

from lrtui.schedules.parameters import Described, Flag, Quantity, Turn
from lrtui.training import optimizers

TASKS = ("spirals", "sine")
DRIVES = ("schedule", "callback")

Count = Annotated[int, Quantity(Turn.ONE_TWO_FIVE, low=1, high=10**6)]


class Settings(Described, frozen=True):
    """How a training is made, besides its schedule.

    Args:
        task: what is learned: spirals tells two spirals apart, sine fits a noisy sine.
        optimizer: what applies the rate: a short name (sgd, momentum, adam, adamw, lion ...) or
            any of keras.optimizers, as in SGD(momentum=0.9).
        epochs: how often the training data is gone through.
        steps_per_epoch: updates in an epoch; the task makes batch_size samples for each.
        batch_size: samples in an update.
        seed: of data, weights and order: the same seed gives the same numbers.
        drive: how the rate gets in: schedule sets it per step inside the optimizer, callback once
            an epoch by Keras' LearningRateScheduler.
        plateau_patience: epochs without a better validation loss after which Keras'
            ReduceLROnPlateau cuts the rate; none: never.
        plateau_factor: what such a cut multiplies the rate by, until the next reset.
        eager: on: run_eagerly=True, uncompiled and slow; the rates are the same.
    """

    task: Annotated[str, Quantity(Turn.CHOICES, choices=TASKS)] = "spirals"
    optimizer: Annotated[
        str,
        Quantity(
            Turn.CHOICES,
            choices=optimizers.CHOICES,
            others=optimizers.accepted,
            example="SGD(momentum=0.9)",
        ),
    ] = "sgd"
    epochs: Count = 20
    steps_per_epoch: Count = 64
    batch_size: Count = 32
    seed: Annotated[int, Quantity(Turn.ONES, high=2**31 - 1)] = 0
    drive: Annotated[str, Quantity(Turn.CHOICES, choices=DRIVES)] = "schedule"
    plateau_patience: Annotated[int, Quantity(Turn.ONES, "epochs", low=1, high=10**6)] | None = None
    plateau_factor: Annotated[float, Quantity(Turn.HUNDREDTHS, low=0.01, high=0.99)] = 0.1
    eager: Flag = False

    @property
    def steps(self) -> int:
        """The updates of the whole training."""
        return self.epochs * self.steps_per_epoch
