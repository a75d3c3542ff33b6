"""What is said shorter says the same: two terminals, one sent all, one what the wire leaves."""

from collections.abc import Sequence
from typing import Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.tui.terminal.cell_diff import CellDiff
from lrtui.tui.terminal.driver import SYNC_END, SYNC_START, cell_diff_driver

WIDTH, HEIGHT = 24, 5
CODES = (
    "",
    "1",
    "1;2",
    "7",
    "4;9",
    "31",
    "38;2;1;2;3",
    "1;38;5;9;48;5;17",
    "3;96;48;2;4;5;6",
    "104",
    "9",
)

Write = tuple[int, int, str, str]
"""Column, row, text, style."""


def said(writes: Sequence[Write]) -> str:
    """An update as Textual writes it: every run of a style with all of it, then the cursor."""
    parts = []
    for x, y, text, style in writes:
        parts.append(f"\x1b[{y + 1};{x + 1}H")
        parts.append(f"\x1b[{style}m{text}\x1b[0m" if style else text)
        parts.append("\n" if y < HEIGHT - 1 else "")
    return "".join([*parts, "\x1b[1;1H"])


def cells(screen: pyte.Screen) -> list[tuple[Any, ...]]:
    """What can be seen: a blank has no colour of text unless it is reversed or underlined."""
    found = []
    for y in range(HEIGHT):
        for x in range(WIDTH):
            cell = screen.buffer[y][x]
            plain = cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough)
            found.append(cell._replace(fg="", bold=False, italics=False) if plain else cell)
    return found


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    return screen, pyte.Stream(screen)


writes = st.builds(
    lambda x, y, text, style: (x, y, text[: WIDTH - x], style),
    st.integers(0, WIDTH - 1),
    st.integers(0, HEIGHT - 1),
    st.text(" ab⠙│é", min_size=1, max_size=WIDTH),
    st.sampled_from(CODES),
)
strange = st.sampled_from(
    ["\x1b[2;3H漢字\x1b[1;1H", "\x1b[2J", "\x1b[?1049h", "\x1b[3;1Hx\x1b[31my\x1b[0m\x1b[B"]
)


@given(st.lists(st.one_of(st.lists(writes, min_size=1, max_size=8).map(said), strange), max_size=9))
def test_the_terminal_shows_the_same(updates: Sequence[str]) -> None:
    (long_screen, long), (short_screen, short) = terminal(), terminal()
    diff = CellDiff()
    for update in updates:
        long.feed(update)
        short.feed(diff.shorten(update))
        assert cells(short_screen) == cells(long_screen)


def test_what_is_on_the_screen_is_not_sent_again() -> None:
    diff = CellDiff()
    update = said([(3, 1, "0.1┤ ⠙⠢", "38;2;1;2;3"), (3, 2, "abc", "1")])
    assert diff.shorten(update)
    assert diff.shorten(update) == ""
    diff.forget()
    assert "⠙⠢" in diff.shorten(update)


def test_one_cell_costs_a_move_and_the_cell() -> None:
    diff = CellDiff()
    diff.shorten(said([(0, 1, "the quick brown fox", "38;2;1;2;3;48;2;4;5;6")]))
    sent = diff.shorten(said([(0, 1, "the quick brawn fox", "38;2;1;2;3;48;2;4;5;6")]))
    assert sent == "\x1b[2;13Ha\x1b[H"


def test_a_colour_is_sent_once_and_a_background_kept() -> None:
    diff = CellDiff()
    diff.shorten(said([(0, 0, "a", "31;44")]))
    sent = diff.shorten(said([(0, 1, "bb", "31;44"), (3, 1, "c", "32;44"), (5, 1, "  ", "35;44")]))
    assert sent == "\x1b[2Hbb\x1b[C\x1b[32mc\x1b[C  \x1b[H"


@pytest.mark.parametrize(
    "data", ["\x1b[?1049h", "\x1b]52;c;aGk=\x07", "\x1b[?25l", "text", "\x1b[3J"]
)
def test_what_is_not_understood_goes_out_as_it_is(data: str) -> None:
    diff = CellDiff()
    diff.shorten(said([(0, 0, "a", "31")]))
    assert diff.shorten(data).endswith(data)


def test_after_the_alternate_screen_was_left_all_is_sent() -> None:
    diff, update = CellDiff(), said([(0, 0, "abc", "31")])
    diff.shorten(update)
    diff.shorten("\x1b[?1049l")
    assert "abc" in diff.shorten(update)


class FakeTerminal:
    """Stands in for Textual's driver."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.fileno = -1  # a terminal that cannot tell its size
        self.sent: list[str] = []

    def write(self, data: str) -> None:
        self.sent.append(data)


class FakeApp:
    size = (WIDTH, HEIGHT)


def test_an_update_that_changes_nothing_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    size = (WIDTH, HEIGHT)
    monkeypatch.setattr("os.get_terminal_size", lambda _: size)
    driver: Any = cell_diff_driver(FakeTerminal)(FakeApp())  # type: ignore[arg-type]
    update = said([(0, 0, "abc", "31")])
    for _ in range(2):
        for data in (SYNC_START, update, SYNC_END):
            driver.write(data)
    (sent,) = driver.sent
    assert sent.startswith(SYNC_START)
    assert sent.endswith(SYNC_END)


@given(st.lists(st.tuples(st.lists(writes, min_size=1, max_size=8).map(said), st.booleans())))
def test_of_what_was_drawn_meanwhile_the_last_is_sent(updates: Sequence[tuple[str, bool]]) -> None:
    (long_screen, long), (short_screen, short) = terminal(), terminal()
    diff = CellDiff()
    for update, sends in updates:
        long.feed(update)
        assert diff.take(update) == ""
        if sends:
            short.feed(diff.send())
            assert cells(short_screen) == cells(long_screen)


def test_what_is_not_understood_comes_after_what_was_drawn_before_it() -> None:
    diff = CellDiff()
    diff.take(said([(0, 0, "abc", "")]))
    before, _, _ = diff.take("\x1b[2J").partition("\x1b[2J")
    assert "abc" in before
    assert not diff.holds


def test_a_terminal_of_another_size_than_the_app_draws_for_is_sent_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda _: (WIDTH - 1, HEIGHT))
    driver: Any = cell_diff_driver(FakeTerminal)(FakeApp())  # type: ignore[arg-type]
    update = said([(0, 0, "abc", "31")])
    driver.write(update)
    driver.write(update)
    assert all("abc" in sent for sent in driver.sent)
