"""Shortens what is sent to the terminal: only cells go out that differ from those shown there.

Textual sends whole stretches of rows, and with each run of a style all of that style, again and
again. Between Textual and the terminal stands a :class:`CellDiff`, which knows what the terminal
shows. It reads what Textual writes (places, styles, text), and says the same in few bytes. What it
does not understand it passes on as it is, and then takes nothing for known.

It knows no widget and no terminal: text in, text out.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from rich.cells import get_character_cell_size

_PIECE = re.compile(r"\[([\d;]*)([Hm])([^\x00-\x1f\x7f]*)(\r?\n)?")
"""What follows an escape: a place or a style, then text."""
_LEAVES_CELLS_ALONE = re.compile(r"(\x1b\[\?(2026|25)[hl]|\x1b\][^\x1b\x07]*(\x1b\\|\x07))+")
"""Synchronized output, the cursor's visibility, strings for the terminal itself."""
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
"""What ends each attribute."""
_SEEN_ON_BLANKS = frozenset("479")
"""Underline, reverse and strike: to be seen where there is no character."""
_UNKNOWN = ""


class _Style(NamedTuple):
    """The parts of an SGR sequence."""

    attributes: frozenset[str]
    color: str
    background: str


class _Row:
    """The cells of a row: characters, and the style of each as SGR parameters."""

    __slots__ = ("styles", "texts")

    def __init__(self, texts: list[str], styles: list[str]) -> None:
        self.texts, self.styles = texts, styles

    def copy(self) -> "_Row":
        return _Row(self.texts.copy(), self.styles.copy())

    def put(self, x: int, text: str, style: str) -> None:
        """Write a text, its blanks in a style without what cannot be seen on them."""
        stop = x + len(text)
        if (lacking := stop - len(self.texts)) > 0:
            self.texts += [_UNKNOWN] * lacking
            self.styles += [_UNKNOWN] * lacking
        self.texts[x:stop] = text
        if " " in text:
            blank = _on_blanks(style)
            self.styles[x:stop] = [blank if cell == " " else style for cell in text]
        else:
            self.styles[x:stop] = [style] * len(text)


class CellDiff:
    """Remembers what the terminal shows, to send only what differs."""

    def __init__(self) -> None:
        self._rows: dict[int, _Row] = {}
        self._drawn: dict[int, _Row] = {}
        """Rows as they shall be, of which nothing has been sent yet."""
        self._end = (0, 0)
        """Where the cursor shall stand."""
        self._style: str | None = None
        """The style that the terminal writes in, if known."""
        self._narrow: set[str] = set()
        """Characters known to take one cell each."""

    @property
    def holds(self) -> bool:
        """Whether something was drawn that has not been sent."""
        return bool(self._drawn)

    def forget(self) -> None:
        """Take nothing on the screen for known."""
        self._rows.clear()

    def shorten(self, data: str) -> str:
        """An update in fewer bytes; empty if all of it is on the screen already."""
        return self.take(data) + self.send()

    def take(self, data: str) -> str:
        """Note what is drawn, to be sent later; returns what has to go out now, as it is."""
        if _LEAVES_CELLS_ALONE.fullmatch(data):
            return data
        update = self._read(data)
        if update is None:
            before = self.send()
            self.forget()
            before, self._style = before + ("\x1b[m" if self._style else ""), None
            return before + data
        rows, self._end = update
        self._drawn.update(rows)
        return ""

    def send(self) -> str:
        """What was drawn since the last time, as far as it differs from what was sent then."""
        parts: list[str] = []
        for y in sorted(self._drawn):
            was, row = self._rows.get(y), self._drawn[y]
            if was is None or was.texts != row.texts or was.styles != row.styles:
                self._send(parts, y, was or _Row([], []), row)
                self._rows[y] = row
        self._drawn.clear()
        if parts:
            parts.append(_place(*self._end))
        return "".join(parts)

    def _read(self, data: str) -> tuple[dict[int, _Row], tuple[int, int]] | None:
        """The rows that are written to, as they will be, and where the cursor is left."""
        first, *pieces = data.split("\x1b")
        rows: dict[int, _Row] = {}
        row: _Row | None = None
        x = y = 0
        style = ""
        if first:
            return None
        for piece in pieces:
            match = _PIECE.fullmatch(piece)
            if match is None:
                return None
            numbers, kind, text, newline = match.groups()
            if kind == "H":
                line, _, column = numbers.partition(";")
                x, y, row = int(column or 1) - 1, int(line or 1) - 1, None
            else:
                style = _after(style, numbers)
            if text:
                if not self._is_narrow(text) or x < 0:
                    return None
                if row is None:
                    row = rows.get(y)
                if row is None:
                    known = self._drawn.get(y) or self._rows.get(y)
                    row = rows[y] = known.copy() if known is not None else _Row([], [])
                row.put(x, text, style)
                x += len(text)
            if newline:
                x, y, row = -1, y + 1, None  # the column is the terminal's affair
        return None if style or x < 0 else (rows, (x, y))

    def _is_narrow(self, text: str) -> bool:
        new = set(text) - self._narrow
        if any(get_character_cell_size(character) != 1 for character in new):
            return False
        self._narrow |= new
        return True

    def _send(self, parts: list[str], y: int, was: _Row, row: _Row) -> None:
        """The cells of a row that differ, each stretch of them after a move."""
        texts, styles = row.texts, row.styles
        lacking = len(texts) - len(was.texts)
        old_texts = was.texts + [_UNKNOWN] * lacking
        old_styles = was.styles + [_UNKNOWN] * lacking
        at = -1
        for x, text in enumerate(texts):
            if text == old_texts[x] and styles[x] == old_styles[x]:
                continue
            if not text:
                continue
            if at < 0:
                parts.append(_place(x, y))
            elif at < x:
                parts.append(self._over(row, at, x))
            if styles[x] != self._style:
                self._paint(parts, styles[x], text)
            parts.append(text)
            at = x + 1

    def _over(self, row: _Row, at: int, x: int) -> str:
        """From one cell of a row to another: a move, or what lies between if that is shorter."""
        move = f"\x1b[{x - at}C" if x - at > 1 else "\x1b[C"
        between = "".join(row.texts[at:x])
        if x - at <= len(move) and len(between) == x - at and len(between.encode()) <= len(move):
            writes = self._style
            blank = None if writes is None else _on_blanks(writes)
            if all(
                style == (blank if text == " " else writes)
                for text, style in zip(between, row.styles[at:x], strict=True)
            ):
                return between
        return move

    def _paint(self, parts: list[str], style: str, text: str) -> None:
        if text == " " and self._style is not None and _on_blanks(self._style) == style:
            return
        parts.append(_change(self._style, style))
        self._style = style


