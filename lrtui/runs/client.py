"""The client of a worker process: starts it, sends commands, hands on events, ends it.

Knows the messages, nothing of Keras. Lives in one asyncio loop.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from lrtui.protocol import (
    MAX_LINE_BYTES,
    Alive,
    Broken,
    Command,
    Event,
    Ready,
    decode_event,
    encode,
)
from lrtui.runs.heartbeat import TICK_SECONDS, Heartbeat, WorkerStatus
from lrtui.runs.time_slices import TimeSlices
from lrtui.runs.worker_output import WorkerOutput, default_log_path

if TYPE_CHECKING:  # else read when a worker is started: the first frame is shown before
    from lrtui.runs.worker_process import WorkerProcess

ClientState = Literal["cold", "starting", "ready", "gone"]

BLOCK_BYTES = 1 << 14
"""The worker's output is read in such blocks."""


class Client:
    """One worker at a time; when it is gone, :meth:`start` begins another.

    A worker that does not answer is reported and not ended; :meth:`kill` does that.

    Args:
        threads: at most so many compute.
        device: ``cpu`` or ``gpu``.
        on_event: called in the loop with each event, except the signs of life.
        on_gone: called once when a worker ends without :meth:`close`, with the reason, one or two
            lines.
        on_state: called in the loop when the state in :attr:`status` changes, or whether the worker
            answers; at the latest 3 s after its last sign of life.
        log_path: where its output goes besides; None: a file in the user's state folder.
        python: the interpreter.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        *,
        threads: int = 2,
        device: str = "cpu",
        on_event: Callable[[Event], None],
        on_gone: Callable[[str], None],
        on_state: Callable[[WorkerStatus], None] | None = None,
        log_path: Path | None = None,
        python: str = sys.executable,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state: ClientState = "cold"
        self._threads, self._device, self._python = threads, device, python
        self._on_event = on_event
        self._on_gone = on_gone
        self._on_state = on_state
        self._log_path = log_path or default_log_path()
        self._clock = clock
        self._process: WorkerProcess | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._output: WorkerOutput | None = None
        self._heartbeat: Heartbeat | None = None
        self._watching: asyncio.Task[None] | None = None
        self._waiting: list[Command] = []
        self._starting = asyncio.Lock()
        self._closing = False
        self._reason = ""
        self._told: tuple[object, ...] = ("cold", True, False)

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None if there is none."""
        alive = self._process is not None and self.state in ("starting", "ready")
        return self._process.pid if self._process is not None and alive else None

    @property
    def ready(self) -> Ready | None:
        """Versions, devices and threads of the worker; None: it is not ready."""
        return self._heartbeat.ready if self._heartbeat is not None else None

    @property
    def memory(self) -> int:
        """Resident memory of the worker in bytes, as last told; 0: there is none."""
        return self._heartbeat.memory if self._heartbeat is not None and self.pid is not None else 0

    @property
    def silent_for(self) -> float:
        """Seconds without an event of the worker; 0 if there is none."""
        return self.status.silent_for

    @property
    def status(self) -> WorkerStatus:
        """The state of the worker now. Costs some microseconds."""
        heartbeat, pid = self._heartbeat, self.pid
        if heartbeat is None or pid is None:
            ready = self.ready if self.state == "gone" else None
            return WorkerStatus(self.state, self.log_path, ready=ready, reason=self._reason)
        now = self._clock()
        return WorkerStatus(
            state=heartbeat.state,
            log=self.log_path,
            pid=pid,
            ready=heartbeat.ready,
            memory=heartbeat.memory,
            steps_per_second=heartbeat.steps_per_second(now),
            since=heartbeat.since(now),
            answers=heartbeat.answers,
            silent_for=heartbeat.silent_for,
            busy_for=heartbeat.busy_for,
        )

    @property
    def output(self) -> tuple[str, ...]:
        """The last 1000 lines that the workers printed, without control characters."""
        return self._output.lines if self._output is not None else ()

    @property
    def log_path(self) -> Path:
        """Where the worker's output is written."""
        return self._output.path if self._output is not None else self._log_path

    def read_past(self) -> None:
        """Hand on nothing: a worker that is yet to start has no past."""

    async def start(self) -> None:
        """Start the worker, unless one lives. Returns before it is ready.

        Raises:
            OSError: the process cannot be started.
        """
        async with self._starting:
            if self.state in ("starting", "ready"):
                return
            from lrtui.runs.worker_process import WorkerProcess

            ours, theirs = socket.socketpair()
            try:
                self._process = await WorkerProcess.start(
                    self._python, theirs, self._threads, self._device
                )
            except OSError:
                ours.close()
                raise
            finally:
                theirs.close()
            reader, self._writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE_BYTES)
            self._output = self._output or WorkerOutput(self._log_path)
            self._output.begin()
            self.state, self._reason, self._closing = "starting", "", False
            self._heartbeat = Heartbeat(self._clock())
            watch = self._watch(self._process, reader, self._writer, self._output, self._heartbeat)
            self._watching = asyncio.create_task(watch)
            waiting, self._waiting = self._waiting, []
            for command in waiting:
                self.send(command)
            self._tell_state()

    def send(self, command: Command) -> None:
        """Send a command. It is kept until a worker is started, and obeyed once that is ready."""
        if self._writer is None or self._writer.is_closing():
            self._waiting.append(command)
        else:
            self._writer.write(encode(command))

    def kill(self) -> None:
        """End the worker, also one that does not answer. Within 3 s `on_gone` is called.

        All events that it sent are handed on first. Does nothing if there is no worker.
        """
        if self._writer is None or self._heartbeat is None or self._heartbeat.state == "ending":
            return
        status = self.status
        silent = f"it did not answer for {status.silent_for:.0f} s"
        self._reason = f"ended: {'as you asked' if status.answers else silent}"
        self._heartbeat.state = "ending"
        self._tell_state()
        # Not close(): that waits until a worker that reads nothing has taken what is written.
        self._writer.transport.abort()

    async def close(self) -> None:
        """End the worker, whatever it does, and wait for its end. `on_gone` is not called."""
        self._closing = True
        async with self._starting:
            self._closing = True
            if self._writer is not None:
                self._writer.transport.abort()
            if self._watching is not None:
                await asyncio.wait([self._watching])
            if self._output is not None:
                self._output.close()
            self._output, self.state, self._reason = None, "cold", ""
            self._tell_state()

    async def _watch(
        self,
        child: "WorkerProcess",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        output: WorkerOutput,
        heartbeat: Heartbeat,
    ) -> None:
        from lrtui.runs.worker_process import PATIENCE_SECONDS, reason

        collecting = asyncio.create_task(_collect(child, output, TimeSlices(self._clock)))
        ticking = asyncio.create_task(self._tick(heartbeat, child.pid))
        complaint = ""
        try:
            complaint = await self._read_until_it_ends(child, reader, heartbeat)
        except asyncio.CancelledError:
            self._closing = True
            raise
        except Exception as error:
            complaint = f"{type(error).__name__}: {error}"
            raise
        finally:
            writer.transport.abort()
            code = await child.end()
            # A grandchild could hold the pipe open: what it says is not waited for.
            await asyncio.wait([collecting], timeout=PATIENCE_SECONDS)
            collecting.cancel()
            ticking.cancel()
            output.flush()
            self._reason = self._reason or complaint or reason(code, output.last_words())
            self.state, self._writer = "gone", None
            self._waiting.clear()
            if not self._closing:
                self._tell_state()
                self._on_gone(self._reason)

    async def _read_until_it_ends(
        self, child: "WorkerProcess", reader: asyncio.StreamReader, heartbeat: Heartbeat
    ) -> str:
        """As :meth:`_read`. A child that outlives the worker does not keep its socket open."""

        async def end_children() -> None:
            await child.wait()
            child.kill_children()

        ending = asyncio.create_task(end_children())
        try:
            return await self._read(reader, heartbeat)
        finally:
            ending.cancel()

    async def _tick(self, heartbeat: Heartbeat, pid: int) -> None:
        from lrtui.runs.worker_process import at_work

        while True:
            await asyncio.sleep(TICK_SECONDS)
            # Looked at only when the worker is late: it costs a third of a millisecond.
            heartbeat.tick(self._clock(), heartbeat.silent_for >= 1 and at_work(pid))
            self._tell_state()

    async def _read(self, reader: asyncio.StreamReader, heartbeat: Heartbeat) -> str:
        """Hand on the events until there are no more. Returns what was wrong, if anything."""
        broken = ""
        slices = TimeSlices(self._clock)
        while not self._closing and heartbeat.state != "ending":
            try:
                line = await reader.readline()
            except ValueError:
                return f"the worker sent a line of more than {MAX_LINE_BYTES} bytes; it was ended"
            except OSError:
                return broken
            slices.begin()
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
            self._take(event, heartbeat)
            await slices.end()
        return broken

    def _take(self, event: Event, heartbeat: Heartbeat) -> None:
        heartbeat.hear(event, self._clock())
        if isinstance(event, Ready):
            self.state = "ready"
        if not self._closing and not isinstance(event, Alive):
            self._on_event(event)
        self._tell_state()

    def _tell_state(self) -> None:
        status = self.status
        known = (status.state, status.answers, status.busy)
        if known != self._told:
            self._told = known
            if self._on_state is not None:
                self._on_state(status)


async def _collect(child: "WorkerProcess", output: WorkerOutput, slices: TimeSlices) -> None:
    while block := await child.output.read(BLOCK_BYTES):
        slices.begin()
        output.add(block)
        await slices.end()
