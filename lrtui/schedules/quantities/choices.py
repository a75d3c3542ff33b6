"""Kinds that are no numbers: texts, one of several texts, on or off."""

from collections.abc import Callable
from typing import Any, ClassVar

from lrtui.schedules.quantities.base import Quantity

_WORDS = {"on": True, "true": True, "yes": True, "1": True}
_WORDS |= {"off": False, "false": False, "no": False, "0": False}


class AnyText(Quantity, frozen=True):
    """Any text."""

    def allowed(self, type: type, many: bool) -> str:
        """A text."""
        return "must be a text"

    def accepts(self, value: Any, type: type) -> bool:
        """Any text."""
        return isinstance(value, str)

    def read(self, text: str, type: type) -> Any:
        """The text as it is."""
        return text


class Choice(Quantity, frozen=True, kw_only=True):
    """One of several texts, or with `others` also a text that is none of them."""

    others: Callable[[str], str] | None = None
    """What reads a text that is none of the choices, which with it are suggestions: it returns the
    text as it shall stand, or raises :class:`~lrtui.schedules.invalid.Invalid`."""

    turned_by: ClassVar[str] = "the next one"
    notches_at_once: ClassVar[int] = 1

    @property
    def closed(self) -> bool:
        """Whether it is never typed."""
        return self.others is None

    def allowed(self, type: type, many: bool) -> str:
        """The choices."""
        phrase = f"must be one of {', '.join(self.choices)}"
        return f"{phrase}, or as in {self.example}" if self.others else phrase

    def accepts(self, value: Any, type: type) -> bool:
        """One of the choices, or what `others` takes, which says itself what is wrong with it."""
        return isinstance(value, str) and (value in self.choices or self.others is not None)

    def convert(self, value: Any, type: type) -> Any:
        """The text as it shall stand."""
        return self.others(value) if self.others and value not in self.choices else value

    def read(self, text: str, type: type) -> Any:
        """The text as it is."""
        return text

    def turn(self, value: Any, notches: int, coarse: bool, type: type) -> Any:
        """The next choice; from a text that is none, the first of them, or down the last."""
        return _next(self.choices, value, notches)

    def compared(
        self, value: Any, count: int, scale: float | None, default: Any, type: type
    ) -> tuple[Any, ...]:
        """All choices, and before them a present value that is none of them."""
        return self.choices if value in self.choices else (value, *self.choices)


class Switch(Quantity, frozen=True):
    """On or off."""

    turned_by: ClassVar[str] = "the next one"
    notches_at_once: ClassVar[int] = 1

    @property
    def closed(self) -> bool:
        """Always."""
        return True

    def allowed(self, type: type, many: bool) -> str:
        """As Python says it."""
        return "must be true or false"

    def accepts(self, value: Any, type: type) -> bool:
        """True or False; 1 is neither."""
        return isinstance(value, bool)

    def read(self, text: str, type: type) -> Any:
        """``on``, ``true``, ``yes``, ``1``, or the contrary."""
        if text.lower() not in _WORDS:
            raise ValueError(text)
        return _WORDS[text.lower()]

    def write(self, value: Any) -> str:
        """As the form shows it."""
        return "on" if value else "off"

    def turn(self, value: Any, notches: int, coarse: bool, type: type) -> Any:
        """The other one."""
        return _next((False, True), value, notches)

    def compared(
        self, value: Any, count: int, scale: float | None, default: Any, type: type
    ) -> tuple[Any, ...]:
        """Both."""
        return (False, True)


def _next(choices: tuple[Any, ...], value: Any, notches: int) -> Any:
    outside = -1 if notches > 0 else 0
    place = choices.index(value) if value in choices else outside
    return choices[(place + notches) % len(choices)]
