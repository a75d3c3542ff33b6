"""Rates that Keras' LearningRateScheduler sets once an epoch, steerable within it."""

from typing import Any

from lrtui.live.attachment import Attachment
from lrtui.live.driving import Driving
from lrtui.live.rate_supply import AnyRates, RateSupply, rate_supply


class EpochDrive:
    """Keras' LearningRateScheduler sets an optimizer's float once an epoch; this tells it what.

    Give it to ``keras.callbacks.LearningRateScheduler`` as its function, and to the steering of the
    same model. Each epoch has the rate of its first step; a reset acts at once all the same.

    Args:
        schedule: what the rates are taken from.
    """

    def __init__(self, schedule: AnyRates) -> None:
        self.supply = rate_supply(schedule)
        self.driving: EpochDriving | None = None

    def __call__(self, epoch: int, learning_rate: float) -> float:
        """The rate of the epoch that begins now."""
        if self.driving is None:
            raise RuntimeError("give this drive to a Steering of the model too")
        return self.driving.epoch_begins()


class EpochDriving(Driving):
    """Drives a rate that is set once an epoch; its steps are those that were done, not updates."""

    def __init__(self, attachment: Attachment, capacity: int, drive: EpochDrive) -> None:
        self._drive = drive.supply
        super().__init__(attachment, capacity)
        if self._float is None:
            raise ValueError("a rate that is set once an epoch needs an optimizer with a float")
        drive.driving = self
        self._started = self._drive
        self._began_at = self._step.done()[0]
        self._epoch = self._began_at
        self._origin_step = self._began_at

    def epoch_begins(self) -> float:
        """The rate of the epoch that begins now."""
        self._epoch = self._step.done()[0]
        self._base = self._shown = self._at(self._epoch)
        return self._base

    def reset(self, supply: RateSupply | None = None, at: int = 0) -> None:
        """Begin at a step of what drives, or of another supply, unscaled."""
        self._drive = supply if supply is not None else self._drive
        self._origin_step, self.factor, self.held = self._step.done()[0] - at, 1.0, None
        self._set(self._at(self._step.done()[0]))

    def hold(self, rate: float) -> None:
        """Use this rate until a reset, unscaled."""
        self.factor, self.held = 1.0, rate
        self._set(rate)

    def undo(self) -> None:
        """Go on as if nobody had ever steered.

        The rate is the one with which the present epoch began.
        """
        self._drive, self._origin_step = self._started, self._began_at
        self.factor, self.held = 1.0, None
        self._set(self._at(self._epoch))

    def scale(self, factor: float) -> None:
        """Multiply the rate."""
        self.factor *= factor
        self._set(self._shown * factor)

    def rewind(self, by: int) -> None:
        """The optimizer's count was just set back by so many: the rates go on all the same.

        Nothing to do: its steps are not the optimizer's.
        """

    def position(self) -> int:
        """The step that comes next, as what drives counts it."""
        return self._step.done()[0] - self._origin_step

    @property
    def drives(self) -> None:
        """None: its rates depend on the length of an epoch."""

    @property
    def text(self) -> str:
        """What drives, as text."""
        return self._drive.text

    def assigned(self, value: Any) -> None:
        """Whoever sets the rate last has it: what was steered before is over.

        It is Keras' callback that sets it, as told.
        """

    def put_inputs(self) -> None:
        """Have the next steps use what drives now. The float alone says what is used."""

    def release(self) -> None:
        """What was traced meanwhile keeps our operations: have them change nothing.

        The float stays, as after Keras' own callbacks.
        """

    def _set(self, rate: float) -> None:
        self._show(rate)
        self._base = self._shown

    def _at(self, step: int) -> float:
        if self.held is not None:
            return self.held * self.factor
        at = step - self._origin_step
        rates = self._drive.rates(at, at + 1)
        return float(rates[0]) * self.factor if len(rates) else self._shown
