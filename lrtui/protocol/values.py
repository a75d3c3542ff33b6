"""The base of all messages, and how numbers are written in them."""

import math
import re
from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec
import numpy as np

from lrtui.schedules.arrays import ArrayLike, Bools, Float32s

Allowed = tuple[tuple[str, str], ...]
"""Sources of code of the user's own (``mymodule.py:name``), each with the digest of what its file
may hold (:func:`content_digest`); no other is run."""

WireNumber = float | Literal["nan", "inf", "-inf"]
"""A number in a message: JSON has no NaN and no infinity."""

_NOT_KNOWN_BITS = np.uint32(0x7FC007A2)
NOT_KNOWN = _NOT_KNOWN_BITS.view(np.float32)
"""Stands where there is no number: of a loss that was not seen, of a step that used no rate.

It is a NaN of its own, told from the NaN of a computation by its bits, as R tells its ``NA``.
Arrays, messages and journals need nothing more for it. To arithmetic and plots it is a NaN.
"""


def is_known(values: ArrayLike) -> Bools:
    """Whether each of these float32 is a number, or the NaN of a computation, and not NOT_KNOWN."""
    known: Bools = np.asarray(values, np.float32).view(np.uint32) != _NOT_KNOWN_BITS
    return known


def went_wrong(losses: ArrayLike) -> Bools:
    """Whether each of these losses is known and not finite."""
    wrong: Bools = is_known(losses) & ~np.isfinite(losses)
    return wrong


def last_known(values: Float32s) -> float | None:
    """The last of these float32 that is known; None: there is none."""
    for stop in range(len(values), 0, -_LOOKED_AT):
        part = values[max(0, stop - _LOOKED_AT) : stop]
        if (found := np.flatnonzero(is_known(part))).size:
            return float(part[found[-1]])
    return None


_LOOKED_AT = 1024
"""Values that :func:`last_known` looks at together: of a million the last are enough."""


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


def to_wire(value: float) -> WireNumber:
    """A number as it is written in a message."""
    if math.isfinite(value):
        return float(value)
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def from_wire(value: WireNumber) -> float:
    """The number that was written in a message."""
    return float(value)


def pack(values: Iterable[float] | Float32s) -> bytes:
    """Numbers as the bytes of little-endian float32, exact."""
    return np.asarray(values, "<f4").tobytes()


def unpack(data: bytes) -> Float32s:
    """The numbers in such bytes, shape (count,)."""
    return np.frombuffer(data, "<f4")
