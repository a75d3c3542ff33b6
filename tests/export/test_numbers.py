"""Numbers as text."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.export import shortest
from tests.schedules.strategies import patient


@given(value=st.floats(width=32, allow_nan=False))
@patient
def test_a_float32_reads_back_to_the_last_bit(value: float) -> None:
    text = shortest(value)
    assert np.float32(text).tobytes() == np.float32(value).tobytes()
    assert np.float32(float(text)).tobytes() == np.float32(value).tobytes()


@given(value=st.floats(allow_nan=False))
@patient
def test_any_other_number_reads_back_too(value: float) -> None:
    # As a float32 where it is one, else exactly.
    read = float(shortest(value))
    assert read == value or float(np.float32(read)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float(np.float32(0.1)), "0.1"),
        (0.1, "0.1"),
        (float(np.float32(1e-5)), "1e-05"),
        (0.0, "0.0"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
    ],
)
def test_short(value: float, text: str) -> None:
    assert shortest(value) == text
