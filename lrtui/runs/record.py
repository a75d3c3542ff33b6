"""The record of a run: its events folded into arrays. Plots, tables and files read this."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, assert_never

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.protocol import (
    Alive,
    AtOnceEnded,
    Broken,
    Diverged,
    Ended,
    Epoch,
    Event,
    Marked,
    MarkKind,
    Paused,
    PauseReason,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Resumed,
    Sampled,
    Script,
    Settings,
    Started,
    StateTaken,
    StepsDone,
    TrainedAtOnce,
    from_wire,
    unpack,
)
from lrtui.protocol.growing_array import GrowingArray
from lrtui.protocol.values import last_known, went_wrong
from lrtui.schedules import Invalid, Schedule, parse
from lrtui.schedules.arrays import Float32s

if TYPE_CHECKING:
    from lrtui.protocol.attach import Past

RunState = Literal["running", "paused", "done", "stopped", "failed", "killed", "lost", "watched"]
"""``killed``: its process is gone without a word; ``lost``: it lives, and is not heard any more;
``watched``: a log tells of it; whether it still goes on is not known."""


LOSS = "loss"
"""What Keras calls the loss in its logs."""


def validation_of(name: str) -> str:
    """What Keras calls the same on the validation data."""
    return f"val_{name}"


@lru_cache(maxsize=256)  # a list of runs asks for each of them at every key
def known_schedule(text: str) -> Schedule | None:
    """The schedule of a run; None: a class or function of a script, which nobody knows elsewhere.

    A script may well call its own by the name of one of ours, so a name alone is none.
    """
    if text.isidentifier():
        return None
    try:
        return parse(text)
    except Invalid:
        return None


class EpochRecord(Struct, frozen=True):
    """What is recorded of one epoch."""

    epoch: int
    """Counted from 1."""
    steps: int
    """Steps done at its end, since the start of the run."""
    logs: Mapping[str, float]
    """What Keras logged, by its names; `learning_rate` is that of the epoch's last step."""
    marks: Mapping[MarkKind, int] = {}
    """How often the run was steered in each way before a step of this epoch."""

    @property
    def learning_rate(self) -> float:
        """The rate of the epoch's last step; NaN: not known."""
        return self.logs.get("learning_rate", math.nan)

    @property
    def loss(self) -> float:
        """The mean over the epoch; NaN: not known."""
        return self.logs.get(LOSS, math.nan)

    def validation(self, name: str = LOSS) -> float | None:
        """The loss, or a metric, on the validation data; None: there is none."""
        return self.logs.get(validation_of(name))

    def held_out(self, name: str = LOSS) -> float:
        """The same, or on the training data where nothing is validated; NaN: not known."""
        validated = self.validation(name)
        return self.logs.get(name, math.nan) if validated is None else validated


class PauseRecord(Struct, frozen=True):
    """A pause of a run."""

    step: int
    """The run waited before this step."""
    reason: PauseReason
    who: str
    """The viewer that asked for it; empty: nobody at a distance did."""
    resumed_by: str | None = None
    """Who let it go on, in the same way; None: nobody has."""


