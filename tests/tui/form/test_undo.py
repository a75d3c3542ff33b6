"""Undo and redo, and keys that are held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.tui.form.undo import LIMIT, UndoHistory
from lrtui.tui.terminal.key_repeat import KeyRepeat


def test_back_and_forth() -> None:
    history = UndoHistory("a").put("b").put("c")
    assert history.undo().present == "b"
    assert history.undo().undo().present == "a"
    assert history.undo().undo().undo().present == "a"
    assert history.undo().undo().redo().present == "b"
    assert history.undo().undo().redo().redo().redo().present == "c"


def test_another_edit_forgets_what_was_undone() -> None:
    history = UndoHistory("a").put("b").undo().put("c")
    assert history.redo().present == "c"
    assert history.undo().present == "a"


def test_a_gesture_is_one_step() -> None:
    history = (
        UndoHistory(0)
        .put(1, "turn rate")
        .put(2, "turn rate")
        .put(3, "turn steps")
        .put(4, "turn rate")
    )
    assert history.undo().present == 3
    assert history.undo().undo().present == 2
    assert history.undo().undo().undo().present == 0


def test_puts_without_a_gesture_are_steps_of_their_own() -> None:
    assert UndoHistory(0).put(1).put(2).undo().present == 1


def test_a_gesture_is_over_once_it_was_undone() -> None:
    history = UndoHistory(0).put(1, "turn").undo().put(2, "turn").put(3, "turn")
    assert history.undo().present == 0
    assert UndoHistory(0).put(1).put(2, "turn").undo().redo().put(3, "turn").undo().present == 2


def test_turned_there_and_back_is_no_step() -> None:
    history = UndoHistory(0).put(1).put(2, "turn").put(1, "turn")
    assert history.undo().present == 0
    # and what follows is a step again
    assert history.put(2, "turn").undo().present == 1


def test_an_equal_value_is_no_step_and_forgets_nothing() -> None:
    history = UndoHistory(0).put(1).put(2).undo()
    assert history.put(1, "turn") is history
    assert history.redo().present == 2


def test_amending_is_no_step() -> None:
    history = UndoHistory(0).put(1).put(2).undo().amend(10)
    assert history.present == 10
    assert history.undo().present == 0
    assert history.redo().present == 2


def test_the_past_is_bounded_and_forgets_the_oldest() -> None:
    history = UndoHistory(0)
    for value in range(1, LIMIT + 6):
        history = history.put(value)
    for _ in range(LIMIT + 6):
        history = history.undo()
    assert history.present == 5


@given(st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["undo", "redo"]))))
def test_it_does_what_a_list_of_all_values_does(deeds: list[int | str]) -> None:
    history, all_values, place = UndoHistory(0), [0], 0
    for deed in deeds:
        if deed == "undo":
            history, place = history.undo(), max(0, place - 1)
        elif deed == "redo":
            history, place = history.redo(), min(len(all_values) - 1, place + 1)
        elif isinstance(deed, int) and deed != all_values[place]:
            history = history.put(deed)
            all_values = [*all_values[: place + 1], deed]
            place += 1
        assert history.present == all_values[place]


def held(times: int, every: float, at_most: int = 10) -> list[int]:
    """The notches of a key that comes so often, so many seconds apart."""
    key_repeat, turned = KeyRepeat(), []
    for press in range(times):
        key_repeat = key_repeat.press("right", 100 + press * every)
        turned.append(key_repeat.notches(at_most))
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
    key_repeat = KeyRepeat()
    for press in range(31):
        key_repeat = key_repeat.press("right", press * 0.03)
    assert key_repeat.notches() == 10
    assert key_repeat.since == 0
    key_repeat = key_repeat.press(key, key_repeat.last + now)
    assert key_repeat.notches() == 1
    assert key_repeat.since == key_repeat.last
