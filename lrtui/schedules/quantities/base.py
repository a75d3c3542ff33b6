"""What every kind of parameter must say of its values; the kinds are the classes below it."""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

TYPED = "not turned: type it"


class Quantity(msgspec.Struct, frozen=True):
    """A kind of parameter. What a class does not say itself is: a value that is typed, not turned.

    Its methods take one value, of the type that the annotation names: lists and none are the
    matter of :class:`~lrtui.schedules.parameters.Parameter`.
    """

    unit: str = ""
    """What is counted: ``steps``."""
    example: str = ""
    """A value as it is written, where words alone do not say how."""
    choices: tuple[str, ...] = ()
    """The texts that are offered in a list."""

    turned_by: ClassVar[str] = TYPED
    """What the arrow keys do to a value, in words: a notch, and a coarse one."""
    notches_at_once: ClassVar[int] = 10
    """So many notches a held key may turn at once, so that one can still let go in time: a second
    of 30 keys then turns a rate by five decades, a seed by 80."""

    @property
    def closed(self) -> bool:
        """Whether it is chosen and never typed."""
        return False

    @property
    def turns(self) -> bool:
        """Whether the arrow keys do anything to a value."""
        return self.turned_by is not TYPED

    # ------------------------------------------------------------------ written and read

    def allowed(self, type: type, many: bool) -> str:
        """What may stand there, as a phrase: ``must be an integer >= 1``."""
        raise NotImplementedError

    def accepts(self, value: Any, type: type) -> bool:
        """Whether a value is allowed."""
        raise NotImplementedError

    def accepts_all(self, values: Sequence[Any], type: type) -> bool:
        """Whether many values are allowed as they are, seen at once; False: look at each."""
        return False

    def convert(self, value: Any, type: type) -> Any:
        """An accepted value in the type of the parameter."""
        return type(value)

    def from_literal(self, value: Any, many: bool) -> Any:
        """What a Python literal in a constructor expression stands for, not yet checked."""
        return value

    def read(self, text: str, type: type) -> Any:
        """The value that a person typed, not yet checked.

        Raises:
            ValueError: it is not understood.
        """
        raise NotImplementedError

    def split(self, text: str) -> list[str]:
        """The texts of several values."""
        return text.strip("[]()").replace(",", " ").split()

    def write(self, value: Any) -> str:
        """The value as a person reads it, exact: :meth:`read` gives it back."""
        return str(value)

    # ------------------------------------------------------------------ turned and compared

    def turn(self, value: Any, notches: int, coarse: bool, type: type) -> Any:
        """The value some notches further up (positive) or down, within its bounds."""
        return value

    def compared(
        self, value: Any, count: int, scale: float | None, default: Any, type: type
    ) -> tuple[Any, ...]:
        """At most `count` values to compare, ascending; see :func:`values_to_compare`."""
        return (value,)
