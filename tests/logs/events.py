"""Event files made by hand, from the documented fields of the format."""

import struct

from lrtui.logs.crc32c import masked_crc


def varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def event(step: int, content: bytes) -> bytes:
    head = b"\x09" + struct.pack("<d", 1.7e9) + (b"\x10" + varint(step) if step else b"")
    return head + content


def simple(tag: str, step: int, value: float) -> bytes:
    """As TensorFlow 1 and PyTorch's SummaryWriter write a scalar."""
    content = field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)
    return event(step, field(5, field(1, content)))


def tensor(tag: str, step: int, value: float, *, double: bool = False) -> bytes:
    """As TensorFlow 2 does."""
    dtype, content = (2, struct.pack("<d", value)) if double else (1, struct.pack("<f", value))
    body = bytes([8, dtype]) + field(2, b"") + field(4, content)
    return event(step, field(5, field(1, field(1, tag.encode()) + field(8, body))))


def record(data: bytes) -> bytes:
    head = struct.pack("<Q", len(data))
    sums = (struct.pack("<I", masked_crc(one)) for one in (head, data))
    return head + next(sums) + data + next(sums)


def file_of(*events: bytes) -> bytes:
    return b"".join(map(record, (event(0, field(3, b"brain.Event:2")), *events)))
