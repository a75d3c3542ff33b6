"""The widget of the form: a line a parameter, turned with the arrow keys or typed into.

It shows what it is given and tells what was done; it holds no values. It is one widget: keys that
come fast on each other over a slow line are obeyed in their order, and only the rows that differ
are sent.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from lrtui.tui.form.form_line import FormLine, LineName, rows_of
from lrtui.tui.keys import CHOOSE, LINE, TURN, TYPE, TYPING, Key
from lrtui.tui.terminal.painted_rows import PaintedRows
from lrtui.tui.terminal.text_field import TextField

BEGINS_TYPING = "0123456789.["
_LOOKS_LIKE_A_VALUE = re.compile(r"[-+\d., \[\]ekmgEKMG]+").fullmatch
EDITING_KEYS = frozenset(
    ("backspace", "delete", "left", "right", "home", "end", "ctrl+a", "ctrl+e", "ctrl+u")
)


class FormListener(Protocol):
    """Does what is asked for in the form: at once, for the next key may depend on it."""

    def turn(self, name: LineName, notches: int, coarse: bool) -> None:
        """Turn a parameter by so many notches."""

    def type(self, name: LineName, text: str) -> None:
        """Take a text that was typed for a parameter."""

    def choose(self, name: LineName) -> None:
        """Offer the choices of a parameter."""

    def set_default(self, name: LineName) -> None:
        """Put a parameter back to its default."""

    def stand_on(self, name: LineName) -> None:
        """Note that the present line is now this one."""

    def paste(self, text: str) -> None:
        """Take a pasted text that is no value of a parameter."""

    def press(self, key: str) -> bool:
        """Obey a key that means nothing to the form. Returns whether it means something."""


class Form(PaintedRows, can_focus=True):
    """Shows lines in a column; one of them is the present one, which keys act on.

    Args:
        listener: is told what is done.
        keys_changed: called when keys mean something else: another line, or typing.
    """

    def __init__(self, listener: FormListener, keys_changed: Callable[[], None]) -> None:
        super().__init__()
        self._listener = listener
        self._keys_changed = keys_changed
        self._told: tuple[Key, ...] = ()
        """The keys as they were when their change was told last."""
        self._lines: Sequence[FormLine] = ()
        self._present: LineName | None = None
        self._typing: TextField | None = None
        self._made: dict[Hashable, list[Strip]] = {}
        """The strips of each line, by what they are made of."""
        self._owners: list[FormLine] = []
        """The line that each strip belongs to."""
        self._top = 0
        """The first strip that is seen, where not all fit."""
        self._below = 0
        """How many lines are below what is seen."""

    # ------------------------------------------------------------------ what is shown

    def show(self, lines: Sequence[FormLine]) -> None:
        """Show these lines. The present one stays, if it is still there."""
        self._lines = lines
        self.lay_out()

    @property
    def present(self) -> FormLine:
        """The line that keys act on."""
        named = [line for line in self._lines if not line.is_heading]
        return next((line for line in named if line.name == self._present), named[0])

    @property
    def _takes_text(self) -> bool:
        return self.present.typed and not self.present.choices

    @property
    def typing(self) -> bool:
        """Whether keys are text for a value."""
        return self._typing is not None

    @property
    def keys(self) -> tuple[Key, ...]:
        """What the footer says of the keys that the present line obeys."""
        if not self._lines:
            return ()
        line = self.present
        if self.typing:
            return TYPING
        enter = (CHOOSE,) if line.choices else (TYPE,) if line.typed else ()
        return (LINE, *((TURN,) if line.turns else ()), *enter)

    @property
    def rows_needed(self) -> int:
        """Rows of all its lines, at its present width; before it has one, a row for each."""
        return max(1, len(self._owners or self._lines))

    def notify_style_update(self) -> None:
        """Paint anew in other colours."""
        self._made.clear()
        super().notify_style_update()

    def on_focus(self) -> None:
        """Show the present line as such."""
        self.lay_out()

    def on_blur(self) -> None:
        """Take what was typed when the focus goes elsewhere."""
        self._take()
        self.lay_out()

    def lay_out(self) -> None:
        """Make the rows for the present size; only those of lines that changed are new."""
        width, height = self.size
        if not self._lines or not width:
            return
        strips: list[Strip] = []
        owners: list[FormLine] = []
        made: dict[Hashable, list[Strip]] = {}
        seen, present = range(0), self.present
        ascii = self.app.has_class("-ascii")
        for line in self._lines:
            stood_on = line is present and self.has_focus
            typing = self._typing if stood_on else None
            key = (line, stood_on, typing, width)
            rows = self._made.get(key)
            rows = rows or rows_of(line, stood_on, typing, width, self.style, ascii)
            made[key] = rows
            if line is present:
                seen = range(len(strips), len(strips) + len(rows))
            strips += rows
            owners += [line] * len(rows)
        top = min(max(self._top, seen.stop - height), max(0, len(strips) - height))
        self._owners, self._top, self._made = owners, min(top, seen.start), made
        self.put(strips[self._top : self._top + height])
        if self._told != self.keys:
            self._told = self.keys
            self._keys_changed()
        self._tell_of(owners[self._top + height :])

    def _tell_of(self, hidden: Sequence[FormLine]) -> None:
        """Say on the frame how many lines there are below those that are seen."""
        count = len({line.name for line in hidden if not line.is_heading})
        if count != self._below and isinstance(self.parent, Widget):
            self._below = count
            # Whatever it is set to, all of that widget is painted anew.
            self.parent.border_subtitle = f"{count} more below" if count else ""

    # ------------------------------------------------------------------ keys and mouse

    def action_turn(self, notches: int, coarse: bool = False) -> None:
        """Turn the present parameter; one that does not turn is typed."""
        if self.present.turns:
            self._listener.turn(self.present.name, notches, coarse)
        elif self.present.typed:
            self.action_type()

    def action_default(self) -> None:
        """Put the present parameter back to its default."""
        self._listener.set_default(self.present.name)

    def action_step(self, direction: int) -> None:
        """Go to the line above or below."""
        names = [line.name for line in self._lines if not line.is_heading]
        place = names.index(self.present.name) + direction
        self.stand_on(names[place % len(names)])

    def stand_on(self, name: LineName) -> None:
        """Make a line the present one."""
        self._present = name
        self.lay_out()
        self._listener.stand_on(name)

    def action_type(self) -> None:
        """Type a value for the present parameter, or choose it."""
        line = self.present
        if line.choices:
            self._listener.choose(line.name)
        elif line.typed:
            self._typing = TextField(line.text, len(line.text), fresh=True)
            self.lay_out()

    def on_key(self, event: events.Key) -> None:
        """Obey a key at once: a binding would be obeyed after the keys that follow it."""
        if self.app.focused is not self:
            return  # a key before it in the same burst went elsewhere; this one is sent after it
        typed = event.character if event.is_printable else None
        if self._typing is not None:
            known = self._typing_key(self._typing, event.key, typed)
        elif typed and typed in BEGINS_TYPING and self._takes_text:
            self._typing, known = TextField(typed, 1), True
        else:
            known = self._turning_key(event.key) or self._listener.press(event.key)
        if known:
            event.stop()
            event.prevent_default()
            self.lay_out()

    def _typing_key(self, typing: TextField, key: str, typed: str | None) -> bool:
        """While typing, all keys but commands are text."""
        if key == "escape":
            self._typing = None
        elif key in ("enter", "up", "down", "tab"):
            self._take()
            if key != "enter":
                self.action_step(-1 if key == "up" else 1)
        elif key in EDITING_KEYS:
            self._typing = typing.press(key)
        elif typed:
            self._typing = typing.insert(typed)
        else:
            return False
        return True

    def _turning_key(self, key: str) -> bool:
        match key:
            case "up" | "down":
                self.action_step(-1 if key == "up" else 1)
            case "left" | "right" | "shift+left" | "shift+right":
                self.action_turn(1 if key.endswith("right") else -1, key.startswith("shift"))
            case "enter":
                self.action_type()
            case "backspace" | "delete":
                self.action_default()
            case _:
                return False
        return True

    def on_paste(self, event: events.Paste) -> None:
        """A pasted number or list is typed; anything else may be a schedule."""
        if self.app.screen is not self.screen:
            return  # see above: it is the dialog's
        from lrtui.schedules.lines import in_one_line  # not needed for the first frame

        event.stop()
        text = "".join(filter(str.isprintable, in_one_line(event.text)))
        if self._typing is None and not (self._takes_text and _LOOKS_LIKE_A_VALUE(text)):
            self._listener.paste(text)
        else:
            self._typing = (self._typing or TextField("", 0)).insert(text)
            self.lay_out()

    def on_click(self, event: events.Click) -> None:
        """A click chooses a line; at the arrows it turns it, a double click types."""
        place = self._top + event.y
        if place >= len(self._owners) or self._owners[place].is_heading:
            return
        self._take()
        line = self._owners[place]
        turning = line is self.present and line.turns and event.chain == 1
        width = self.size.width
        left = width - len(line.text) - 4
        self.stand_on(line.name)
        if turning and event.x in (width - 1, left):
            self.action_turn(1 if event.x == width - 1 else -1)
        elif event.chain == 2:
            self.action_type()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel goes through the lines."""
        event.stop()
        self.action_step(-1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel goes through the lines."""
        event.stop()
        self.action_step(1)

    def _take(self) -> None:
        typing, self._typing = self._typing, None
        if typing is not None and (typing.text != self.present.text or self.present.again):
            self._listener.type(self.present.name, typing.text)
