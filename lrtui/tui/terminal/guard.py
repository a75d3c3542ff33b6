"""What a crash of one widget comes to: the widget goes on, or its dialog is closed.

Textual ends the whole program then. Here the next message is obeyed as ever, and the app is told,
which says and logs what happened.
"""

import traceback
from typing import TYPE_CHECKING, Any

from textual.dom import DOMNode
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.worker import WorkerFailed

if TYPE_CHECKING:
    from textual.widget import Widget
else:
    Widget = object  # of several bases, Textual has the styles of the first that is a widget


class Guarded(MessagePump):
    """An app, a screen or a widget that outlives an error in what it does."""

    async def _dispatch_message(self, message: Message) -> None:
        """Obey a message; after an error the next one will be obeyed."""
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self.app._handle_exception(error)


class GuardedWidget(Guarded, Widget):
    """A widget or a screen that outlives an error in what it does and in what it draws."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of this part; blank ones when they cannot be drawn, so that the rest is."""
        try:
            return super().render_lines(crop)
        except Exception as error:
            self.app._handle_exception(error)
            return [Strip.blank(crop.width)] * crop.height


def cause(error: BaseException) -> BaseException:
    """What was raised, where Textual has put something around it."""
    return error.error if isinstance(error, WorkerFailed) else error


def nodes_at_fault(error: BaseException) -> list[DOMNode]:
    """The app, screens and widgets in whose methods an error was raised, innermost last."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    owners: list[Any] = [frame.f_locals.get("self") for frame in frames]
    return [owner for owner in owners if isinstance(owner, DOMNode)]
