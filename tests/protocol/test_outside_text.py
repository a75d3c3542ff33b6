"""Text from outside does nothing to a terminal, and what it held can still be read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.protocol.outside_text import harmless
from tests.hostile import CORPUS, obeyed


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert obeyed(harmless(text)) == []


@given(st.text(st.characters(), max_size=50))
def test_of_any_text(text: str) -> None:
    made = harmless(text)
    spaces = {ord(one): "" for one in made if unicodedata.category(one) == "Zs"}
    assert obeyed(made.translate(spaces)) == []
    assert not set(made) & {"\x1b", "\x9b", "\u202e", "\u2066", "\n"}


def test_what_it_held_is_written_down() -> None:
    assert harmless("a\x07b\u202ec\n") == r"a\x07b\u202ec\n"
    assert harmless("a\tb\nc", keep="\n\t") == "a\tb\nc"
    assert harmless("\x1b[1;31mred\x1b[0m") == "red"
    assert harmless("Größe 大 ⣀ 1\xa0000") == "Größe 大 ⣀ 1\xa0000"
