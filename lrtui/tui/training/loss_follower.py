"""Has the form's training done at once while it is turned, so that its losses are seen at once.

It knows no widget; whoever shows the band is told when there is another.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lrtui.protocol import AtOnceEnded, Settings
from lrtui.protocol.at_once import rates_of, why_not_at_once
from lrtui.schedules import Schedule
from lrtui.tui.scene.loss_band import LossBand, loss_band

if TYPE_CHECKING:
    from lrtui.runs.at_once import OnEnd, OnSteps
    from lrtui.runs.trained import Asked, Trained

MOST_STEPS = 50_000
"""Of a longer training the epochs are asked for and not the batches, which would be megabytes."""
MOST_SECONDS = 60.0
"""A band that would take longer is not had, and its time is said."""


class AtOnceLink(Protocol):
    """What is needed of :class:`lrtui.runs.at_once.AtOnce`."""

    @property
    def memory(self) -> int:
        """Resident memory of the process in bytes; 0: there is none."""

    def ask(self, asked: "Asked", on_steps: "OnSteps", on_end: "OnEnd") -> None:
        """Have these trained; what was asked before is dropped."""

    def drop(self) -> None:
        """What was asked for is not wanted any more."""

    async def close(self) -> None:
        """End the process."""


class LossFollower:
    """Asks for what the form shows whenever that is something else.

    Args:
        open_link: makes the link, when something is first wanted; None: nothing is had at once.
        on_change: called when there is more to see; with True when it is all of it.
        on: whether it is drawn before a key asks for it.
    """

    def __init__(
        self,
        open_link: Callable[[], AtOnceLink] | None,
        on_change: Callable[[bool], None],
        *,
        on: bool = True,
    ) -> None:
        self.band: LossBand | None = None
        """Of what was last asked for; until something of it is known, of what was before."""
        self.trouble = ""
        """Why there is no band, a line; empty: there is one, or none was asked for."""
        self.wanted = False
        """Whether there is room for it on the screen: from the key on that first asked for it."""
        self.on = on and open_link is not None
        self._open, self._on_change = open_link, on_change
        self._link: AtOnceLink | None = None
        self._shown: tuple[Schedule, Settings, int] | None = None
        self._failed = False
        """Whether the last ended in a fault: there is no room for another before it is seen."""
        self._lent = False
        """Whether something else is trained meanwhile."""
        self._begun = False
        """Whether something was changed, or asked for by key: before that nothing is trained."""

    @property
    def possible(self) -> bool:
        """Whether there can be a band at all."""
        return self._open is not None

    @property
    def memory(self) -> int:
        """Resident memory of the process in bytes; 0: there is none."""
        return self._link.memory if self._link is not None else 0

    def toggle(self) -> None:
        """Draw it, or no longer."""
        self.on, self._begun = not self.on, True
        if not self.on:
            self.forget()

    def forget(self) -> None:
        """Show nothing, and ask for nothing until the form is followed again."""
        self.band, self.trouble, self._shown, self.wanted = None, "", None, False
        if self._link is not None:
            self._link.drop()

    def follow(self, schedule: Schedule, settings: Settings, seeds: int) -> None:
        """Ask for this, unless it is what was last asked for, or what was there at the start.

        Costs nothing then.

        Args:
            schedule: with samples of what is the user's own.
            settings: of the training.
            seeds: of the band, from that of the settings on.
        """
        wanted = (schedule, settings, seeds)
        if not self.on or self._lent or self._open is None or wanted == self._shown:
            return
        first, self._shown = self._shown is None, wanted
        if first and not self._begun:
            return
        self._begun = True
        rates = None
        why = why_not_at_once(settings)
        self.wanted = not (why or self._failed)
        self.trouble = f"at once: {why}" if why else ""
        if not why:
            rates = rates_of(schedule, settings)
        if rates is None or not np.isfinite(rates).all():
            self.band, self.wanted = None, False
            if self._link is not None:
                self._link.drop()
            return
        from lrtui.runs.trained import Asked  # not before the first frame

        if self._link is None:
            self._link = self._open()
        rows = tuple((0, (settings.seed + number) % 2**31) for number in range(seeds))
        asked = Asked(
            settings,
            rates[None],
            rows,
            losses=settings.steps <= MOST_STEPS,
            most_seconds=MOST_SECONDS,
        )
        self._link.ask(asked, self._steps, self._end)

    def ask(self, asked: "Asked", on_steps: "OnSteps", on_end: "OnEnd") -> None:
        """Have something else trained meanwhile; the band is asked for again when it is followed.

        Raises:
            ValueError: nothing can be trained at once.
        """
        if self._open is None:
            raise ValueError("nothing is trained at once here")
        self._shown, self._begun, self._lent = None, True, True
        if self._link is None:
            self._link = self._open()
        self._link.ask(asked, on_steps, on_end)

    def ask_no_more(self) -> None:
        """What was asked for by :meth:`ask` is not wanted any more: the form is followed again."""
        self._shown, self._lent = None, False
        if self._link is not None:
            self._link.drop()

    async def close(self) -> None:
        """End the process."""
        self._shown = None
        if self._link is not None:
            await self._link.close()

    def _steps(self, trained: "Trained") -> None:
        band = loss_band(trained) if self._shown is not None else None
        if band is not None:
            self.band, self.wanted, self._failed = band, True, False
            self._on_change(False)

    def _end(self, trained: "Trained", ended: AtOnceEnded) -> None:
        if ended.reason == "dropped" or self._shown is None:
            return
        if ended.reason in ("failed", "impossible"):
            self.band, self.trouble = None, f"at once: {ended.message}"
            self.wanted, self._failed = False, True
        self._on_change(True)
