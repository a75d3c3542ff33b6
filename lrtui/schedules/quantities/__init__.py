"""The kinds of parameter there are: a class says all that must be known of a kind's values.

Which values are allowed, how they are written and read, how far a notch of the arrow keys goes, and
which values beside the present one are worth a comparison. A parameter is annotated with its type
and its kind: ``Annotated[float, Tenths(high=100)]``.
"""

from lrtui.schedules.quantities.base import Quantity
from lrtui.schedules.quantities.choices import AnyText, Choice, Switch
from lrtui.schedules.quantities.described import DescribedValue
from lrtui.schedules.quantities.end_fraction import EndFraction
from lrtui.schedules.quantities.near_one import NearOne
from lrtui.schedules.quantities.numbers import (
    FLOAT32_MAX,
    Hundredths,
    Integer,
    Number,
    NumberPairs,
    OneTwoFive,
    Rate,
    Signed,
    Tenths,
)

__all__ = [
    "FLOAT32_MAX",
    "AnyText",
    "Choice",
    "DescribedValue",
    "EndFraction",
    "Hundredths",
    "Integer",
    "NearOne",
    "Number",
    "NumberPairs",
    "OneTwoFive",
    "Quantity",
    "Rate",
    "Signed",
    "Switch",
    "Tenths",
]
