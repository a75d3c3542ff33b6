"""Numbers as they stand in files, so that they read back as the very same float32."""

import math

import numpy as np


def shortest(value: float) -> str:
    """The shortest text that reads back as this number: ``0.098``, ``1e-05``, ``nan``, ``inf``.

    A number that is a float32, as every rate and loss is, gets the digits that a float32 needs.
    """
    with np.errstate(over="ignore"):
        single = np.float32(value)
    if math.isnan(value) or float(single) == value:
        return str(single)
    return repr(float(value))


def in_json(value: float) -> float | str:
    """The number as JSON holds it, in the fewest digits; as text where JSON has no such one."""
    return float(shortest(value)) if math.isfinite(value) else shortest(value)
