"""A schedule of the user's own: read from its file, sampled, made ready to train with."""

import inspect
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from lrtui.live.rate_supply import CalledRates
from lrtui.live.user_code import (
    OwnFault,
    TookTooLong,
    check_that_it_ends,
    file_of,
    loaded,
    raised,
    shown,
)
from lrtui.protocol import Allowed, Sampled, pack
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Float32s
from lrtui.schedules.user_function import FIRST_RATE, Arguments
from lrtui.schedules.user_schedule import MOST_STEPS, UserSchedule, user_sources, with_samples


class Prepared(NamedTuple):
    """A schedule that can be trained with."""

    schedule: Schedule
    """With the samples of whatever is the user's own in it."""
    driver: Schedule | CalledRates
    """What drives: the same, or a Keras schedule of the user's own itself, which has no end."""
    events: tuple[Sampled, ...]
    """What is driving now."""


def sample(source: str, steps: int, allowed: Allowed, *, in_mid_run: bool = False) -> Sampled:
    """Read and sample, as an event; what is wrong is told in it.

    Args:
        source: the file and the name in it.
        steps: from step 0 on.
        allowed: what the file may hold.
        in_mid_run: it is first tried where it can hang without harm, see :mod:`lrtui.live.trial`.
    """
    try:
        if in_mid_run:
            check_that_it_ends(source, "sample", lambda: _try(source, steps, allowed))
        return _read(source, steps, allowed)[1]
    except OwnFault as fault:
        return _told(source, steps, fault)


def prepare(
    schedule: Schedule, steps: int, link: Any, allowed: Allowed, *, in_mid_run: bool = False
) -> Prepared:
    """Read and sample what is the user's own in a schedule; nothing to do if there is nothing.

    Args:
        schedule: any.
        steps: of the run.
        link: is told what is wrong, besides the fault.
        allowed: what its files may hold.
        in_mid_run: as in :func:`sample`.

    Raises:
        OwnFault: it cannot be trained with.
    """
    events, objects = [], {}
    for source in user_sources(schedule):
        try:
            if in_mid_run:
                check_that_it_ends(source, "sample", partial(_try, source, steps, allowed))
            objects[source], event = _read(source, steps, allowed)
            too_short = steps > MOST_STEPS and schedule != UserSchedule(source)
            if too_short or (steps > MOST_STEPS and not _is_keras(objects[source])):
                raise OwnFault(f"{source} can be trained for {MOST_STEPS} steps. Received: {steps}")
        except OwnFault as fault:
            link.send(_told(source, steps, fault))
            raise
        events.append(Sampled(source, steps, event.rates, used_by_run=True))
    ready = with_samples(schedule, {event.source: event.rates for event in events})
    driver: Schedule | CalledRates = ready
    # Of a shorter run all rates are known: then no code of the user's runs in the middle of it.
    if steps > MOST_STEPS and isinstance(ready, UserSchedule):
        driver = CalledRates(objects[ready.source], str(ready))
    return Prepared(ready, driver, tuple(events))


def _is_keras(made: Any) -> bool:
    from keras.optimizers.schedules import LearningRateSchedule

    return isinstance(made, LearningRateSchedule)


def _told(source: str, steps: int, fault: OwnFault) -> Sampled:
    return Sampled(source, steps, pack(fault.rates), str(fault), fault.absent)


def _read(source: str, steps: int, allowed: Allowed) -> tuple[Any, Sampled]:
    """What the source names, and its rates."""
    with loaded(source, allowed, "sample") as found:
        made = _made(UserSchedule(source), found)
        rates = _rates(source, made, min(steps, MOST_STEPS))
    return made, Sampled(source, steps, pack(rates))


def _try(source: str, steps: int, allowed: Allowed) -> None:
    """The same in a forked child, where TensorFlow computes one step and no more."""
    from lrtui.live.sampling import as_tensor, takes_tensors

    with loaded(source, allowed, "sample") as found:
        made = _made(UserSchedule(source), found)
        if takes_tensors(made):
            made(as_tensor(0))
        else:
            _rates(source, made, min(steps, MOST_STEPS))


def _made(own: UserSchedule, found: Any) -> Any:
    if isinstance(found, type):
        try:
            found = found()
        except TookTooLong:
            raise
        except BaseException as error:
            raised(f"{own.name}() cannot be made without arguments", error, file_of(own.source))
    if not callable(found):
        wanted = "a function, a LearningRateSchedule or a class"
        raise OwnFault(f"{own.source} must be {wanted}. Received: {shown(found)}")
    return found


def _rates(source: str, made: Any, steps: int) -> Float32s:
    """The rates of the steps from 0 on, shape (steps,).

    Raises:
        OwnFault: it raises, or gives what is no number, at some step.
    """
    from lrtui.live.sampling import as_tensor, sampled_at_once, takes_tensors

    if takes_tensors(made):
        rates = sampled_at_once(made, 0, steps, passing=(TookTooLong,))
        return rates if rates is not None else _one_by_one(source, made, steps, as_tensor)
    if _takes_rate(made):
        return _one_by_one(source, made, steps, int, fed=True)
    return _one_by_one(source, made, steps, int)


def _takes_rate(made: Any) -> bool:
    try:
        taken = inspect.signature(made).parameters.values()
    except (TypeError, ValueError):
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    by_position = [one for one in taken if one.kind in kinds]
    required = sum(one.default is one.empty for one in by_position)
    return Arguments(tuple(one.name for one in by_position), required).take_rate


def _one_by_one(source: str, made: Any, steps: int, step_of: Any, *, fed: bool = False) -> Float32s:
    """As the function gives them; `fed`: with the rate before, as Keras' f(epoch, lr) is called."""
    rates = np.empty(steps, np.float32)
    with np.errstate(all="ignore"):
        for step in range(steps):
            try:
                before = (float(rates[step - 1]) if step else FIRST_RATE,) if fed else ()
                value = made(step_of(step), *before)
            except TookTooLong:
                raise
            except BaseException as error:
                raised(f"{source} raises at step {step}", error, file_of(source), rates[:step])
            try:
                if isinstance(value, (bool, str, bytes)):
                    raise TypeError
                rates[step] = float(value)
            except TookTooLong:
                raise
            except OverflowError:
                message = f"{source} must give a number below 3.4e38. At step {step} it is larger"
                raise OwnFault(message, rates=rates[:step]) from None
            except BaseException:
                message = f"{source} must give a number. At step {step} it gave: {shown(value)}"
                raise OwnFault(message, rates=rates[:step]) from None
    return rates
