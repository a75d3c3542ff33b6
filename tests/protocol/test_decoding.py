"""A line that is nothing is refused, whatever in it is wrong: a reader must not end of it."""

from collections.abc import Callable

import msgspec
import pytest

from lrtui.protocol import decode_command, decode_event
from lrtui.protocol.attach import decode_from_training, decode_from_viewer
from lrtui.protocol.journal import decode_line

DECODERS = [decode_command, decode_event, decode_from_training, decode_from_viewer, decode_line]


@pytest.mark.parametrize("decode", DECODERS)
@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"type":"\x80scale","factor":2}\n',
        b'{"type":"nothing"}',
        b'{"type":' + b"9" * 1_000_000,
        b"\x00" * 1000,
    ],
    ids=lambda line: repr(line[:12]),
)
def test_it_is_refused(decode: Callable[[bytes], object], line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(line)