class RunRecord(Struct):
    """All that is known of a run: a fold of its events, changed only by :meth:`add`."""

    schedule: str
    settings: Settings | Script
    """What trains: with settings of ours, or a script of anyone's."""
    origin: int = 0
    """The step that was the schedule's step 0 at the start; below 0 where a script trains on."""
    state: RunState = "running"
    message: str = ""
    """Why it failed, or was killed or lost."""
    rows: list[EpochRecord] = field(default_factory=list)
    marks: list[Marked] = field(default_factory=list)
    paused_for: PauseReason | None = None
    """Why it waits, while it does."""
    pauses: list[PauseRecord] = field(default_factory=list)
    divergences: list[Diverged] = field(default_factory=list)
    """Only of a run that pauses when it diverges; :attr:`diverged_at` is always known."""
    skipped: list[int] = field(default_factory=list)
    """Steps that LossScaleOptimizer skipped: their batch has a loss, but moved no weight."""
    history: dict[str, list[float]] = field(default_factory=dict)
    """Keras' own ``History.history``, once the run has ended."""
    memory: int = 0
    samples: dict[str, bytes] = field(default_factory=dict)
    """The rates of the user's own schedules that it trains with, float32, by source."""
    edited: set[str] = field(default_factory=set)
    """The sources among them that gave other rates at a later use in this run."""
    whole_from: int = 0
    """The first step from which on every step is known."""
    _rates: GrowingArray = field(default_factory=GrowingArray)
    _losses: GrowingArray = field(default_factory=GrowingArray)
    _diverged_at: int | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> "RunRecord":
        """The record of a run from its events; the first one is :class:`Started`."""
        remaining = iter(events)
        first = next(remaining)
        if not isinstance(first, Started):
            raise ValueError(f"a run begins with Started. Received: {first!r}")
        trains = first.settings or first.script or Script("")
        record = cls(first.schedule, trains, first.origin)
        for event in remaining:
            record.add(event)
        return record

    @property
    def ours(self) -> Settings:
        """Its settings.

        Raises:
            ValueError: it is a training of someone's script, which has none of ours.
        """
        if isinstance(self.settings, Script):
            raise ValueError(f"{self.settings.name} is a training of a script: it has no settings")
        return self.settings

    @property
    def steps(self) -> int:
        """How many steps are recorded."""
        return len(self._rates)

    @property
    def rates(self) -> Float32s:
        """The rate that each step used, shape (steps,); ``NOT_KNOWN``: it moved no weight."""
        return self._rates.values

    @property
    def losses(self) -> Float32s:
        """The loss of each step's batch, shape (steps,); ``NOT_KNOWN`` where it was not seen."""
        return self._losses.values

    @property
    def has_losses(self) -> bool:
        """Whether any loss or metric is known, of a step or of an epoch."""
        return bool(self.rows) or last_known(self.losses) is not None

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in ("running", "paused")

    @property
    def diverged_at(self) -> int | None:
        """The first step whose loss is known and not finite."""
        return self._diverged_at

    def add(self, event: Event) -> None:
        """Fold one more event in. Events of no run (Ready) change nothing."""
        match event:
            case StepsDone():
                if event.first != self.steps:
                    raise ValueError(f"step {self.steps} must come next. Received: {event.first}")
                self._extend(event)
            case Epoch():
                self.rows.append(self._epoch_record(event))
            case Marked():
                self.marks.append(event)
            case Diverged():
                self.divergences.append(event)
            case Paused():
                self.state, self.paused_for = "paused", event.reason
                self.pauses.append(PauseRecord(event.step, event.reason, event.who))
            case Resumed():
                self.state, self.paused_for = "running", None
                if self.pauses:
                    self.pauses[-1] = replace(self.pauses[-1], resumed_by=event.who)
            case Sampled(used_by_run=True):
                if self.samples.get(event.source, event.rates) != event.rates:
                    self.edited.add(event.source)
                self.samples[event.source] = event.rates
            case Ended():
                self.state, self.message = event.reason, event.message
                self.paused_for = None
                self.history = {
                    name: [from_wire(value) for value in values]
                    for name, values in event.history.items()
                }
            case Started() | Ready() | Alive() | Broken() | Sampled():
                pass
            case RangeTestSteps() | RangeTestEnded() | TrainedAtOnce() | AtOnceEnded():
                pass
            case StateTaken():
                pass
            case _:
                assert_never(event)

    def add_past(self, past: "Past") -> None:
        """Fold in many steps that are known in reduced form only.

        Each stretch holds its smallest, largest and last value: drawn, it looks as the steps did;
        what a single step of it used is not known, and :attr:`whole_from` says so.
        """
        count = past.stop - past.first
        self._rates.extend(_spread(past.rates, count, past.stretch))
        self._losses.extend(_spread(past.losses, count, past.stretch))
        if past.stretch > 1:
            self.whole_from = past.stop

    def lose(self, why: str, *, lives: bool = False) -> None:
        """Nothing more will be heard, for this reason: the record stays.

        Args:
            why: the reason, for a person.
            lives: whether its process is still there.
        """
        if not self.over:
            self.state, self.message = "lost" if lives else "killed", why
            self.paused_for = None

    def _extend(self, event: StepsDone) -> None:
        losses = unpack(event.losses)
        if self._diverged_at is None:
            bad = np.flatnonzero(went_wrong(losses))
            self._diverged_at = self.steps + int(bad[0]) if bad.size else None
        self._rates.extend(unpack(event.rates))
        self._losses.extend(losses)
        self.skipped.extend(event.skipped)
        self.memory = event.memory or self.memory

    def _epoch_record(self, event: Epoch) -> EpochRecord:
        before = self.rows[-1].steps if self.rows else 0
        kinds = [mark.kind for mark in self.marks if before <= mark.step < event.steps]
        return EpochRecord(
            epoch=event.epoch,
            steps=event.steps,
            logs={name: from_wire(value) for name, value in event.logs.items()},
            marks=Counter(kinds),
        )


def _spread(three: tuple[bytes, bytes, bytes], count: int, stretch: int) -> Float32s:
    """Values of which each stretch has this smallest, largest and last one."""
    low, high, last = (unpack(one) for one in three)
    values = np.repeat(last, stretch)[:count]
    if stretch > 1:
        values[0::stretch] = low
        values[1::stretch] = high[: len(values[1::stretch])]
    return values
