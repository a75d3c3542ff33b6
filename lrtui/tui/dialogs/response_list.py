"""The dialog that shows what the present parameter does to the final loss, value by value."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrtui.protocol import AtOnceEnded, Settings
from lrtui.protocol.at_once import rates_of, why_not_at_once
from lrtui.runs.response import ValueLosses, answers, lowest_place
from lrtui.runs.trained import Asked, Trained
from lrtui.schedules import Schedule
from lrtui.tui.dialogs.list_dialog import ListDialog
from lrtui.tui.form.editor import Editor
from lrtui.tui.host import Host
from lrtui.tui.list_line import ListLine
from lrtui.tui.number_format import format_loss
from lrtui.tui.training.loss_follower import LossFollower

VALUES = 16
"""At most so many are tried."""
_BAR = 12
_FAR_APART = 30
"""The largest loss is so many times the least: bars are by logarithms then."""


class ResponseList:
    """Trains at once with each value around the present one, and lists what comes of it.

    Args:
        editor: holds what the form shows.
        losses: trains.
        host: the app.
        sampled: gives a schedule of the user's own the rates that are known of it.
    """

    def __init__(
        self,
        editor: Editor,
        losses: LossFollower,
        host: Host,
        sampled: Callable[[Schedule], Schedule],
    ) -> None:
        self._sampled = sampled
        self._editor, self._losses, self._host = editor, losses, host
        self._name = editor.present_line
        self._seeds = editor.form_state.view.valid.seeds
        held = editor.form_state.parameter(self._name)
        assert held is not None
        self._parameter, self._value = held
        tried = self._parameter.values_to_compare(self._value, VALUES)
        states = [(value, editor.form_state.put(self._name, value)) for value in tried]
        self._states = [(value, state) for value, state in states if not state.fault]
        self._known: list[ValueLosses | None] = [None] * len(self._states)
        self._trouble: dict[int, str] = {}
        self._dialog: ListDialog | None = None

    def show(self) -> None:
        """Show the list, which fills while one looks."""
        title = (
            f"final loss over {self._name.field.replace('_', ' ')}, {self._seeds} seeds, at once"
        )
        keys = (("enter", "take the value", self._take),)
        self._dialog = ListDialog(title, self._lines, keys)
        self._host.push_screen(self._dialog, self._close)
        self._ask(0)

    def _close(self, _: None) -> None:
        self._losses.ask_no_more()
        self._host.redraw()

    def _ask(self, first: int) -> None:
        """Have the values trained from this one on, those at a time that share their settings."""
        if first >= len(self._states):
            return
        settings = self._states[first][1].settings.valid
        stop = first + 1
        while stop < len(self._states) and self._states[stop][1].settings.valid == settings:
            stop += 1
        schedules = [self._sampled(state.schedule) for _, state in self._states[first:stop]]
        why = why_not_at_once(settings, len(schedules))
        rates = None if why else np.stack([rates_of(one, settings) for one in schedules])
        if rates is None or not np.isfinite(rates).all():
            for place in range(first, stop):
                self._trouble[place] = why or "its rates are not all known, or not finite"
            self._fill()
            self._ask(stop)
            return
        self._train(settings, rates, first, stop)

    def _train(self, settings: Settings, rates: Any, first: int, stop: int) -> None:
        seeds = [(settings.seed + number) % 2**31 for number in range(self._seeds)]
        rows = tuple((row, seed) for row in range(stop - first) for seed in seeds)

        def known(trained: Trained) -> None:
            now = answers(trained, stop - first)
            if now != self._known[first:stop]:
                self._known[first:stop] = now
                self._fill()

        def ended(trained: Trained, event: AtOnceEnded) -> None:
            if event.reason == "dropped":
                return
            for place in range(first, first if event.reason == "done" else stop):
                self._trouble[place] = event.message
            known(trained)
            self._fill()
            self._ask(stop)

        self._losses.ask(Asked(settings, rates, rows, losses=False), known, ended)

    def _fill(self) -> None:
        if self._dialog is not None and self._dialog.is_mounted and self._dialog.is_composed:
            self._dialog.fill()

    def _take(self, place: int) -> bool:
        self._editor.take(self._name, self._states[place][0])
        return True

    def _lines(self) -> list[ListLine]:
        medians = [one.median for one in self._known if one is not None and one.finals]
        best = lowest_place(self._known)
        lines = []
        for place, (value, _) in enumerate(self._states):
            marks = " (now)" if value == self._value else ""
            marks += " lowest" if place == best else ""
            name = f"{self._parameter.show(value)}{marks}"
            lines.append(ListLine(name, self._about(place, medians)))
        return lines

    def _about(self, place: int, medians: list[float]) -> str:
        one = self._known[place]
        if place in self._trouble:
            return self._trouble[place]
        if one is None:
            return "..."
        wild = f", {one.diverged} of {one.diverged + len(one.finals)} diverged"
        if not one.finals:
            return wild.removeprefix(", ")
        spread = f"{format_loss(min(one.finals))} to {format_loss(max(one.finals))}"
        told = f"{format_loss(one.median)} ({spread}), best {format_loss(min(one.bests))}"
        return f"{bar_of(one.median, medians):<{_BAR}} {told}{wild if one.diverged else ''}"


def bar_of(median: float, medians: Sequence[float]) -> str:
    """How large a loss is beside the others, from ``#`` to twelve of them.

    By its logarithm where they are far apart: one value that ruins a training would leave all
    others the same length.
    """
    least, most = min(medians), max(medians)
    if least > 0 and most > _FAR_APART * least:
        share = math.log(median / least) / math.log(most / least)
        return "#" * (1 + round((_BAR - 1) * share))
    return "#" * max(1, round(_BAR * median / (most or 1.0)))
