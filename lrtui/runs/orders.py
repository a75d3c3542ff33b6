"""Giving one order to a training and waiting for its answer: what a script needs of a viewer."""

import contextlib
import os
import socket
from typing import BinaryIO

import msgspec

from lrtui import __version__
from lrtui.protocol import MAX_LINE_BYTES, Command, encode
from lrtui.protocol.attach import (
    PROTOCOL,
    Answer,
    FromTraining,
    Full,
    Greeting,
    Hello,
    Order,
    decode_from_training,
)
from lrtui.protocol.peer import peer_uid
from lrtui.protocol.registry import Place

PATIENCE_SECONDS = 60.0
"""How long an answer is waited for: an order is obeyed between two steps, which may be long."""


class Unreachable(Exception):
    """A training that cannot be talked to, and why, in a line."""


def give_order(
    place: Place, command: Command, who: str, seconds: float = PATIENCE_SECONDS
) -> Answer:
    """What became of a command.

    Raises:
        Unreachable: it is not there, or does not answer.
    """
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(seconds)
        try:
            line.connect(str(place.socket))
            check_peer(line)
            with line.makefile("rb") as lines:
                check_greeting(_read(lines))
                # Of the past it needs nothing: it says that it knows it all. It leaves when it is
                # answered, so a pause of its own must outlast it.
                known = Hello(PROTOCOL, __version__, who, 2**53, 2**53, stays=False)
                line.sendall(encode(known))
                line.sendall(encode(Order(1, command)))
                while True:
                    told = _read(lines)
                    if isinstance(told, Answer) and told.id in (1, -1):
                        return told
        except TimeoutError:
            raise Unreachable(
                f"the training has not answered for {seconds:g} s; it may yet obey the order"
            ) from None
        except OSError as error:
            why = error.strerror or error
            raise Unreachable(f"the training cannot be reached: {why}") from None


def have_journal_written(place: Place, seconds: float = 5.0) -> None:
    """Have a training write what it has not yet; without an answer, what is there stands."""
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError, Unreachable):
        line.settimeout(seconds)
        line.connect(str(place.socket))
        check_peer(line)
        with line.makefile("rb") as lines:
            check_greeting(_read(lines))


def check_peer(line: socket.socket) -> None:
    """Make sure that the other end of a socket is this user's.

    Raises:
        Unreachable: it is somebody else's.
    """
    uid = peer_uid(line)
    if uid is not None and uid not in (os.getuid(), 0):
        raise Unreachable(f"the socket is another user's (uid {uid}): nothing was said to it")


def check_greeting(told: FromTraining | None) -> Greeting:
    """The greeting of a training that can be talked to.

    Raises:
        Unreachable: it is full, or speaks another protocol.
    """
    if isinstance(told, Full):
        raise Unreachable(f"it has {told.viewers} viewers already: detach one of them")
    if not isinstance(told, Greeting):
        raise Unreachable("what answers there is no training")
    if told.protocol != PROTOCOL:
        older = "older" if told.protocol < PROTOCOL else "newer"
        raise Unreachable(
            f"the training runs an {older} lrtui ({told.entry.lrtui}, protocol {told.protocol}) "
            f"than this one ({__version__}, protocol {PROTOCOL}): use that version to talk to it"
        )
    return told


def _read(lines: BinaryIO) -> FromTraining | None:
    """The next message; None: one that is not known here.

    Raises:
        Unreachable: there are no more.
    """
    line = lines.readline(MAX_LINE_BYTES)
    if not line.endswith(b"\n"):
        raise Unreachable("the training is gone")
    try:
        return decode_from_training(line)
    except msgspec.DecodeError:
        return None
