"""Curves kept for comparison, as values. Pure."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from lrtui.schedules import Schedule, names_by_difference

MOST = 8


class Pin(Struct, frozen=True):
    """A schedule whose curve stays while the form is turned."""

    schedule: Schedule
    paint: int
    """From 1 to :data:`MOST`: its colour and its dash, kept for as long as it is pinned."""
    given: str = ""
    """The name it was given; empty: it is named by what differs from the others."""
    hidden: bool = False


Pins = tuple[Pin, ...]


def pinned(pins: Pins, schedule: Schedule) -> Pins:
    """The pins with one more.

    Raises:
        ValueError: there are :data:`MOST`, or this very schedule is pinned.
    """
    if any(pin.schedule == schedule for pin in pins):
        raise ValueError("this schedule is pinned already; turn something, or P lists the pins")
    if len(pins) == MOST:
        raise ValueError(f"at most {MOST} curves can be pinned; P lists them, Backspace removes")
    taken = {pin.paint for pin in pins}
    free = next(paint for paint in range(1, MOST + 1) if paint not in taken)
    return (*pins, Pin(schedule, free))


def hidden(pins: Pins, place: int) -> Pins:
    """The pins with the one at this place hidden, or shown again."""
    return _changed(pins, place, replace(pins[place], hidden=not pins[place].hidden))


def renamed(pins: Pins, place: int, name: str) -> Pins:
    """The pins with a name given to the one at this place; empty: it is named by what differs."""
    return _changed(pins, place, replace(pins[place], given=name.strip()))


def removed(pins: Pins, place: int) -> Pins:
    """The pins without the one at this place."""
    return pins[:place] + pins[place + 1 :]


def names(pins: Pins, schedule: Schedule) -> tuple[list[str], str]:
    """What the pins and the form's schedule are called, so that they can be told apart."""
    differing = names_by_difference([*(pin.schedule for pin in pins), schedule])
    called = [pin.given or name for pin, name in zip(pins, differing, strict=False)]
    return called, differing[-1]


def _changed(pins: Pins, place: int, pin: Pin) -> Pins:
    changed: Sequence[Pin] = (*pins[:place], pin, *pins[place + 1 :])
    return tuple(changed)
