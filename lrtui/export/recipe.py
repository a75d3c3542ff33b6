"""Reads the JSON of a run back, to repeat the run. Trusts nothing in it, and runs no code of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

from lrtui import __version__
from lrtui.export.history import versions_of
from lrtui.protocol import Marked, Ready, Settings, Start, Steer, Stop
from lrtui.runs.record import RunRecord
from lrtui.runs.repeat import script_of
from lrtui.schedules import Invalid, parse
from lrtui.schedules.files import read_file
from lrtui.schedules.parameters import parameters

MOST_BYTES = 2**30
"""A longer file is not read."""


class NotARun(ValueError):
    """The file holds no run, or one that cannot be repeated; the message says why, in one line."""


@dataclass(frozen=True)
class Recipe:
    """What is needed to repeat a run."""

    record: RunRecord
    """Its schedule, settings and marks; no steps."""
    script: tuple[tuple[int, Steer], ...]
    """How it was steered."""
    stopped_after: int | None
    """After how many steps it was stopped; None: it went to its end."""
    digests: dict[str, str]
    """Of the user's own schedules, by source: see :func:`~lrtui.export.history.digest_of`."""
    versions: dict[str, str]
    """Of what it was made with, as far as the file tells."""
    devices: list[str]
    threads: int | None

    def start(self) -> Start:
        """The command that repeats the run, as far as it went."""
        stop = () if self.stopped_after is None else ((self.stopped_after, Stop()),)
        script = (*self.script, *stop)
        return Start(self.record.schedule, self.record.ours, script=script)

    def differences_here(self, ready: Ready) -> list[str]:
        """What is not here as it was there: ``keras 3.15.1, here 3.16.0``; numbers may differ."""
        here = {"lrtui": __version__, **versions_of(ready)} | {"devices": ", ".join(ready.devices)}
        there = self.versions | ({"devices": ", ".join(self.devices)} if self.devices else {})
        here["threads"] = str(ready.threads)
        if self.threads is not None:
            there["threads"] = str(self.threads)
        return [
            f"{name} {there[name]}, here {here[name]}"
            for name in here
            if name in there and there[name] != here[name]
        ]


def read_run(path: Path) -> Recipe:
    """The recipe of the run that :func:`~lrtui.export.history.export_run` wrote as JSON.

    Raises:
        OSError: it cannot be read.
        NotARun: it is not such a file, or that run cannot be repeated.
    """
    data = read_file(path, MOST_BYTES)
    try:
        told = msgspec.json.decode(data, type=_File)
        renamed = {"events": [_with_new_name(one) for one in told.events]}
        marks = msgspec.convert(renamed, _Events).events
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotARun(f"is not a run that lrtui wrote: {error}") from None
    if "backend" in told.settings:
        raise NotARun("is a run of a script: only that script can do it again")
    try:
        for schedule in (told.schedule, *(mark.schedule for mark in marks)):
            parse(schedule)
        settings = _settings(told.settings)
        record = RunRecord(told.schedule, settings, marks=marks)
        script = script_of(record)
    except Invalid as refusal:
        raise NotARun(f"holds what cannot be: {refusal}") from None
    for source, one in told.own.items():
        if one.edited:
            raise NotARun(f"cannot be repeated: {source} was edited while it trained")
    return Recipe(
        record=record,
        script=script,
        stopped_after=(told.history.step or [0])[-1] if told.state == "stopped" else None,
        digests={source: one.sha256 for source, one in told.own.items()},
        versions={"lrtui": told.lrtui, **told.versions},
        devices=told.machine.devices,
        threads=told.machine.threads,
    )


class _UserSchedule(msgspec.Struct):
    sha256: str
    edited: bool


class _Machine(msgspec.Struct):
    devices: list[str] = []
    threads: Annotated[int, msgspec.Meta(ge=0, le=1024)] | None = None


class _History(msgspec.Struct):
    step: list[int]


class _File(msgspec.Struct):
    """What is read of the file."""

    lrtui: str
    versions: dict[str, str]
    machine: _Machine
    schedule: str
    settings: dict[str, Any]
    own: dict[str, _UserSchedule]
    state: str
    history: _History
    events: list[dict[str, Any]]


class _Events(msgspec.Struct):
    events: list[Marked]


def _with_new_name(event: dict[str, Any]) -> dict[str, Any]:
    """A mark as this version calls it: an `undo` was first called `untouched`."""
    return event | ({"kind": "undo"} if event.get("kind") == "untouched" else {})


def _settings(given: dict[str, Any]) -> Settings:
    known = [parameter.name for parameter in parameters(Settings)]
    for name in given:
        if name not in known:
            raise Invalid("settings", "must be of those that this lrtui has", name)
    return Settings(**given)
