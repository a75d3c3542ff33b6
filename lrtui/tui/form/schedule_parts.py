"""The schedule in the making: parts one after another, and a warmup before them. Pure.

A single schedule is a sequence of one part. What the form edits are the parameters of one part at a
time; what is drawn and trained with is the whole.
"""

from collections.abc import Mapping
from itertools import accumulate
from typing import Annotated, Any, Self

from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.schedules import Described, Invalid, Quantity, Schedule, catalogue, short_name
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.parameters import LearningRate, Steps, Turn
from lrtui.tui.form.form_values import Draft

Shape = Annotated[str, Quantity(Turn.CHOICES, choices=("off", "linear", "exponential", "cosine"))]


class WarmupSection(Described, frozen=True):
    """A warmup before whatever schedule.

    Args:
        warmup: how the rate rises to the schedule's first rate; off: it does not.
        over_steps: steps of the warmup; the schedule begins after them.
        from_rate: rate of step 0; an exponential warmup must start above 0.
    """

    warmup: Shape = "off"
    over_steps: Steps = 100
    from_rate: LearningRate = 0.0

    def check(self) -> None:
        """An exponential never leaves 0."""
        if self.warmup == "exponential" and self.from_rate == 0:
            raise Invalid("from_rate", "must be above 0 for an exponential warmup", 0.0)


class Length(Described, frozen=True):
    """How long a part of a sequence lasts.

    Args:
        lasts: steps until the next part begins.
    """

    lasts: Steps = 500


class Part(Struct, frozen=True):
    """One schedule of a sequence."""

    draft: Draft[Schedule]
    length: Draft[Length] = field(default_factory=lambda: Draft.of(Length()))
    """How long it lasts; the last one lasts to the end."""

    @property
    def name(self) -> str:
        """The short name of its schedule."""
        return short_name(type(self.draft.good))


class Workbench(Struct, frozen=True):
    """What the form holds of the schedule."""

    parts: tuple[Part, ...]
    warmup: Draft[WarmupSection]
    place: int = 0
    """The part whose parameters are shown."""
    put_aside: Mapping[str, Draft[Schedule]] = field(default_factory=dict)
    """Drafts of schedules that were shown before, by short name."""

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """A schedule taken apart: warmup, sequence, parts."""
        section = WarmupSection()
        if isinstance(schedule, Warmup):
            section = WarmupSection(schedule.shape, schedule.steps, schedule.initial_learning_rate)
            schedule = schedule.schedule
        if not isinstance(schedule, Sequence):
            return cls((Part(Draft.of(schedule)),), Draft.of(section))
        begins = (0, *schedule.boundaries)
        lengths = [end - begin for begin, end in zip(begins, schedule.boundaries, strict=False)]
        parts = [Part(Draft.of(one)) for one in schedule.schedules]
        for place, length in enumerate(lengths):
            parts[place] = replace(parts[place], length=Draft.of(Length(length)))
        return cls(tuple(parts), Draft.of(section))

    @property
    def part(self) -> Part:
        """The part whose parameters are shown."""
        return self.parts[self.place]

    @property
    def schedule(self) -> Schedule:
        """The whole, of what is without fault."""
        whole = self.parts[0].draft.good
        if len(self.parts) > 1:
            boundaries = tuple(accumulate(part.length.good.lasts for part in self.parts[:-1]))
            whole = Sequence(tuple(part.draft.good for part in self.parts), boundaries)
        section = self.warmup.good
        if section.warmup == "off":
            return whole
        return Warmup(whole, section.over_steps, section.from_rate, section.warmup)

    @property
    def name(self) -> str:
        """What the whole is called: ``warmup, exponential, cosine``."""
        before = [] if self.warmup.good.warmup == "off" else ["warmup"]
        return ", ".join([*before, *(part.name for part in self.parts)])

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What is wrong anywhere: parameter and reason."""
        drafts: list[Draft[Any]] = [self.warmup]
        for part in self.parts:
            drafts += [part.draft, part.length]
        return [fault for draft in drafts for fault in draft.faults.items()]

    def choose(self, name: str) -> Self:
        """Another schedule for the present part, as it was when last shown."""
        aside = {**self.put_aside, self.part.name: self.part.draft}
        draft = aside.get(name) or Draft.of(catalogue()[name]())
        return replace(self._with(draft=draft), put_aside=aside)

    def edit(self, draft: Draft[Schedule]) -> Self:
        """The present part's parameters changed."""
        return self._with(draft=draft)

    def lengthen(self, place: int, length: Draft[Length]) -> Self:
        """A part's length changed."""
        parts = list(self.parts)
        parts[place] = replace(parts[place], length=length)
        return replace(self, parts=tuple(parts))

    def select(self, place: int) -> Self:
        """Show the parameters of this part."""
        return replace(self, place=min(max(place, 0), len(self.parts) - 1))

    def add(self) -> Self:
        """One more part after the present one, at first the same; it is shown."""
        after = self.place + 1
        parts = (*self.parts[:after], Part(self.part.draft), *self.parts[after:])
        return replace(self, parts=parts, place=after)

    def remove(self, place: int) -> Self:
        """One part less, unless it is the only one."""
        if len(self.parts) == 1:
            return self
        parts = self.parts[:place] + self.parts[place + 1 :]
        return replace(self, parts=parts).select(self.place - (place <= self.place and place > 0))

    def move(self, place: int, by: int) -> Self:
        """A part moved up (-1) or down (1) in the sequence; it is shown."""
        to = place + by
        if not 0 <= to < len(self.parts):
            return self
        parts = list(self.parts)
        parts[place], parts[to] = parts[to], parts[place]
        return replace(self, parts=tuple(parts), place=to)

    def _with(self, draft: Draft[Schedule]) -> Self:
        parts = list(self.parts)
        parts[self.place] = replace(self.part, draft=draft)
        return replace(self, parts=tuple(parts))
