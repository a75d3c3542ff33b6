"""A line of a list that a dialog shows. Only a value: the dialog is read when it is opened."""

from collections.abc import Callable
from typing import NamedTuple

from lrtui.plotting.picture import Picture


class ListLine(NamedTuple):
    """A line of a list, or a card of a gallery."""

    name: str
    about: str
    """Beside the name."""
    more: str = ""
    """Below the list while one stands on it; empty: `about`, if the line has no room for it."""
    draw: Callable[[int, int], Picture] | None = None
    """From width and height in cells to its picture."""
