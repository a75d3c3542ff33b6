"""What the controllers of the app may ask of it."""

from typing import Any, Protocol

from lrtui.schedules import Schedule
from lrtui.tui.scene.scene import Scene


class Host(Protocol):
    """The app, as editor, viewer, trainer and their like see it."""

    @property
    def scene(self) -> Scene:
        """What is seen now."""

    @property
    def ascii(self) -> bool:
        """Whether the terminal shows ASCII only."""

    @property
    def reading(self) -> bool:
        """Whether keys go to the plot of rates."""

    @property
    def plot_width(self) -> int:
        """Of the plot of rates, in cells."""

    def say(self, text: str) -> None:
        """Tell the person something."""

    def push_screen(self, screen: Any, callback: Any = None) -> Any:
        """Show a dialog, and call back with its value."""

    def copy_to_clipboard(self, text: str) -> None:
        """Put a text into the terminal's clipboard, if it has one."""

    def redraw(self) -> None:
        """Show what is new now."""

    def edited(self) -> None:
        """The form holds something else now."""

    def read_again(self, source: str) -> None:
        """The source of a schedule of one's own was taken anew."""

    def typed(self, text: str, schedule: Schedule) -> None:
        """A person typed this text, which means that schedule: its code may be run."""

    def obey(self, key: str) -> bool:
        """Do what a key of the program does. Returns whether it is one."""
