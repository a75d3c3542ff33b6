"""A chunk of a sweep: some trainings with the same settings, done in any process, by any executor.

What goes to the process and what comes back are bytes of JSON, so that whoever carries them has
nothing of ours to understand; and what is asked for is named here, where every process can import
it, though only the one that trains has Keras.
"""

import platform
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

import msgspec

from lrtui.protocol.settings import Settings
from lrtui.protocol.values import Message, decode_json

SEEDS_IN_STACK = 8
"""Seeds at most whose data a stack of models holds."""


class Question(Message, frozen=True):
    """What a training process is asked before it has chunks with these settings."""

    settings: Settings
    threads: int
    allowed: tuple[tuple[str, str], ...] = ()
    """Own files that it may run, with their SHA-256."""


class Reply(Message, frozen=True):
    """What it says of itself."""

    stacked: bool
    """Whether such models are trained as one."""
    versions: dict[str, str]
    failure: str = ""
    """Why it cannot train them; empty: it can."""


class Chunk(Message, frozen=True):
    """Trainings that are done one after another, or as one."""

    settings: Settings
    """Of all of them; the seed does not count."""
    rates: bytes
    """Of one schedule after another, float32."""
    schedules: int
    rows: tuple[tuple[int, int], ...]
    """Of each training which schedule it has, and its seed."""
    stack: int
    """How many models are trained as one; 1: in turn. Numbers may depend on it in the last bit."""
    threads: int
    allowed: tuple[tuple[str, str], ...] = ()
    versions: dict[str, str] = {}
    """Those that the process must have."""


class ChunkDone(Message, frozen=True):
    """What came of a chunk."""

    means: bytes
    """Keras' mean loss of each epoch, float32, training by training."""
    validation: bytes
    """The validation loss at its end; empty: nothing is validated."""
    host: str
    processor: str
    threads: int
    seconds: float
    memory: int
    """Resident memory of the process afterwards, in bytes."""
    versions: dict[str, str]
    failure: str = ""
    """Why nothing came of it, one or two lines; empty: all was done."""


@cache
def processor() -> str:
    """Which type of processor this is: on another one the last bit of a number may differ."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


_DECODERS = {cls: msgspec.json.Decoder(cls) for cls in (Question, Reply, Chunk, ChunkDone)}


def decode_reply(data: bytes) -> Reply:
    """What :func:`ask` gave.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return cast(Reply, decode_json(_DECODERS[Reply], data))


def decode_done(data: bytes) -> ChunkDone:
    """What :func:`train_chunk` gave.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return cast(ChunkDone, decode_json(_DECODERS[ChunkDone], data))


def ask(question: bytes) -> bytes:
    """In a process that trains: answer a :class:`Question` with a :class:`Reply`."""
    decoded = decode_json(_DECODERS[Question], question)
    return msgspec.json.encode(import_module("lrtui.worker.chunks").answer(decoded))


def train_chunk(chunk: bytes) -> bytes:
    """In a process that trains: do a :class:`Chunk` and give its :class:`ChunkDone`."""
    decoded = decode_json(_DECODERS[Chunk], chunk)
    return msgspec.json.encode(import_module("lrtui.worker.chunks").train(decoded))
