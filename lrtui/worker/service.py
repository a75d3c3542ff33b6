"""What the worker does once its process is set up: load TensorFlow, then train at every start.

Expects its environment as ``worker`` makes it: nothing here hides a GPU that TensorFlow has seen.
"""

import gc
import os
import queue
import shutil
import socket
import sys
import tempfile
import threading
import time
import traceback
from typing import NoReturn

import msgspec

from lrtui.live.link import KeepingLink, Link, NoLink, next_command
from lrtui.live.memory import resident_bytes
from lrtui.protocol import (
    MAX_LINE_BYTES,
    Alive,
    Broken,
    Command,
    Ended,
    Event,
    FindRate,
    Ready,
    Sample,
    Settings,
    Start,
    TrainAtOnce,
    decode_command,
    encode,
)
from lrtui.schedules import Invalid
from lrtui.worker.journal_link import JournalLink

ALIVE_SECONDS = 0.5
"""When nothing was sent for so long, it is said that the process lives."""

AHEAD_SECONDS = 1.0
"""After so long without a command something is compiled that may be asked for next."""

ADVICE = f"Install it with: {sys.executable} -m pip install 'tensorflow>=2.18'"


def work(line: socket.socket, threads: int, device: str, scratch: str | None = None) -> NoReturn:
    """Serve the socket for as long as it is open, then end the process.

    Args:
        line: commands come in, events go out.
        threads: at most so many compute.
        device: ``cpu`` or ``gpu``.
        scratch: a folder of this process alone, for temporary files; removed at the end.
    """
    tempfile.tempdir = scratch
    link = SocketLink(line, scratch)
    try:
        ready = load(threads, device)
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        link.send(Broken(str(error) if isinstance(error, ImportError) else _short(error)))
        link.finish()
        link.leave(1)
    link.send(ready)
    serve(JournalLink(link, ready), threads)


class SocketLink:
    """The link over a socket: a thread reads, a thread writes, the training never waits for it.

    The one that writes says twice a second that the process lives, if there is nothing else to say;
    for that it needs Python's lock for less than a millisecond.

    Args:
        line: the socket; when it ends the process does, whatever it is doing.
        scratch: the folder that is removed then, if any.
    """

    def __init__(self, line: socket.socket, scratch: str | None = None) -> None:
        self._line = line
        self._scratch = scratch
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._looked: float | None = time.monotonic()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, event: Event) -> None:
        """Give the event to the thread that writes."""
        self._events.put(event)

    def poll(self) -> Command | None:
        """The next command; None: there is none."""
        self._looked = time.monotonic()
        return None if self._commands.empty() else self._commands.get()

    def wait(self, seconds: float | None = None) -> Command | None:
        """Wait for the next command; None: there was none for so many seconds."""
        self._looked = None
        command = next_command(self._commands, seconds)
        self._looked = time.monotonic()
        return command

    def answer(self, refused: str = "") -> None:
        """Say nothing: what came of a command is seen in the events."""

    def finish(self) -> None:
        """Return when all events are written."""
        self._events.put(None)
        self._writer.join()

    def leave(self, code: int = 0) -> NoReturn:
        """End the process at once, without whatever else is done at an exit."""
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
        os._exit(code)

    def _write(self) -> None:
        try:
            while (event := self._next()) is not None:
                self._line.sendall(encode(event))
        except OSError:
            self.leave()

    def _next(self) -> Event | None:
        try:
            return self._events.get(timeout=ALIVE_SECONDS)
        except queue.Empty:
            looked = self._looked
            busy = 0.0 if looked is None else time.monotonic() - looked
            return Alive(resident_bytes(), round(busy, 3))

    def _read(self) -> None:
        try:
            with self._line.makefile("rb") as lines:
                while line := lines.readline(MAX_LINE_BYTES):
                    self._take(line)
        except OSError:
            pass
        self.leave()

    def _take(self, line: bytes) -> None:
        try:
            self._commands.put(decode_command(line))
        except msgspec.DecodeError as error:
            print(f"ignored a line that is no command: {error}", file=sys.stderr, flush=True)


