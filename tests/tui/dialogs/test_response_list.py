"""The bars of a response."""

from lrtui.tui.dialogs.response_list import bar_of


def test_bars_tell_losses_apart_also_where_one_value_ruins_the_training() -> None:
    near, far = [0.1, 0.3, 1.2], [0.01, 0.1, 1.0, 1e5]
    assert [len(bar_of(one, near)) for one in near] == [1, 3, 12]
    assert [len(bar_of(one, far)) for one in far] == [1, 1 + round(11 / 7), 1 + round(22 / 7), 12]
    assert bar_of(0.0, [0.0, 5.0]) == bar_of(0.0, [0.0]) == "#"
