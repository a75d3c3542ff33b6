"""The kind whose values have parameters of their own, such as a schedule within another."""

from collections.abc import Callable
from typing import Any, TypeVar

from lrtui.schedules.invalid import Invalid
from lrtui.schedules.number_text import split_commas
from lrtui.schedules.quantities.base import Quantity

_Reader = TypeVar("_Reader", bound=Callable[[str], Any])

_READERS: dict[type, Callable[[str], Any]] = {}


class DescribedValue(Quantity, frozen=True):
    """A value that has parameters itself: its type is a class of them. It is never turned."""

    def allowed(self, type: type, many: bool) -> str:
        """The class in small letters."""
        name = type.__name__.lower()
        return f"must be {f'{name}s' if many else f'a {name}'}, as in {self.example}"

    def accepts(self, value: Any, type: type) -> bool:
        """A value of the class."""
        return isinstance(value, type)

    def convert(self, value: Any, type: type) -> Any:
        """The value itself."""
        return value

    def read(self, text: str, type: type) -> Any:
        """By the reader of the class."""
        return read_described(type, text)

    def split(self, text: str) -> list[str]:
        """The parts between commas, those within brackets aside."""
        return split_commas(
            text[1:-1] if text[:1] in ("[", "(") and text[-1:] in ("]", ")") else text
        )


def reader_of(cls: type) -> Callable[[_Reader], _Reader]:
    """Decorate the function that reads a text as a value of `cls`, or of a class below it.

    A class cannot read its own texts where one may describe any class below it, as a schedule's do:
    those know it, and it knows none of them.
    """

    def register(reader: _Reader) -> _Reader:
        _READERS[cls] = reader
        return reader

    return register


def read_described(cls: type, text: str) -> Any:
    """The value that a text describes, by the reader of `cls`.

    Raises:
        Invalid: it is not understood, or there is no reader.
    """
    for base in cls.__mro__:
        if reader := _READERS.get(base):
            return reader(text)
    raise Invalid(cls.__name__, "has no text form", text)
