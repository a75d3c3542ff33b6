"""What a training and its viewers say to each other, besides the events and commands of every run.

A viewer connects; the training greets it; it answers what it has read in the journal already; then
it hears the rest of the past, and every event as it comes. Each order is answered. A line that one
side does not know is passed over, so that a newer and an older version can talk as long as
:data:`PROTOCOL` says that they can.
"""

from typing import Literal

import msgspec

from lrtui.protocol.commands import Command
from lrtui.protocol.events import Event
from lrtui.protocol.registry import Entry
from lrtui.protocol.values import Message, decode_json

PROTOCOL = 1
"""Raised when an older version would misunderstand a newer one, as it does a new kind of mark."""

MOST_ORDER_BYTES = 1 << 16
"""A longer line of a viewer is rubbish."""


class Greeting(Message, frozen=True):
    """From the training: the first line of a connection."""

    protocol: int
    entry: Entry
    steps: int
    """How many steps it has done."""
    refusal: str = ""
    """Why it cannot be steered; empty: it can."""


class Full(Message, frozen=True):
    """From the training, in place of a greeting: it has as many viewers as it takes."""

    viewers: int


class Past(Message, frozen=True):
    """From the training: many steps in reduced form, in stretches of the same length."""

    first: int
    stop: int
    stretch: int
    """Steps of each, but for the last one."""
    rates: tuple[bytes, bytes, bytes]
    """Smallest, largest and last rate of each stretch, float32; the first two leave NaN out."""
    losses: tuple[bytes, bytes, bytes]
    """The same of the losses."""


Outcome = Literal["done", "refused", "late"]


class Answer(Message, frozen=True):
    """From the training: what became of an order."""

    id: int
    outcome: Outcome
    """``late``: the training was over before it could be obeyed."""
    reason: str = ""
    step: int = 0
    """The first step that it applies to."""


class Hello(Message, frozen=True):
    """From a viewer: the answer to a greeting."""

    protocol: int
    lrtui: str
    who: str = ""
    """How the record should call this viewer, such as ``attach on pts/3``."""
    steps: int = 0
    """So many steps it knows already, read from the journal."""
    events: int = 0
    """And so many of the other events."""
    stays: bool = True
    """Whether it stays: a pause of a viewer that stays is over a minute after it is gone."""


class Order(Message, frozen=True):
    """From a viewer: a command, and a number by which it is answered."""

    id: int
    command: Command


FromTraining = Event | Greeting | Full | Past | Answer
FromViewer = Hello | Order

_from_training: msgspec.json.Decoder[FromTraining] = msgspec.json.Decoder(FromTraining)
_from_viewer: msgspec.json.Decoder[FromViewer] = msgspec.json.Decoder(FromViewer)


def decode_from_training(line: bytes) -> FromTraining:
    """What a training says in a line.

    Raises:
        msgspec.DecodeError: it is not known here.
    """
    return decode_json(_from_training, line)


def decode_from_viewer(line: bytes) -> FromViewer:
    """What a viewer says in a line.

    Raises:
        msgspec.DecodeError: it is not known here.
    """
    return decode_json(_from_viewer, line)
