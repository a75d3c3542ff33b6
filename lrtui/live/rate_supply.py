"""Whatever can give rates, as float32 arrays: a schedule of ours or of Keras, a text, a function.

At run time a schedule is an array of rates. What varies with something else than the step is read
when its part of the array is made, some thousand steps ahead.
"""

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from lrtui.live.hooks import say
from lrtui.schedules import Invalid, Schedule, parse
from lrtui.schedules.arrays import Float32s
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.user_schedule import user_schedules

KINDS = "a schedule, a rate, a text, a Keras schedule, a function of the step or an array of rates"
NO_START = (
    "must be given (turn the form, or from a shell: reset cosine): the script changes its rate by "
    "itself, and that cannot be begun anew"
)
"""Of a reset to what the script itself does, where only the script knows what that was."""


class RateSupply(Protocol):
    """Gives the rates of any stretch of steps."""

    text: str
    """What it is, as text."""

    def rates(self, first: int, stop: int) -> Float32s:
        """The rates of the steps ``[first, stop)``; fewer where it knows no more."""


AnyRates = Schedule | float | str | Callable[[Any], Any] | Sequence[float] | Float32s | RateSupply
"""A schedule of ours or of Keras, a rate, a text, a function of the step, an array of rates."""


class ScheduleRates:
    """A schedule of ours: the very numbers that are drawn."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._known = min((len(one.rates) for one in user_schedules(schedule)), default=None)
        self.text = str(schedule)

    def rates(self, first: int, stop: int) -> Float32s:
        """The rates of the steps ``[first, stop)``; fewer where it knows no more."""
        stop = stop if self._known is None else min(stop, self._known)
        return self.schedule(np.arange(first, max(first, stop)))


class ArrayRates:
    """Rates as they are; it knows no more than these."""

    def __init__(self, rates: Sequence[float] | Float32s, text: str = "an array of rates") -> None:
        self._rates = np.asarray(rates, np.float32)
        self.text = text

    def rates(self, first: int, stop: int) -> Float32s:
        """The rates of the steps ``[first, stop)``; fewer where it knows no more."""
        return self._rates[first:stop]


class CalledRates:
    """A function or a schedule of the user's own, asked step by step, or for many at once."""

    def __init__(self, function: Callable[[Any], Any], text: str | None = None) -> None:
        self._function = function
        self._at_once = self._of_tensors = _takes_tensors(function)
        self.text = text if text is not None else _text_of(function)
        self._kept = np.empty(0, np.float32)
        self._kept_from = 0
        self._drives = False
        """Whether rates beyond the first were taken."""
        self._ended: Float32s | None = None
        """No rates, once it has raised."""
        self.rates(0, 1)

    def rates(self, first: int, stop: int) -> Float32s:
        """The rates of the steps ``[first, stop)``; fewer where it knows no more.

        Once it drives, an error is said, and it knows no more rates.

        Raises:
            Invalid: it raises, or gives what is no number, before any of its rates was used.
        """
        # A refilled table begins with what the last one ended with.
        known = self._kept[first - self._kept_from :] if first >= self._kept_from else ()
        known = np.asarray(known, np.float32)[: stop - first]
        asked = self._ended if self._ended is not None else self._asked(first + len(known), stop)
        rates = np.concatenate([known, asked])
        self._drives = self._drives or stop - first > 1
        self._kept, self._kept_from = rates, first
        return rates

    def _asked(self, first: int, stop: int) -> Float32s:
        if self._at_once and stop - first > 1:
            from lrtui.live.sampling import sampled_at_once

            rates = sampled_at_once(self._function, first, stop, passing=(KeyboardInterrupt,))
            if rates is not None:
                return rates
            self._at_once = False
        asked: list[float] = []
        try:
            asked.extend(self._one(step) for step in range(first, stop))
        except Invalid as fault:
            if not self._drives:
                raise
            say(str(fault))
            self._ended = np.empty(0, np.float32)
        return np.array(asked, np.float32)

    def _one(self, step: int) -> float:
        try:
            return _number(self._function(_as_tensor(step) if self._of_tensors else step))
        except (Exception, SystemExit) as error:
            allowed = f"must give a number at step {step} ({type(error).__name__}: {error})"
            raise Invalid("schedule", allowed, self.text) from None


def rate_supply(what: AnyRates) -> RateSupply:
    """What gives the rates that this means.

    Raises:
        Invalid: it gives none.
    """
    if isinstance(what, (ScheduleRates, ArrayRates, CalledRates)):
        return what
    if isinstance(what, str):
        what = parse(what)
    what = _known_to_us(what)
    if isinstance(what, (int, float, np.integer, np.floating)) and not isinstance(what, bool):
        if not math.isfinite(what):
            raise Invalid("learning_rate", "must be a finite number", what)
        what = Constant(float(what))
    if isinstance(what, Schedule):
        for part in user_schedules(what):
            if not part.samples:
                allowed = "must be imported in your script, and given itself"
                raise Invalid("schedule", allowed, part.source)
        return ScheduleRates(what)
    if callable(what):
        return CalledRates(what)
    if isinstance(what, (list, tuple, np.ndarray)) and np.ndim(what) == 1 and len(what):
        return ArrayRates(what)
    raise Invalid("schedule", f"must be {KINDS}", repr(what)[:60])


def _number(value: Any) -> float:
    if isinstance(value, (bool, str, bytes)):
        raise TypeError(f"gave {value!r}")
    if not isinstance(value, (int, float)) and "keras" in sys.modules:
        from keras import ops

        value = ops.convert_to_numpy(value)
    return float(value)


# Keras is asked only where someone has loaded it: a loop of torch alone must not be made to.


def _known_to_us(what: Any) -> Any:
    """Our schedule of the same rates, if it is a schedule of Keras that we have; else the same."""
    if "keras" not in sys.modules:
        return what
    from keras.optimizers.schedules import LearningRateSchedule

    from lrtui.live.keras_schedule import described

    ours = described(what) if isinstance(what, LearningRateSchedule) else None
    return what if ours is None else ours


def _takes_tensors(function: Any) -> bool:
    if "keras" not in sys.modules:
        return False
    from lrtui.live.sampling import takes_tensors

    return takes_tensors(function)


def _as_tensor(step: int) -> Any:
    from lrtui.live.sampling import as_tensor

    return as_tensor(step)


def _text_of(function: Any) -> str:
    if "keras" not in sys.modules:
        return str(getattr(function, "__name__", type(function).__name__))
    from lrtui.live.keras_schedule import text_of

    return text_of(function)
