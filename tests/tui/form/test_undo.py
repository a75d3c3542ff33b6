"""Undo and redo, and keys that are held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.tui.form.undo import LIMIT, Past
from lrtui.tui.terminal.key_repeat import Repeats


def test_back_and_forth() -> None:
    past = Past("a").put("b").put("c")
    assert past.undo().present == "b"
    assert past.undo().undo().present == "a"
    assert past.undo().undo().undo().present == "a"
    assert past.undo().undo().redo().present == "b"
    assert past.undo().undo().redo().redo().redo().present == "c"


def test_another_edit_forgets_what_was_undone() -> None:
    past = Past("a").put("b").undo().put("c")
    assert past.redo().present == "c"
    assert past.undo().present == "a"


def test_a_gesture_is_one_step() -> None:
    past = Past(0).put(1, "turn rate").put(2, "turn rate").put(3, "turn steps").put(4, "turn rate")
    assert past.undo().present == 3
    assert past.undo().undo().present == 2
    assert past.undo().undo().undo().present == 0


def test_puts_without_a_gesture_are_steps_of_their_own() -> None:
    assert Past(0).put(1).put(2).undo().present == 1


def test_a_gesture_is_over_once_it_was_undone() -> None:
    past = Past(0).put(1, "turn").undo().put(2, "turn").put(3, "turn")
    assert past.undo().present == 0
    assert Past(0).put(1).put(2, "turn").undo().redo().put(3, "turn").undo().present == 2


def test_turned_there_and_back_is_no_step() -> None:
    past = Past(0).put(1).put(2, "turn").put(1, "turn")
    assert past.undo().present == 0
    # and what follows is a step again
    assert past.put(2, "turn").undo().present == 1


def test_an_equal_value_is_no_step_and_forgets_nothing() -> None:
    past = Past(0).put(1).put(2).undo()
    assert past.put(1, "turn") is past
    assert past.redo().present == 2


def test_amending_is_no_step() -> None:
    past = Past(0).put(1).put(2).undo().amend(10)
    assert past.present == 10
    assert past.undo().present == 0
    assert past.redo().present == 2


def test_the_past_is_bounded_and_forgets_the_oldest() -> None:
    past = Past(0)
    for value in range(1, LIMIT + 6):
        past = past.put(value)
    for _ in range(LIMIT + 6):
        past = past.undo()
    assert past.present == 5


@given(st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["undo", "redo"]))))
def test_it_does_what_a_list_of_all_values_does(deeds: list[int | str]) -> None:
    past, all_values, place = Past(0), [0], 0
    for deed in deeds:
        if deed == "undo":
            past, place = past.undo(), max(0, place - 1)
        elif deed == "redo":
            past, place = past.redo(), min(len(all_values) - 1, place + 1)
        elif isinstance(deed, int) and deed != all_values[place]:
            past = past.put(deed)
            all_values = [*all_values[: place + 1], deed]
            place += 1
        assert past.present == all_values[place]


def held(times: int, every: float, at_most: int = 10) -> list[int]:
    """The notches of a key that comes so often, so many seconds apart."""
    repeats, turned = Repeats(), []
    for press in range(times):
        repeats = repeats.press("right", 100 + press * every)
        turned.append(repeats.notches(at_most))
    return turned


def test_a_held_key_turns_faster_and_faster() -> None:
    assert held(32, 1 / 30) == [1] * 10 + [2] * 10 + [5] * 10 + [10] * 2


def test_keys_that_come_in_a_burst_over_a_slow_line_count_as_held() -> None:
    assert held(32, 0.0) == held(32, 1 / 30)


def test_a_tapped_key_turns_one_notch_a_tap() -> None:
    assert held(100, 0.2) == [1] * 100


def test_what_has_coarse_notches_is_not_turned_so_fast() -> None:
    assert held(40, 0.03, at_most=2)[-1] == 2
    assert set(held(40, 0.03, at_most=1)) == {1}


@pytest.mark.parametrize(
    ("key", "now"), [("left", 0.03), ("right", 0.16)], ids=["another key", "a pause"]
)
def test_it_begins_anew(key: str, now: float) -> None:
    repeats = Repeats()
    for press in range(31):
        repeats = repeats.press("right", press * 0.03)
    assert repeats.notches() == 10
    assert repeats.since == 0
    repeats = repeats.press(key, repeats.last + now)
    assert repeats.notches() == 1
    assert repeats.since == repeats.last
