"""The scalars in a TensorBoard event, read off the wire format of protocol buffers.

Only the needed fields are known. Source: tensorflow/core/util/event.proto (step 2, summary 5),
summary.proto (value 1; tag 1, simple_value 2, tensor 8), tensor.proto (dtype 1, tensor_shape 2,
tensor_content 4, float_val 5, double_val 6).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_FLOAT, _DOUBLE = 1, 2
"""DT_FLOAT, DT_DOUBLE of types.proto."""
_SHORTEST_FIXED = {1: 8, 5: 4}


class Malformed(ValueError):
    """These bytes are no event."""


class Field(NamedTuple):
    """One field of a message."""

    number: int
    value: int
    """Of a varint."""
    begin: int
    end: int
    """Where its content stands."""
    wire: int


class Scalar(NamedTuple):
    """One number in an event, and where its bytes stand."""

    tag: bytes
    begin: int
    """Where its bytes stand; -1: nowhere, which means 0."""
    size: int
    """4: a float, 8: a double."""


class EventPlaces(NamedTuple):
    """What of an event is needed."""

    step: tuple[int, int]
    """Where the varint of its step stands; empty: it has none, which means 0."""
    scalars: tuple[Scalar, ...]


def read_event(data: bytes) -> EventPlaces:
    """The places of step and scalars in an event.

    Raises:
        Malformed: it is none.
    """
    step, scalars = (0, 0), []
    for field in _fields(data, 0, len(data)):
        if field.number == 2 and field.wire == 0:
            step = (field.begin, field.end)
        elif field.number == 5 and field.wire == 2:
            for value in _fields(data, field.begin, field.end):
                if value.number == 1 and value.wire == 2:
                    scalars += _scalar(data, value.begin, value.end)
    return EventPlaces(step, tuple(scalars))


def read_varint(data: bytes, begin: int, end: int) -> int:
    """The number of a varint, as int64; 0 where it is empty."""
    number = 0
    for place in range(begin, end):
        number |= (data[place] & 0x7F) << 7 * (place - begin)
    number &= (1 << 64) - 1
    return number - (1 << 64) if number >> 63 else number


def read_scalar(data: bytes, scalar: Scalar) -> float:
    """Its number."""
    if scalar.begin < 0:
        return 0.0
    return float(struct.unpack_from("<f" if scalar.size == 4 else "<d", data, scalar.begin)[0])


def _scalar(data: bytes, begin: int, end: int) -> list[Scalar]:
    """The number in a summary's value, in a list; none: it holds something else."""
    tag, place = b"", None
    for field in _fields(data, begin, end):
        if field.number == 1 and field.wire == 2:
            tag = data[field.begin : field.end]
        elif field.number == 2 and field.wire == 5:
            place = (field.begin, 4)
        elif field.number == 8 and field.wire == 2:
            place = _of_tensor(data, field.begin, field.end)
    return [] if place is None else [Scalar(tag, *place)]


def _of_tensor(data: bytes, begin: int, end: int) -> tuple[int, int] | None:
    """Where the number of a tensor of no dimensions stands, and its size; None: it is another."""
    dtype, place, size = 0, -1, 0
    for field in _fields(data, begin, end):
        if field.number == 1 and field.wire == 0:
            dtype = field.value
        elif field.number == 2 and field.end > field.begin:
            return None
        elif field.number in (4, 5, 6) and field.end > field.begin:
            place, size = field.begin, field.end - field.begin
    needed = {_FLOAT: 4, _DOUBLE: 8}.get(dtype)
    if needed is None or size not in (0, needed):
        return None
    return place, needed  # a zero is left out of the message


def _fields(data: bytes, at: int, end: int) -> Iterator[Field]:
    while at < end:
        key, at = _varint(data, at, end)
        wire = key & 7
        if wire == 0:
            begin = at
            value, at = _varint(data, at, end)
            yield Field(key >> 3, value, begin, at, 0)
            continue
        if wire == 2:
            size, at = _varint(data, at, end)
        elif wire in _SHORTEST_FIXED:
            size = _SHORTEST_FIXED[wire]
        else:
            raise Malformed(f"wire type {wire}")
        if at + size > end:
            raise Malformed("a field is longer than its message")
        yield Field(key >> 3, 0, at, at + size, wire)
        at += size


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    number = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
    raise Malformed("a varint does not end")