def _place(x: int, y: int) -> str:
    if x:
        return f"\x1b[{y + 1};{x + 1}H"
    return f"\x1b[{y + 1}H" if y else "\x1b[H"


@lru_cache(maxsize=1024)
def _after(style: str, parameters: str) -> str:
    """The style after an SGR sequence."""
    if parameters in ("", "0"):
        return ""
    return f"{style};{parameters}" if style else parameters


@lru_cache(maxsize=1024)
def _on_blanks(style: str) -> str:
    """What of a style is to be seen on a blank."""
    parsed = _parsed(style)
    seen = sorted(parsed.attributes & _SEEN_ON_BLANKS)
    # Reversed, or underlined, a blank shows the colour of the text.
    color = parsed.color if seen else ""
    return ";".join(filter(None, (*seen, color, parsed.background)))


@lru_cache(maxsize=1024)
def _parsed(style: str) -> _Style:
    attributes: set[str] = set()
    color = background = ""
    numbers = style.split(";") if style else []
    while numbers:
        number = numbers.pop(0)
        if number in ("38", "48"):
            count = 4 if numbers[:1] == ["2"] else 2
            value = ";".join([number, *numbers[:count]])
            del numbers[:count]
        else:
            value = number
        if number in _OFF or len(number) == 1:
            attributes.add(number)
        elif number.startswith("3") or (number.startswith("9") and len(number) == 2):
            color = "" if number == "39" else value
        elif number.startswith(("4", "10")):
            background = "" if number == "49" else value
        else:
            attributes.add(number)
    return _Style(frozenset(attributes), color, background)


@lru_cache(maxsize=4096)
def _change(now: str | None, then: str) -> str:
    """The shortest SGR sequence from one style to another."""
    whole = f"\x1b[0;{then}m" if then else "\x1b[m"
    if now is None:
        return whole
    old, new = _parsed(now), _parsed(then)
    gone = old.attributes - new.attributes
    if not gone <= _OFF.keys():
        return whole
    ended = {_OFF[attribute] for attribute in gone}
    # What ends bold ends dim as well.
    again = {each for each in new.attributes if _OFF.get(each) in ended}
    parts = [*sorted(ended), *sorted((new.attributes - old.attributes) | again)]
    if old.color != new.color:
        parts.append(new.color or "39")
    if old.background != new.background:
        parts.append(new.background or "49")
    return min(f"\x1b[{';'.join(parts)}m", whole, key=len)
