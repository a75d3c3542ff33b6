"""Keeps whatever the program keeps on a disk that fills: ``python -m tests.kept.full_disk``.

Prints as JSON what each writer said, and what could be read before, meanwhile and afterwards. The
disk is full for real: its only free bytes are in a file of ours; or files may not grow any more.
"""

import contextlib
import io
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from lrtui.cli.commands.train import save
from lrtui.cli.errors import Failed
from lrtui.kept import SESSION_FILE, read
from lrtui.kept.consent import Consent
from lrtui.kept.fault_log import FaultLog
from lrtui.kept.presets import Preset, Presets
from lrtui.live.journal import Journal
from lrtui.live.open_hub import close_hubs, open_hub
from lrtui.protocol import Settings, Started, StepsDone, pack
from lrtui.protocol.chunks import ChunkDone
from lrtui.protocol.journal import JournalLine
from lrtui.protocol.registry import Place, places, read_entry
from lrtui.runs.journal import read_journal
from lrtui.runs.record import RunRecord
from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.store import Store
from lrtui.runs.sweeps.stored_trainings import WantedTraining
from lrtui.runs.worker_output import WorkerOutput
from lrtui.schedules import parse
from lrtui.tui.dialogs.preset_list import PresetList
from lrtui.tui.dialogs.save_files import save_code
from lrtui.tui.saved_session import SavedPin, SavedSession, SessionFile

STEPS, ROWS, FILES, LONG = 1000, 64, 60, 9000
"""How much a number is, each over a page of a disk."""


class Writer(NamedTuple):
    """Something that is kept."""

    keep: Callable[[Path, int], str]
    """Keep a number in this folder, and give what is said to the person; empty: nothing."""
    kept: Callable[[Path], int]
    """The last number that can be read there whole."""


def _session(folder: Path, number: int) -> str:
    session = SavedSession(
        settings=Settings(seed=number), pins=(SavedPin(parse("noam"), "x" * LONG),)
    )
    return SessionFile(folder / SESSION_FILE, float).save_when_settled(session, at_once=True)


def _presets(folder: Path, number: int) -> str:
    said: list[str] = []
    app: Any = SimpleNamespace(say=said.append)
    presets = PresetList(folder / "presets.toml", app, app)
    presets._edit(lambda known: known.save(Preset(f"number {number}", parse("noam"))))
    return "".join(said)


def _own_files(number: int) -> list[str]:
    """They are on another disk."""
    return [f"{os.environ['CODE']}/{number}-{one}.py:f" for one in range(FILES)]


def _write_own_files() -> None:
    for number in (1, 2, 3):
        for source in _own_files(number):
            Path(source.removesuffix(":f")).write_text("def f(step): return 0.1")


def _consent(folder: Path, number: int) -> str:
    return Consent(folder / "allowed").allow(_own_files(number))


def _consented(folder: Path) -> int:
    consent = Consent(folder / "allowed")
    return max(n for n in (1, 2, 3) if not consent.missing(_own_files(n)))


def _fault(folder: Path, number: int) -> str:
    said = FaultLog(folder / "faults.log").record(ValueError(f"{'x' * LONG} {number}"))
    return said if "could not" in said else ""


def _numbers_in(folder: Path) -> int:
    """The last number behind a whole line, in whatever files there are."""
    texts = [file.read_text() for file in folder.iterdir() if file.is_file()]
    return max(n for n in (1, 2, 3) for text in texts if f"{'x' * LONG} {n}\n" in text)


_outputs: dict[Path, WorkerOutput] = {}


