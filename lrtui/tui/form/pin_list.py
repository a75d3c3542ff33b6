"""What is done to the pinned curves: kept, and changed in a list of them."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from lrtui.tui.form.form_holder import FormHolder
from lrtui.tui.host import Host
from lrtui.tui.list_line import ListLine
from lrtui.tui.scene import pins


class PinList:
    """Changes the pins of the form's state.

    Args:
        holder: what holds that state.
        host: the app.
    """

    def __init__(self, holder: FormHolder, host: Host) -> None:
        self._holder = holder
        self._host = host

    def pin(self) -> None:
        """Keep the present curve for comparison."""
        state = self._holder.form_state
        self._holder.put(replace(state, pins=pins.pinned(state.pins, state.schedule)))

    def show(self) -> None:
        """List the pins, with keys to change them."""
        from lrtui.tui.dialogs.list_dialog import ListDialog  # not needed for the first frame

        keys = (
            ("enter", "take into the form", self._load),
            ("h", "hide or show", lambda place: self._change(pins.hidden, place)),
            ("n", "name", self._name),
            ("backspace", "remove", lambda place: self._change(pins.removed, place)),
        )
        self._host.push_screen(ListDialog("pinned curves", self._lines, keys))

    def _lines(self) -> list[ListLine]:
        state = self._holder.form_state
        called, _ = pins.names(state.pins, state.schedule)
        return [
            ListLine(f"{name}{' (hidden)' if pin.hidden else ''}", str(pin.schedule))
            for name, pin in zip(called, state.pins, strict=True)
        ]

    def _load(self, place: int) -> bool:
        state = self._holder.form_state
        self._holder.put(state.open(state.pins[place].schedule))
        return True

    def _name(self, place: int) -> None:
        from lrtui.tui.dialogs.dialogs import AskDialog

        def name(text: str | None) -> None:
            if text is not None:
                self._change(pins.renamed, place, text)

        given = self._holder.form_state.pins[place].given
        hint = "empty: named by what differs"
        self._host.push_screen(AskDialog("name of the curve", str, given, hint), name)

    def _change(self, change: Callable[..., pins.Pins], place: int, *more: Any) -> None:
        state = self._holder.form_state
        self._holder.put(replace(state, pins=change(state.pins, place, *more)))
