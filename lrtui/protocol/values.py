"""The base of all messages, and how numbers are written in them."""

import math
import re
from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec
import numpy as np

from lrtui.schedules.arrays import Float32s

Number = float | Literal["nan", "inf", "-inf"]
"""A number in a message: JSON has no NaN and no infinity."""


def _tag(class_name: str) -> str:
    """``StepsDone`` as ``steps_done``."""
    return re.sub(r"(?<=.)(?=[A-Z])", "_", class_name).lower()


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=_tag):
    """One line between a training and whoever watches it."""


def content_digest(data: bytes) -> str:
    """The SHA-256 of a file's content: a person allowed this content to run, and no other."""
    import hashlib  # brings OpenSSL with it, for which the first frame would wait

    return hashlib.sha256(data).hexdigest()


T = TypeVar("T")


def decode_json(decoder: msgspec.json.Decoder[T], line: bytes | str) -> T:
    """What a line of JSON holds.

    Raises:
        msgspec.DecodeError: it is not what the decoder knows.
    """
    try:
        return decoder.decode(line)
    except UnicodeDecodeError as fault:  # which msgspec lets through
        raise msgspec.DecodeError(f"it is no UTF-8: {fault.reason}") from None
    except RecursionError:
        raise msgspec.DecodeError("it nests too deep") from None


def to_wire(value: float) -> Number:
    """A number as it is written in a message."""
    if math.isfinite(value):
        return float(value)
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def from_wire(value: Number) -> float:
    """The number that was written in a message."""
    return float(value)


def pack(values: Iterable[float] | Float32s) -> bytes:
    """Numbers as the bytes of little-endian float32, exact."""
    return np.asarray(values, "<f4").tobytes()


def unpack(data: bytes) -> Float32s:
    """The numbers in such bytes, shape (count,)."""
    return np.frombuffer(data, "<f4")
