"""The app on a fake link."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from lrtui.kept.consent import Consent
from lrtui.protocol import Event, Marked, Settings
from lrtui.runs.heartbeat import WorkerStatus
from lrtui.schedules import parse
from lrtui.schedules.user_schedule import user_sources
from lrtui.tui.app import LrtuiApp
from lrtui.tui.training.loss_follower import AtOnceLink
from tests.tui.fake import READY, FakeLink, exchange

SCHEDULE = "ExponentialDecay(0.1, decay_steps=300, decay_rate=0.5)"


class Stage:
    """An app and the worker that a test plays.

    The schedule is one that a person has typed, unless it is said to come from data.
    """

    def __init__(
        self,
        schedule: str | None = SCHEDULE,
        *,
        ascii: bool = False,
        cold: bool = False,
        kept_in: Path | None = None,
        typed: bool = True,
        open_at_once: Callable[[], AtOnceLink] | None = None,
        on_fault: Callable[[BaseException], str] = repr,
        attached: str = "",
        fills: bool = False,
    ) -> None:
        links: list[FakeLink] = []

        def open_link(
            on_event: Callable[[Event], None],
            on_gone: Callable[[str], None],
            on_state: Callable[[WorkerStatus], None],
        ) -> FakeLink:
            links.append(FakeLink(on_event, on_gone, on_state))
            return links[0]

        self.now = 0.0
        """What the clock shows; it stands still."""
        shown = None if schedule is None else parse(schedule)
        consent = Consent()
        if typed and shown is not None:
            consent.named(user_sources(shown))
        self.app = LrtuiApp(
            shown,
            open_link,
            kept_in=kept_in,
            consent=consent,
            cold=cold,
            ascii=ascii,
            clock=lambda: self.now,
            open_at_once=open_at_once,
            on_fault=on_fault,
            attached=attached,
            fills=fills,
        )
        self.link = links[0]

    def play(self, events: Iterable[Event]) -> None:
        """Let the worker say this, and redraw at once."""
        for event in events:
            self.link.say(event)
        self.app.redraw()

    async def press(self, pilot: Pilot[None], *keys: str) -> None:
        """Press keys so far apart that none counts as held."""
        for key in keys:
            self.now += 1
            await pilot.press(key)

    @property
    def shown(self) -> str:
        """The schedule that the form shows."""
        return str(self.app.scene.schedule)

    async def sees(self, pilot: Pilot[None], text: str) -> bool:
        """Whether a text comes onto the screen, line breaks aside, before long."""
        for turn in range(600):
            if text in " ".join(self.screen().split()):
                return True
            await pilot.pause(0.01 if turn >= 100 else None)  # a busy machine takes its time
        return False

    def screen(self) -> str:
        """What stands on the screen; nothing while it is made, or made anew for another size."""
        width, height = self.app.size
        rows = self.app.screen._compositor.render_strips(self.app.size)
        if len(rows) != height:
            return ""
        return "\n".join(row.text[:width] for row in rows)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def run_with_reset(steps: int = 448, reset_at: int = 300) -> list[Event]:
    """A run of 20 epochs of 64 steps whose schedule was reset once."""
    schedule = parse(SCHEDULE)
    used = [*range(reset_at), *range(steps - reset_at)]
    events = exchange(SCHEDULE, Settings(), schedule(used).tolist())
    place = next(i for i, event in enumerate(events) if getattr(event, "first", 0) >= reset_at)
    return [READY, *events[: place - 2], Marked(reset_at, "reset", SCHEDULE), *events[place - 2 :]]
