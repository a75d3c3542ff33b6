"""A landscape that a file of ``lrtui sweep`` holds: shown as it is, and filled further there."""

import contextlib
import math
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from lrtui.protocol import Settings, pack
from lrtui.protocol.chunks import ChunkDone, processor
from lrtui.runs.landscape import CellLosses, Place
from lrtui.runs.sweeps.answers import SweepAnswers, names_of
from lrtui.runs.sweeps.cells import SweepCell, cells_of
from lrtui.runs.sweeps.store import Store
from lrtui.runs.sweeps.trainings import SMALL_STACK, STACK, trainings_of
from lrtui.runs.trained import Asked, Trained
from lrtui.runs.verdict import Verdict
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.user_schedule import user_sources
from lrtui.tasks.user_task import sources_of_task
from lrtui.tui.form.editor import Editor
from lrtui.tui.form.form_line import LineName
from lrtui.tui.training.landscape import Landscape, MapAxis


class StoredLandscape(Landscape):
    """Of the sweep that a file was asked for last, over its last two names.

    There is a map for each schedule and each value of the other names.

    Args:
        path: the file.
        say: told when it could not be written.
        threads: of the process that trains.
        versions: of what it trains with, as far as they are known.
        number: of the map, from 0, in the order of the file.

    Raises:
        Invalid: it is no such file, or holds no sweep over a name.
        OSError: it cannot be read.
    """

    def __init__(
        self,
        path: Path,
        say: Callable[[str], None],
        threads: int,
        versions: dict[str, str],
        number: int = 0,
    ) -> None:
        self._path, self._say = path, say
        self._threads, self._versions = threads, versions
        self._began = time.perf_counter()
        with contextlib.closing(Store(path, writes=False)) as store:
            asked, self._sweep = store.latest()
            answers = SweepAnswers(self._sweep, store.ends(asked), {}, {})
        sweep = self._sweep
        if not sweep.axes:
            raise Invalid("store", "must hold a sweep over at least one name (--over)", str(path))
        axes = [
            MapAxis(
                LineName("settings", one.name),
                one.name.replace("_", " "),
                one.values,
                one.values,
                0,
            )
            for one in sweep.axes[-2:]
        ]
        others = sweep.shape[:-2] if len(axes) > 1 else sweep.shape[:-1]
        self._maps = math.prod(others)
        self._number = number % self._maps
        self._others = tuple(int(at) for at in np.unravel_index(self._number, others))
        if len(axes) == 1:
            name = sweep.schedules[self._others[0]].partition("(")[0]
            axes.insert(0, MapAxis(LineName("chooser"), "schedule", (name,), (name[:11],), 0))
        self.up, self.across = axes
        self._judged: tuple[int, Verdict] | None = None
        self.seeds = len(sweep.seeds)
        self.busy = False
        self.of_before: dict[Place, CellLosses] = {}
        self.refused: dict[Place, str] = {}
        self._cells: dict[Place, SweepCell] = {}
        self.cells: dict[Place, CellLosses] = {}
        for cell in cells_of(sweep):
            if cell.place[: len(others)] != self._others:
                continue
            place = (cell.place[-2] if len(sweep.axes) > 1 else 0, cell.place[-1])
            self._cells[place] = cell
            at = sweep.number_of(cell.place)
            if answers.known[at].all():
                self.cells[place] = CellLosses(tuple(answers.finals[at].tolist()))

    @property
    def title(self) -> str:
        """What it shows, with the schedule and the values that the others do not have."""
        sweep = self._sweep
        said = [names_of(sweep)[self._others[0]]] if len(sweep.schedules) > 1 else []
        others = zip(sweep.axes, self._others[1:], strict=False)
        said += [f"{axis.name}={axis.values[at]}" for axis, at in others]
        if not said:
            return super().title
        return f"{' '.join(said)}: {self.across.label} to the right, {self.up.label} upward"

    @property
    def maps(self) -> int:
        """One for each schedule and each value of the other names."""
        return self._maps

    def next_map(self) -> "StoredLandscape":
        """The next of these, of what the file holds now; after the last the first."""
        return StoredLandscape(
            self._path, self._say, self._threads, self._versions, self._number + 1
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """Files of code that its trainings have run."""
        one = self._cells[0, 0]
        return (*user_sources(one.schedule), *sources_of_task(one.settings.task))

    def trained_at(self, place: Place) -> tuple[Schedule, Settings, str]:
        """What is trained at a place."""
        cell = self._cells[place]
        settings = cell.settings.replace(seed=self._sweep.seeds[0])
        unknown = "it asks for your code, which is not run from here" if self.sources else ""
        return cell.schedule, settings, cell.refused or unknown

    def put_into(self, editor: Editor, place: Place) -> None:
        """Have the form show a cell, with all of its settings."""
        schedule, settings, _ = self.trained_at(place)
        editor.load(str(schedule), settings)

    def keep(self, places: Sequence[Place], trained: Trained) -> None:
        """Write cells into the file, as the command does."""
        some = [self._cells[place] for place in places]
        wanted = [one.wanted for one in trainings_of(some, self._sweep, self._sweep.seeds)]
        stack = (STACK if len(wanted) > SMALL_STACK else SMALL_STACK) if trained.stacked else 1
        done = ChunkDone(
            pack(trained.means),
            pack(trained.validation) if trained.validated else b"",
            *(socket.gethostname(), processor()),
            threads=self._threads,
            seconds=time.perf_counter() - self._began,
            memory=0,
            versions=self._versions,
        )
        try:
            with contextlib.closing(Store(self._path)) as store:
                store.begin(self._sweep, ())
                store.add(wanted, done, stack)
        except (OSError, Invalid) as error:
            self._say(f"{self._path} could not be written: {error}")

    def _next(self) -> tuple[Sequence[Place], Asked | None]:
        self._began = time.perf_counter()
        return super()._next()
