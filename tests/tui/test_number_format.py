"""Numbers as the screen shows them."""

import math

import numpy as np
import pytest

from lrtui.protocol.values import NOT_KNOWN
from lrtui.tui.number_format import format_batch_loss, format_duration, format_loss, format_rate


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0982, "9.820e-2"), (1.0, "1.000e0"), (0.0, "0.000e0"), (1e30, "1.000e30"),
     (math.nan, "nan"), (math.inf, "inf")],
)  # fmt: skip
def test_rate(value: float, text: str) -> None:
    assert format_rate(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.31271, "0.3127"), (0.0, "0.0"), (1e-5, "1.00e-5"), (123456.0, "1.23e5"),
     (None, ""), (math.nan, "nan"), (-math.inf, "-inf")],
)  # fmt: skip
def test_loss(value: float | None, text: str) -> None:
    assert format_loss(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(7.4, "0:07"), (750, "12:30"), (3723, "1:02:03"), (-1, "0:00")]
)
def test_duration(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_a_loss_that_is_not_known_is_no_nan() -> None:
    assert format_batch_loss(NOT_KNOWN) == "not known"
    assert format_batch_loss(np.float32(np.nan)) == "nan"
    assert format_batch_loss(np.float32(0.5)) == "0.5000"
