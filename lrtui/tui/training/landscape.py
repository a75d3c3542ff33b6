"""Trains at once with each pair of values of two parameters, and knows what came of each cell."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from lrtui.protocol import AtOnceEnded, Settings
from lrtui.protocol.at_once import MOST_RATES, rates_of, why_not_at_once
from lrtui.runs.landscape import CellLosses, Place, cells_of, coarse_to_fine
from lrtui.runs.trained import Asked, Trained
from lrtui.runs.verdict import Verdict, judge
from lrtui.schedules import Schedule
from lrtui.tasks.user_task import sources_of_task
from lrtui.tui.form.editor import Editor
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_state import FormState
from lrtui.tui.training.loss_follower import LossFollower

VALUES = 16
"""Of each axis, at most."""
SEEDS = 4
FIRST_CELLS, CELLS = 16, 64
"""Asked for at a time: at first few, so that there is something to see."""


class MapAxis(Struct, frozen=True):
    """One of the two parameters."""

    line: LineName
    label: str
    values: tuple[Any, ...]
    """Ascending."""
    texts: tuple[str, ...]
    """Each value as the form shows it."""
    present: int
    """Which of them the form has."""


def axis_of(state: FormState, line: LineName, count: int = VALUES) -> MapAxis | None:
    """The axis of a line of the form; None: it holds nothing that can be turned."""
    held = state.parameter(line)
    if held is None or line.section == "view":
        return None
    parameter, value = held
    values = parameter.values_to_compare(value, count)
    if len(values) < 2 or value not in values:
        return None
    label = line.field.replace("_", " ")
    texts = tuple(parameter.show(one) for one in values)
    return MapAxis(line, label, values, texts, values.index(value))


class Landscape:
    """Of a form and two of its lines. What is known survives another form, as *of before*.

    Args:
        state: what the form shows.
        across: the line whose values go from left to right.
        up: the line whose values go from below upward.
        before: an earlier landscape of the same lines, if there is one.
        sampled: gives a schedule of the user's own the rates that are known of it.
    """

    def __init__(
        self,
        state: FormState,
        across: MapAxis,
        up: MapAxis,
        before: "Landscape | None" = None,
        *,
        sampled: Callable[[Schedule], Schedule] = lambda schedule: schedule,
    ) -> None:
        self._sampled = sampled
        self.across, self.up = across, up
        self.seeds = SEEDS
        """With how many each cell is trained."""
        self._base = state
        self.cells: dict[Place, CellLosses] = {}
        """What is known, by row (from below) and column."""
        self.refused: dict[Place, str] = {}
        """Why there is nothing at a place."""
        self.of_before: dict[Place, CellLosses] = {}
        """What was known of another form, where nothing newer is."""
        self.busy = False
        self._judged: tuple[int, Verdict] | None = None
        """Of how many cells, which are not judged again at each key."""
        if before is not None and before.axes == self.axes:
            if before.key == self.key:
                self.cells, self.of_before = before.cells, before.of_before
            else:
                self.of_before = {**before.of_before, **before.cells}

    @property
    def title(self) -> str:
        """What it shows."""
        return f"final loss: {self.across.label} to the right, {self.up.label} upward"

    @property
    def maps(self) -> int:
        """How many there are of what it belongs to."""
        return 1

    def next_map(self) -> "Landscape":
        """The next of these; after the last the first."""
        return self

    @property
    def shape(self) -> Place:
        """Rows and columns."""
        return len(self.up.values), len(self.across.values)

    @property
    def axes(self) -> tuple[object, ...]:
        """What tells whether another landscape has the same cells."""
        return tuple((one.line, one.values) for one in (self.across, self.up))

    @property
    def key(self) -> object:
        """What tells whether another form would give the same cells."""
        state = self.state_of((0, 0))
        settings = state.settings.valid
        # The file of a task of the user's own may have been edited since.
        edited = object() if sources_of_task(settings.task) else None
        return self._sampled(state.schedule), settings, edited

    @property
    def verdict(self) -> Verdict:
        """Which cell is lowest, of those that are known; its numbers are places of `order`."""
        if self._judged is None or self._judged[0] != len(self.cells):
            self._judged = len(self.cells), judge([self.cells[one].finals for one in self.order])
        return self._judged[1]

    @property
    def order(self) -> list[Place]:
        """The known cells."""
        return sorted(self.cells)

    @property
    def whole(self) -> bool:
        """Whether everything is known."""
        rows, columns = self.shape
        return len(self.cells) + len(self.refused) == rows * columns

    def state_of(self, place: Place) -> FormState:
        """The form with the values of a cell."""
        row, column = place
        state = self._base.put(self.across.line, self.across.values[column])
        return state.put(self.up.line, self.up.values[row])

    def trained_at(self, place: Place) -> tuple[Schedule, Settings, str]:
        """What is trained at a place, and why that cannot be; empty: it can."""
        state = self.state_of(place)
        return self._sampled(state.schedule), state.settings.valid, state.fault

    def put_into(self, editor: Editor, place: Place) -> None:
        """Have the form show a cell."""
        row, column = place
        editor.take(self.across.line, self.across.values[column])
        editor.take(self.up.line, self.up.values[row])

    def keep(self, places: Sequence[Place], trained: Trained) -> None:
        """Told of cells when all of their trainings are over."""

    def train(self, losses: LossFollower, on_change: Callable[[], None]) -> None:
        """Have what is not known trained, coarse to fine; `on_change` is told of each cell."""
        self.busy = True
        places, asked = self._next()
        if asked is None:
            self.busy = False
            on_change()
            return

        def known(trained: Trained) -> None:
            found = cells_of(trained, len(places))
            new = {
                place: cell
                for place, cell in zip(places, found, strict=True)
                if cell is not None and place not in self.cells
            }
            if new:
                self.cells.update(new)
                for place in new:
                    self.of_before.pop(place, None)
                on_change()

        def ended(trained: Trained, event: AtOnceEnded) -> None:
            if event.reason == "dropped":
                self.busy = False
                return
            known(trained)
            if event.reason == "done":
                self.keep(places, trained)
            else:
                self.refused |= {one: event.message for one in places if one not in self.cells}
            self.train(losses, on_change)

        losses.ask(asked, known, ended)

    def _next(self) -> tuple[Sequence[Place], Asked | None]:
        """The next cells, neighbours in time that share their settings, and what they take."""
        places: list[Place] = []
        rates: list[Any] = []
        settings = None
        most = CELLS if self.cells else FIRST_CELLS
        for place in coarse_to_fine(*self.shape):
            if place in self.cells or place in self.refused:
                continue
            schedule, of_cell, fault = self.trained_at(place)
            why = fault or why_not_at_once(of_cell)
            if not why and (settings is None or of_cell == settings):
                row = rates_of(schedule, of_cell)
                why = "" if np.isfinite(row).all() else "its rates are not all known, or not finite"
                if not why:
                    settings = of_cell
                    places.append(place)
                    rates.append(row)
            if why:
                self.refused[place] = why
            if settings and len(places) >= min(most, max(1, MOST_RATES // settings.steps)):
                break
        if settings is None:
            return places, None
        seeds = [(settings.seed + number) % 2**31 for number in range(self.seeds)]
        rows = tuple((row, seed) for row in range(len(places)) for seed in seeds)
        return places, Asked(settings, np.stack(rates), rows, losses=False)