def _worker_log(folder: Path, number: int) -> str:
    output = _outputs.setdefault(folder, WorkerOutput(folder / "worker.log"))
    for _ in range(LONG // 1000):
        output.add(b"x" * 1000 + b"\n")
    output.add(f"number {number}\n".encode())
    said = [line for line in output.lines if "could not" in line]
    if said:
        output.close()
        del _outputs[folder]
    return "\n".join(said)


def _logged(folder: Path) -> int:
    return max(n for n in (1, 2, 3) if f"number {n}" in (folder / "worker.log").read_text())


_journals: dict[Path, Journal] = {}


def _journal(folder: Path, number: int) -> str:
    journal = _journals.setdefault(folder, Journal(Place(folder, "run")))
    rates = np.full(STEPS * number, 0.1, np.float32)
    journal.retry()
    journal.write(rates, rates, [JournalLine(0, 1.0, Started("noam", Settings()))])
    return journal.problem


def _journaled(folder: Path) -> int:
    record = read_journal(Place(folder, "run")).record()
    return 0 if record is None else record.steps // STEPS


def _entry(folder: Path, number: int) -> str:
    os.environ["XDG_STATE_HOME"] = os.environ["TMPDIR"] = str(folder)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        open_hub(str(number))
        close_hubs()
    return said.getvalue().strip()


def _entered(folder: Path) -> int:
    os.environ["XDG_STATE_HOME"] = os.environ["TMPDIR"] = str(folder)
    entries = [read_entry(place) for place in places()]
    return max(0 if one is None else int(one.name) for one in entries) if all(entries) else -1


def _history(folder: Path, number: int) -> str:
    rates = pack(np.full(STEPS * number, 0.1, np.float32))
    record = RunRecord.of([Started("noam", Settings()), StepsDone(0, rates, rates)])
    follower: Any = SimpleNamespace(record=record, ready=None, failure="")
    try:
        save(follower, folder / "run.json", per_step=True)
    except Failed as error:
        return str(error)
    return ""


def _saved(folder: Path) -> int:
    return len(json.loads((folder / "run.json").read_text())["steps"]["step"]) // STEPS


def _code(folder: Path, number: int) -> str:
    said = save_code(folder / "schedule.py", f"{'x' * LONG} {number}\n")
    return said if "could not" in said else ""


SWEEP = SweepRequest(("noam",), (), (0, 1), Settings())


def _store(folder: Path, number: int) -> str:
    wanted = [
        WantedTraining(bytes([number, row]) * 8, number, row, "noam", "{}", "{}")
        for row in range(ROWS)
    ]
    done = ChunkDone(pack(np.ones(50 * ROWS, np.float32)), b"", "", "", 1, 1.0, 0, {})
    try:
        with contextlib.closing(Store(folder / "sweep.db")) as store:
            store.begin(SWEEP, wanted)
            store.add(wanted, done, 1)
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return ""


def _stored(folder: Path) -> int:
    with contextlib.closing(Store(folder / "sweep.db", writes=False)) as store:
        cells = [int(cell) for cell in store.ends(store.latest()[0]).cells]
    return max(n for n in (1, 2, 3) if cells.count(n) == ROWS)


WRITERS = {
    "session": Writer(
        _session, lambda folder: read(folder / SESSION_FILE, SavedSession).value.settings.seed
    ),
    "presets": Writer(
        _presets,
        lambda folder: int(read(folder / "presets.toml", Presets).value.presets[-1].name[-1]),
    ),
    "consent": Writer(_consent, _consented),
    "trace of a fault": Writer(_fault, _numbers_in),
    "log of a worker": Writer(_worker_log, _logged),
    "journal": Writer(_journal, _journaled),
    "entry of a training": Writer(_entry, _entered),
    "run": Writer(_history, _saved),
    "code": Writer(_code, _numbers_in),
    "store of a sweep": Writer(_store, _stored),
}


class _Disk:
    """Where it is written."""

    def __init__(self, folder: Path, full: str) -> None:
        self._ballast, self._full = folder / "ballast", full

    def fill(self) -> None:
        """From now on there is no room."""
        if self._full == "files may not grow":
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            return
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass

    def is_read(self) -> None:
        """The limit of files is this process's own: who reads a store has another."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    def empty(self) -> None:
        """There is room again."""
        self.is_read()
        self._ballast.unlink(missing_ok=True)


def _tried(writer: Writer, folder: Path, disk: _Disk) -> dict[str, Any]:
    folder.mkdir()
    told: dict[str, Any] = {"at first": [writer.keep(folder, 1), writer.kept(folder)]}
    disk.fill()
    try:
        said = writer.keep(folder, 2)
        disk.is_read()
        told["full"] = [said, writer.kept(folder)]
        told["left"] = [str(one) for one in folder.rglob("*.part")]
    finally:
        disk.empty()
    told["afterwards"] = [writer.keep(folder, 3), writer.kept(folder)]
    return told


def main(folder: Path, full: str) -> None:
    """Try all of them."""
    _write_own_files()
    disk = _Disk(folder, full)
    found = {}
    for number, (name, writer) in enumerate(WRITERS.items()):
        found[name] = _tried(writer, folder / str(number), disk)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
