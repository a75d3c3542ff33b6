"""What comes back when the program is opened again: the form, the pins, how plots are drawn."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated

from msgspec.structs import replace

from lrtui.kept import SECTION, FileFault, Loaded, NotWritten, TooLongToKeep, read, write
from lrtui.protocol.settings import Settings
from lrtui.schedules import Described
from lrtui.schedules.base import Inner
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.parameters import Flag
from lrtui.schedules.quantities import AnyText
from lrtui.tui.form.form_state import FormState, steps_of
from lrtui.tui.form.form_values import FormValues
from lrtui.tui.form.schedule_parts import ScheduleParts
from lrtui.tui.form.view_settings import ViewSettings
from lrtui.tui.scene.pins import MOST, Pin
from lrtui.tui.scene.plot_view_state import Axes, PlotViewState

Text = Annotated[str, AnyText()]

FIRST = Warmup(CosineDecay(0.1, 1180), 100)
"""What is first seen: it lasts as long as the training that the form begins with."""

DARK = "textual-dark"
COMMENT = """\
What lrtui was left with. Written whenever something changes; what has its default is left out.
Schedules are written as in a training script: schedule = "CosineDecay(0.1, decay_steps=1000)"."""
SETTLED_SECONDS = 2.0
"""A change is written when nothing else has changed for so long."""


class SavedPin(Described, frozen=True):
    """A curve that is kept beside the present one.

    Args:
        schedule: what is drawn.
        name: what it was named; empty: it is named by what differs.
        hidden: whether it is not shown.
    """

    schedule: Inner
    name: Text = ""
    hidden: Flag = False


class SavedSession(Described, frozen=True):
    """What the file holds.

    Args:
        schedule: what the form shows.
        theme: Textual's name of the colours.
        settings: how a training is made.
        view: what is drawn, and how fast a training may go.
        axes: how curves are drawn.
        pins: the curves that are kept for comparison.
    """

    schedule: Inner = FIRST
    theme: Text = DARK
    settings: Annotated[Settings, SECTION] = Settings()
    view: Annotated[ViewSettings, SECTION] = ViewSettings()
    axes: Annotated[Axes, SECTION] = Axes()
    pins: Annotated[tuple[SavedPin, ...], SECTION] = ()

    @classmethod
    def of(cls, form_state: FormState, view_state: PlotViewState, theme: str) -> "SavedSession":
        """What there is now, as far as it is without fault."""
        return cls(
            schedule=form_state.schedule,
            theme=theme,
            settings=form_state.settings.valid,
            view=form_state.view.valid,
            axes=view_state.axes,
            pins=tuple(SavedPin(pin.schedule, pin.given, pin.hidden) for pin in form_state.pins),
        )

    @property
    def form_state(self) -> FormState:
        """The form as it was left."""
        pins = (
            Pin(pin.schedule, place, pin.name, pin.hidden)
            for place, pin in enumerate(self.pins[:MOST], 1)
        )
        total = self.view.total_steps
        return FormState(
            ScheduleParts.of(self.schedule),
            FormValues.of(self.settings),
            FormValues.of(self.view),
            tuple(pins),
            fits_schedule=total is not None and total == steps_of(self.schedule),
        )


def _checked(kept: Loaded[SavedSession], themes: Collection[str]) -> Loaded[SavedSession]:
    """What is read, with a complaint about what the screen cannot show."""
    session, faults = kept.value, list(kept.complaints)
    if len(session.pins) > MOST:
        reason = f"pins must be at most {MOST}. Received: {len(session.pins)}"
        faults.append(FileFault(kept.path, _line_of(kept, ("pins", MOST)), reason))
    if themes and session.theme not in themes:
        reason = f"theme must be one of {', '.join(sorted(themes))}. Received: {session.theme!r}"
        faults.append(FileFault(kept.path, _line_of(kept, ("theme",)), reason))
    return replace(kept, complaints=tuple(faults))


def _line_of(kept: Loaded[SavedSession], place: tuple[str | int, ...]) -> int | None:
    from lrtui.kept.toml_text import find_line

    return find_line((kept.data or b"").decode("utf-8-sig"), place)


class SessionFile:
    """The file of the saved session: written soon after a change, and at the end.

    A file with a fault is never written over, nor one that someone else has changed.

    Args:
        path: the file; None: nothing is kept.
        clock: seconds, monotonic.
        themes: the names of those there are; empty: any will do.
    """

    def __init__(
        self, path: Path | None, clock: Callable[[], float], themes: Collection[str] = ()
    ) -> None:
        self._kept = None if path is None else _checked(read(path, SavedSession), themes)
        self._clock = clock
        self._written = self._latest = self.session
        self._since = clock()
        self._refused = False
        """Whether the disk refused what is to be kept: then it is tried once more at the end."""

    @property
    def session(self) -> SavedSession:
        """What was kept."""
        return SavedSession() if self._kept is None else self._kept.value

    @property
    def complaint(self) -> str:
        """What is wrong with the file; empty: nothing."""
        if self._kept is None or not self._kept.complaints:
            return ""
        return f"{self._kept.complaints[0]}. It is left as it is, nothing of this session is kept"

    def save_when_settled(self, session: SavedSession, *, at_once: bool = False) -> str:
        """Keep this, once it has settled. Returns why it could not be written; empty: no fault."""
        if session != self._latest:
            self._latest, self._since = session, self._clock()
        settled = at_once or self._clock() - self._since >= SETTLED_SECONDS
        again = at_once and self._refused
        if self._kept is None or not settled or (session == self._written and not again):
            return ""
        self._written, self._refused = session, False
        try:
            self._kept = write(self._kept, session, COMMENT)
        except TooLongToKeep as refusal:
            return f"{refusal}, so what is shown is not kept; it can be trained with"
        except NotWritten as refusal:
            told = bool(self._kept.complaints)  # at the start
            self._kept = None
            return "" if told else f"{refusal}: nothing more of this session is kept"
        except OSError as error:
            self._refused = True
            return f"{self._kept.path} could not be written: {error.strerror}"
        return ""
