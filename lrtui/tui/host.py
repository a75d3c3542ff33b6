"""What editor, plot controller and trainer may ask of the app."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from lrtui.schedules import Schedule
from lrtui.tui.scene.scene import Scene


class Host(Protocol):
    """What the app does for editor, plot controller, trainer and dialogs."""

    @property
    def scene(self) -> Scene:
        """What the plots show now."""

    @property
    def ascii(self) -> bool:
        """Whether the terminal shows ASCII only."""

    @property
    def covered(self) -> bool:
        """Whether a dialog is over the screen."""

    @property
    def in_plot(self) -> bool:
        """Whether keys go to the plot of rates."""

    @property
    def plot_width(self) -> int:
        """The width of the plot of rates, in cells."""

    def say(self, text: str) -> None:
        """Tell the person something."""

    def push_screen(self, screen: Any, callback: Any = None) -> Any:
        """Show a dialog, and call back with its value."""

    def copy_to_clipboard(self, text: str) -> None:
        """Put a text into the terminal's clipboard, if it has one."""

    def redraw(self) -> None:
        """Draw the screen anew."""

    def draw_steps(self, count: int) -> None:
        """Have so many steps drawn while nothing trains."""

    def edited(self) -> None:
        """Show what changed: the form holds something else now."""

    def read_again(self, source: str) -> None:
        """Read the file of a schedule of the user's own again: its source was typed anew."""

    def open_store(self, path: Path) -> None:
        """Show the map of a file of ``lrtui sweep``."""

    def named(self, sources: Sequence[str]) -> None:
        """A person typed these sources of code: it may be run."""

    def typed(self, text: str, schedule: Schedule) -> None:
        """A person typed this text, which means that schedule: its code may be run."""

    def obey(self, key: str) -> bool:
        """Do what a key of the program does. Returns whether it is one."""
