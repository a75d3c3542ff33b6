"""The messages between a training and whoever watches and steers it: one JSON object a line.

Commands go to the training, events come from it. A schedule travels in its text form. JSON has no
NaN and no infinity, and diverging runs are the normal case here, so: a series of numbers travels as
the bytes of its float32 values (base64 in JSON), exact; a single number that is not finite travels
as the text ``nan``, ``inf`` or ``-inf``.
"""

from functools import cache

import msgspec

from lrtui.protocol.at_once import AtOnceEnded, TrainAtOnce, TrainedAtOnce
from lrtui.protocol.commands import (
    Command,
    FindRate,
    Pace,
    Pause,
    Reset,
    Restore,
    Resume,
    Sample,
    Scale,
    SetRate,
    Start,
    Steer,
    Stop,
    TakeState,
    UndoSteering,
)
from lrtui.protocol.events import (
    Alive,
    Broken,
    Diverged,
    Ended,
    Epoch,
    Event,
    Marked,
    MarkKind,
    Paused,
    PauseReason,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Resumed,
    Sampled,
    Started,
    StateTaken,
    StepsDone,
)
from lrtui.protocol.script import Script
from lrtui.protocol.settings import Settings
from lrtui.protocol.values import (
    Allowed,
    Message,
    WireNumber,
    content_digest,
    decode_json,
    from_wire,
    pack,
    to_wire,
    unpack,
)

__all__ = [
    "MAX_LINE_BYTES",
    "Alive",
    "Allowed",
    "AtOnceEnded",
    "Broken",
    "Command",
    "Diverged",
    "Ended",
    "Epoch",
    "Event",
    "FindRate",
    "MarkKind",
    "Marked",
    "Message",
    "Pace",
    "Pause",
    "PauseReason",
    "Paused",
    "RangeTestEnded",
    "RangeTestSteps",
    "Ready",
    "Reset",
    "Restore",
    "Resume",
    "Resumed",
    "Sample",
    "Sampled",
    "Scale",
    "Script",
    "SetRate",
    "Settings",
    "Start",
    "Started",
    "StateTaken",
    "Steer",
    "StepsDone",
    "Stop",
    "TakeState",
    "TrainAtOnce",
    "TrainedAtOnce",
    "UndoSteering",
    "WireNumber",
    "content_digest",
    "decode_command",
    "decode_event",
    "decode_json",
    "encode",
    "from_wire",
    "pack",
    "to_wire",
    "unpack",
]

MAX_LINE_BYTES = 16 * 2**20
"""A longer line is not ours: whoever reads it gives up the connection."""

_encoder = msgspec.json.Encoder()


# Made when the first line comes: what they are made of takes time that the first frame waits for.
@cache
def _commands() -> msgspec.json.Decoder[Command]:
    return msgspec.json.Decoder(Command)


@cache
def _events() -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(Event)


def encode(message: Message) -> bytes:
    """The line of a message, with its newline."""
    return _encoder.encode(message) + b"\n"


def decode_command(line: bytes) -> Command:
    """The command in a line.

    Raises:
        msgspec.DecodeError: the line is not one (of which msgspec.ValidationError is a kind).
    """
    return decode_json(_commands(), line)


def decode_event(line: bytes) -> Event:
    """The event in a line.

    Raises:
        msgspec.DecodeError: the line is not one (of which msgspec.ValidationError is a kind).
    """
    return decode_json(_events(), line)
