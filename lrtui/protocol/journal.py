"""The lines of a training's journal: what the training writes and the watching side reads."""

import msgspec

from lrtui.protocol.events import Event
from lrtui.protocol.values import decode_json


class JournalLine(msgspec.Struct, frozen=True, array_like=True):
    """One event other than the steps themselves."""

    steps: int
    """How many steps were told before it."""
    time: float
    """Seconds since 1970."""
    event: Event


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[JournalLine] = msgspec.json.Decoder(JournalLine)


def encode_line(line: JournalLine) -> bytes:
    """A line, with its newline."""
    return _encoder.encode(line) + b"\n"


def decode_line(line: bytes) -> JournalLine:
    """The event in a line.

    Raises:
        msgspec.DecodeError: it is cut, or not known here.
    """
    return decode_json(_decoder, line)
