"""Keys that reach the screen below when a dialog is already over it: they are meant for the dialog.

A widget gets its keys through a queue. Over a slow line, or when a key is held, several are in it
before the first has opened a dialog; the others were meant for that. So is what is pasted then.
"""

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.app import App

KeyOrPaste = events.Key | events.Paste
WAIT_SECONDS = 0.02
TRIES = 50
"""How often it is looked whether the dialog can take keys; then they go to whoever is there."""


class Typeahead:
    """Holds such keys until the dialog has something that takes them.

    Args:
        app: whose dialogs they are.
    """

    def __init__(self, app: "App[None]") -> None:
        self._app = app
        self._keys: list[KeyOrPaste] = []
        self._tries = 0

    def holds_back(self, event: KeyOrPaste) -> bool:
        """Whether a key has to wait behind others that do."""
        if self._keys:
            self._keys.append(event)
        return bool(self._keys)

    def add(self, event: KeyOrPaste) -> None:
        """A key that the screen below has got too late."""
        if isinstance(event, events.Paste):
            self._keys.append(events.Paste(event.text))
        else:
            self._keys.append(events.Key(event.key, event.character))
        if len(self._keys) == 1:
            self._tries = 0
            self._app.call_later(self._deliver)

    def _deliver(self) -> None:
        ready = len(self._app.screen_stack) == 1 or self._app.screen.focused is not None
        self._tries += 1
        if not ready and self._tries < TRIES:
            self._app.set_timer(WAIT_SECONDS, self._deliver)
            return
        keys, self._keys = self._keys, []
        for key in keys:
            self._app.post_message(key)
