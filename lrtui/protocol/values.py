"""What all messages are made of, and how numbers travel in them."""

import hashlib
import math
import re
from collections.abc import Iterable
from typing import Literal

import msgspec
import numpy as np

from lrtui.schedules.arrays import Float32s

Number = float | Literal["nan", "inf", "-inf"]
"""A number on the wire."""


def _tag(class_name: str) -> str:
    """``StepsDone`` as ``steps_done``."""
    return re.sub(r"(?<=.)(?=[A-Z])", "_", class_name).lower()


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=_tag):
    """One line between a training and whoever watches it."""


def content_digest(data: bytes) -> str:
    """Of what a file of code holds: what was allowed is told from what was not by it."""
    return hashlib.sha256(data).hexdigest()


def to_wire(value: float) -> Number:
    """A number as it travels."""
    if math.isfinite(value):
        return float(value)
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def from_wire(value: Number) -> float:
    """A number that has travelled."""
    return float(value)


def pack(values: Iterable[float] | Float32s) -> bytes:
    """A series as it travels: little-endian float32."""
    return np.asarray(values, "<f4").tobytes()


def unpack(data: bytes) -> Float32s:
    """A series that has travelled."""
    return np.frombuffer(data, "<f4")
