"""A line of a list that a dialog shows. Only a value: the dialog is read when it is opened."""

from typing import NamedTuple


class ListLine(NamedTuple):
    """A line of a list."""

    name: str
    about: str
    """Beside the name."""
    more: str = ""
    """Below the list while one stands on it; empty: `about`, if the line has no room for it."""
