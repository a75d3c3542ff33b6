"""The trainings of this user on this machine, those that run and those that are over."""

import time
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from lrtui.protocol import Ended, Epoch, Paused, Resumed, Started
from lrtui.protocol.registry import (
    Entry,
    Place,
    host_name,
    lives,
    places,
    read_entry,
    remove,
    state_folder,
)
from lrtui.runs.journal import JournalRead, last_lines, last_step
from lrtui.runs.record import RunRecord
from lrtui.schedules import Invalid

TrainingState = Literal["running", "paused", "idle", "ended", "killed"]


class Training(Struct, frozen=True):
    """A training at one moment, as its journal tells it: at most a second old."""

    entry: Entry
    place: Place
    state: TrainingState
    """``idle``: its process is there and does not train; ``killed``: it went without a word."""
    step: int
    """How many steps it has done."""
    epoch: int | None
    """Counted from 1; None: not known."""
    rate: float | None
    """That the last step used; None: there is none."""
    loss: float | None
    """Of the last step's batch."""
    age: float
    """Seconds since it began."""

    @property
    def alive(self) -> bool:
        """Whether its process is there."""
        return self.state in ("running", "paused", "idle")

    @property
    def name(self) -> str:
        """As the script calls it."""
        return self.entry.name

    @property
    def shown_name(self) -> str:
        """The name, harmless to a terminal and short."""
        name = "".join(letter if letter.isprintable() else "?" for letter in self.name)
        return name if len(name) <= 30 else f"{name[:29]}…"


def trainings() -> list[Training]:
    """All of this machine, the latest first."""
    found = [one for place in places() if (one := look_at(place)) is not None]
    return sorted(found, key=lambda one: one.entry.began, reverse=True)


def look_at(place: Place) -> Training | None:
    """The training with these files; None: they are none that can be read."""
    entry = read_entry(place)
    if entry is None:
        return None
    alive = lives(place)
    lines = last_lines(place)
    step, rate, loss = last_step(place)
    return Training(
        entry=entry,
        place=place,
        state=_state(alive, [line.event for line in lines]),
        step=step,
        epoch=_epoch(step, [line.event for line in lines]),
        rate=rate,
        loss=loss,
        age=max(0.0, time.time() - entry.began),
    )


def find_training(which: str | None, among: Sequence[Training]) -> Training:
    """The training of that name or process id, or the only one that is alive.

    Of several of one name it is the one that is alive, or the latest.

    Args:
        which: a name, a process id or an id of the list; None: the only one.
        among: as :func:`trainings` gives them, the latest first.

    Raises:
        Invalid: there is none, or there are several; it says which there are.
    """
    alive = [one for one in among if one.alive]
    if which is None:
        if len(alive) == 1:
            return alive[0]
        if not alive:
            allowed = "must be one that carries lrtui.Live, and there are none"
            if among:
                over = f"lrtui attach NAME shows one that is over: {_told(among)}"
                allowed = f"must be running; {over}"
            raise Invalid("training", allowed, "none that runs")
        raise Invalid("training", f"must be named, one of {_told(alive)}", "none")
    fits = [one for one in among if which in (one.name, str(one.entry.pid), one.entry.id)]
    running = [one for one in fits if one.alive]
    if len(running) > 1:
        pids = ", ".join(str(one.entry.pid) for one in running)
        raise Invalid("training", f"must be told by its process id, one of {pids}", which)
    if not fits and not among:
        allowed = "must be one that carries lrtui.Live; lrtui runs lists them, and there are none"
        raise Invalid("training", allowed, which)
    if not fits:
        raise Invalid("training", f"must be one of {_told(among)}", which)
    return (running or fits)[0]


def other_hosts() -> dict[str, int]:
    """The machines that share this user's folder and have trainings in it, with how many."""
    try:
        hosts = [one for one in (state_folder() / "trainings").iterdir() if one.is_dir()]
    except (OSError, RuntimeError):
        return {}
    counts = {one.name: sum(1 for _ in one.glob("*.json")) for one in hosts}
    return {name: count for name, count in counts.items() if count and name != host_name()}


def record_in(journal: JournalRead, training: Training) -> RunRecord | None:
    """All that a training's journal holds; None: it had not begun. One that was killed is said
    to be.
    """
    record = journal.record()
    if record is not None and not training.alive:
        record.lose("its process ended without a word")
    return record


def forget(training: Training) -> bool:
    """Remove the files of a training that is over. Whether it was over."""
    if training.alive or lives(training.place):
        return False
    remove(training.place)
    return True


def _state(alive: bool, events: Sequence[object]) -> TrainingState:
    for event in reversed(events):
        if isinstance(event, Ended):
            return "idle" if alive else "ended"
        if isinstance(event, Paused):
            return "paused" if alive else "killed"
        if isinstance(event, Resumed | Started):
            break
    return "running" if alive else "killed"


def _epoch(step: int, events: Sequence[object]) -> int | None:
    ended = [event.epoch for event in events if isinstance(event, Epoch)]
    over = bool(events) and isinstance(events[-1], Ended)
    if ended:
        return ended[-1] if over else ended[-1] + 1
    return 1 if step else None


def _told(some: Sequence[Training]) -> str:
    names = [f"{one.name} ({one.entry.pid})" for one in some[:6]]
    return ", ".join(names) + (", ..." if len(some) > 6 else "") if some else "none"
