"""NOT_KNOWN is told from every other number, wherever float32 go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.live.viewers import History, reduced
from lrtui.protocol import pack, unpack
from lrtui.protocol.values import NOT_KNOWN, is_known, last_known, went_wrong

numbers = st.floats(width=32) | st.just(None)


@given(st.lists(numbers, min_size=1, max_size=50))
def test_it_goes_through_messages_and_is_no_divergence(values: list[float | None]) -> None:
    received = unpack(pack([float(NOT_KNOWN) if value is None else value for value in values]))
    known = [value is not None for value in values]
    assert is_known(received).tolist() == known
    wrong = [value is not None and not np.isfinite(value) for value in values]
    assert went_wrong(received).tolist() == wrong
    seen = [value for value in values if value is not None]
    last = last_known(received)
    assert (last is None) == (not seen)
    if seen and not np.isnan(seen[-1]):
        assert last == seen[-1]


@pytest.mark.parametrize("length", [1, 9, 5000])
def test_it_stays_where_the_past_is_reduced(length: int) -> None:
    """A stretch in which nothing is known has no smallest, largest and last number."""
    nothing = np.full(length, NOT_KNOWN)
    for part in reduced(0, np.full(length, 0.1, np.float32), nothing).losses:
        assert not is_known(unpack(part)).any()


def test_it_stays_in_what_a_viewer_is_sent_from() -> None:
    history = History()
    rates, losses = np.array([[0.1, NOT_KNOWN], [NOT_KNOWN, np.nan]], np.float32)
    history.add_steps(rates, losses)
    assert is_known(history.rates).tolist() == [True, False]
    assert is_known(history.losses).tolist() == [False, True]


def test_the_last_of_many() -> None:
    values = np.full(100_000, NOT_KNOWN)
    assert last_known(values) is None
    values[7] = 0.5
    assert last_known(values) == 0.5