def load(threads: int, device: str) -> Ready:
    """Import TensorFlow, hold it to `threads` and `device`, and warm it up.

    Raises:
        ImportError: TensorFlow or Keras 3 is missing; the message says what to install.
    """
    try:
        import tensorflow as tf
    except ImportError as error:
        raise ImportError(f"TensorFlow cannot be loaded: {error}\n{_advice(error)}") from error
    try:
        import keras
    except ImportError as error:
        raise ImportError(f"Keras cannot be loaded: {error}\n{_advice(error)}") from error
    if int(keras.__version__.split(".")[0]) < 3:
        raise ImportError(f"Keras 3 is needed. Received: Keras {keras.__version__}\n{ADVICE}")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if device != "gpu":
        tf.config.set_visible_devices([], "GPU")
    keras.config.set_floatx("float32")
    _warm_up(threads)
    return Ready(
        pid=os.getpid(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        devices=[one.device_type for one in tf.config.get_visible_devices()],
        threads=tf.config.threading.get_intra_op_parallelism_threads(),
        niceness=os.nice(0),
        memory=resident_bytes(),
    )


def _advice(error: ImportError) -> str:
    memory = ("failed to map segment", "annot allocate memory")
    if any(words in str(error) for words in memory):
        return "It needs about 3 GB of address space; less is free, or allowed (ulimit -v)"
    return ADVICE


def _warm_up(threads: int) -> None:
    from lrtui.worker.run import train

    small = Settings(epochs=1, steps_per_epoch=2)
    train(Start("ExponentialDecay", small), NoLink(), threads)


def serve(line: Link, threads: int) -> NoReturn:
    """Train at every start that comes, sample, find, and train at once.

    Other commands mean nothing meanwhile.
    """
    from lrtui.live.user_code import OwnFault
    from lrtui.live.user_schedule import sample
    from lrtui.worker.at_once.service import compile_ahead, train_at_once
    from lrtui.worker.at_once.training import Trainings
    from lrtui.worker.range_test import find
    from lrtui.worker.run import train

    link = KeepingLink(line)
    trainings = Trainings(threads)
    start: Start | None = None
    asked_at_once = False
    while True:
        if start is None:
            command = link.wait(AHEAD_SECONDS if asked_at_once and trainings.ahead else None)
            if command is None:
                compile_ahead(trainings)
            asked_at_once = isinstance(command, TrainAtOnce)
            if isinstance(command, Sample):
                link.send(sample(command.source, command.steps, command.allowed))
            if isinstance(command, FindRate):
                find(command, link, trainings, threads)
                _forget()
            if isinstance(command, TrainAtOnce):
                train_at_once(command, link, trainings)
            start = command if isinstance(command, Start) else None
            continue
        try:
            start = train(start, link, threads)
        except (OwnFault, Invalid) as fault:
            absent = isinstance(fault, OwnFault) and fault.absent
            link.send(Ended("failed", str(fault), absent=absent))
            start = None
        except BaseException as error:  # SystemExit too, which code of the user's may raise
            traceback.print_exc()
            sys.stderr.flush()
            link.send(Ended("failed", _short(error)))
            start = None
        _forget()


def _forget() -> None:
    """Give back the memory of the run that is over.

    For every step that Keras compiles, TensorFlow registers the gradient of an all-reduce by name,
    and with it keeps the whole graph for good, 1 MB a run (2.21). Nobody asks for it again.
    """
    from tensorflow.python.framework import ops

    registry = getattr(getattr(ops, "gradient_registry", None), "_registry", {})
    for name in [name for name in registry if name.startswith("CustomGradient-")]:
        del registry[name]
    gc.collect()


def _short(error: BaseException, limit: int = 300) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    name = type(error).__name__
    if isinstance(error, MemoryError) or name == "ResourceExhaustedError":
        name = "out of memory"
    text = f"{name}: {lines[0]}" if lines else name
    return text if len(text) <= limit else text[: limit - 1] + "…"
