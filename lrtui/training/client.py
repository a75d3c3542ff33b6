"""The client of a worker process: starts it, feeds it, watches it, ends it.

Knows the messages and the record, nothing of Keras. Lives in one asyncio loop.
"""

import asyncio
import contextlib
import os
import signal
import site
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

import lrtui
from lrtui.training.protocol import (
    MAX_LINE_BYTES,
    Broken,
    Command,
    Event,
    Ready,
    Steps,
    decode_event,
    encode,
)
from lrtui.training.worker_output import WorkerOutput, default_log_path

State = Literal["cold", "starting", "ready", "gone"]

PATIENCE_SECONDS = 1.0
"""How long a worker may take to end by itself before it is told to, then before it is killed."""


class Client:
    """One worker at a time; when it is gone, :meth:`start` begins another.

    Args:
        threads: at most so many compute.
        device: ``cpu`` or ``gpu``.
        on_event: called in the loop with each event.
        on_gone: called once when a worker ends that was not closed, with the reason, one or two
            lines.
        log_path: where its output goes besides; None: a file in the user's state folder.
        python: the interpreter.
    """

    def __init__(
        self,
        *,
        threads: int = 2,
        device: str = "cpu",
        on_event: Callable[[Event], None],
        on_gone: Callable[[str], None],
        log_path: Path | None = None,
        python: str = sys.executable,
    ) -> None:
        self.state: State = "cold"
        self.ready: Ready | None = None
        """What the worker said when it was ready."""
        self.memory = 0
        """Resident memory of the worker in bytes, as it last said."""
        self._arguments = ["--threads", str(threads), "--device", device]
        self._on_event = on_event
        self._on_gone = on_gone
        self._log_path = log_path
        self._python = python
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._output: WorkerOutput | None = None
        self._watching: asyncio.Task[None] | None = None
        self._waiting: list[Command] = []
        self._starting = asyncio.Lock()
        self._closing = False

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None if there is none."""
        alive = self._process is not None and self.state in ("starting", "ready")
        return self._process.pid if self._process is not None and alive else None

    @property
    def output(self) -> tuple[str, ...]:
        """The last lines the worker printed."""
        return self._output.lines if self._output is not None else ()

    @property
    def log_path(self) -> Path:
        """Where the worker's output is written."""
        return self._log_path if self._log_path is not None else default_log_path()

    async def start(self) -> None:
        """Start the worker, unless one lives. Returns before it is ready.

        Raises:
            OSError: the process cannot be started.
        """
        async with self._starting:
            if self.state in ("starting", "ready"):
                return
            ours, theirs = socket.socketpair()
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command(theirs.fileno()),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                    env=_environment(),
                )
            except OSError:
                ours.close()
                raise
            finally:
                theirs.close()
            reader, writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE_BYTES)
            self._writer = writer
            self._output = WorkerOutput(self.log_path)
            self.state, self.ready, self._closing = "starting", None, False
            watch = self._watch(self._process, reader, writer, self._output)
            self._watching = asyncio.create_task(watch)
            waiting, self._waiting = self._waiting, []
            for command in waiting:
                self.send(command)

    def send(self, command: Command) -> None:
        """Give a command; it waits here until a worker is started, and there until it is ready."""
        if self._writer is None or self._writer.is_closing():
            self._waiting.append(command)
        else:
            self._writer.write(encode(command))

    async def close(self) -> None:
        """End the worker, whatever it does. Returns when it has ended; `on_gone` is not called."""
        self._closing = True
        async with self._starting:
            self._closing = True
            if self._writer is not None:
                self._writer.close()
            if self._watching is not None:
                await asyncio.wait([self._watching])
            self.state = "cold"

    def _command(self, fd: int) -> list[str]:
        # -P: a file of the user's, keras.py or random.py in the present folder, is not imported.
        return [
            self._python,
            "-P",
            "-m",
            "lrtui.training.worker",
            "--fd",
            str(fd),
            *self._arguments,
        ]

    async def _watch(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        output: WorkerOutput,
    ) -> None:
        collecting = asyncio.create_task(_collect(process, output))
        complaint = ""
        try:
            complaint = await self._read(reader)
        except asyncio.CancelledError:
            self._closing = True
            raise
        except Exception as error:
            complaint = f"{type(error).__name__}: {error}"
            raise
        finally:
            writer.close()
            await _end(process)
            # A grandchild could hold the pipe open: what it says is not waited for.
            await asyncio.wait([collecting], timeout=PATIENCE_SECONDS)
            collecting.cancel()
            output.close()
            self.state, self.memory, self._writer = "gone", 0, None
            if not self._closing:
                self._on_gone(complaint or _reason(process.returncode or 0, output.last_words()))

    async def _read(self, reader: asyncio.StreamReader) -> str:
        """Hand on the events until there are no more. Returns what was wrong, if anything."""
        broken = ""
        while True:
            try:
                line = await reader.readline()
            except ValueError:
                return f"the worker sent a line of more than {MAX_LINE_BYTES} bytes; it was ended"
            except OSError:
                return broken
            if not line:
                return broken
            try:
                event = decode_event(line)
            except msgspec.DecodeError as error:
                if not line.endswith(b"\n"):
                    return broken
                return f"the worker sent a line that is no event; it was ended\n{error}"
            if isinstance(event, Broken):
                broken = event.message
            self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, Ready):
            self.state, self.ready, self.memory = "ready", event, event.memory
        elif isinstance(event, Steps):
            self.memory = event.memory
        if not self._closing:
            self._on_event(event)


def _environment() -> dict[str, str]:
    """Ours, but for the module path: this very package is found, the present folder is not."""
    home = str(Path(lrtui.__file__).parent.parent)
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = [entry for entry in given if entry not in ("", ".")]
    if home not in (*site.getsitepackages(), site.getusersitepackages()):
        path.insert(0, home)
    return os.environ | {"PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


async def _collect(process: asyncio.subprocess.Process, output: WorkerOutput) -> None:
    assert process.stdout is not None
    rest = b""
    while block := await process.stdout.read(1 << 16):
        *lines, rest = (rest + block[-(1 << 16) :]).split(b"\n")
        for line in lines:
            output.add(line.decode(errors="replace"))
        rest = rest[-(1 << 16) :]
    if rest:
        output.add(rest.decode(errors="replace"))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Return when it has ended: by itself, or told to, or killed."""
    for insist in (process.terminate, process.kill):
        try:
            await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
            return
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                insist()
    await process.wait()


def _reason(code: int, last_words: str) -> str:
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        told = -code in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        return f"killed by {name}" + (f"\n{last_words}" if last_words and not told else "")
    return f"exit code {code}" + (f": {last_words}" if last_words else "")
