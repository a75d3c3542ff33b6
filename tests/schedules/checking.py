"""Rates at chosen steps against expected ones."""

import numpy as np

from lrtui.schedules import parse


def check(text: str, expected: dict[int, float]) -> None:
    """The rates at the given steps, to the float32 precision that trainings compute in."""
    rates = parse(text)(list(expected))
    assert rates.dtype == np.float32
    np.testing.assert_allclose(rates, list(expected.values()), rtol=1e-6, atol=1e-9)
