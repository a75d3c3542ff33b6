"""The schedule as the form edits it: parts one after another, and a warmup before them. Pure.

A single schedule is a sequence of one part. What the form edits are the parameters of one part at a
time; what is drawn and trained with is the whole.
"""

from collections.abc import Mapping
from itertools import accumulate
from typing import Annotated, Any, Self

from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.schedules import Described, Invalid, Schedule, catalogue, short_name
from lrtui.schedules.family.per_epoch import STEPS_PER_EPOCH, PerEpoch
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.fitting import as_high, fitted
from lrtui.schedules.parameters import LearningRate, Steps
from lrtui.schedules.quantities import Choice
from lrtui.tui.form.form_values import FormValues

Shape = Annotated[str, Choice(choices=("off", "linear", "exponential", "cosine"))]


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
        """Refuse an exponential from 0: it would stay there."""
        if self.warmup == "exponential" and self.from_rate == 0:
            raise Invalid("from_rate", "must be above 0 for an exponential warmup", 0.0)


class UnitSection(Described, frozen=True):
    """What the steps of the schedule are.

    Args:
        unit: what a step of the schedule is: step, a step of the training; epoch, an epoch, for
            which its rate is held, as where scheduler.step() is called once an epoch.
        epoch_is: steps of an epoch of the schedule; as many as of the training until it is set.
    """

    unit: Annotated[str, Choice(choices=("step", "epoch"))] = "step"
    epoch_is: Steps = STEPS_PER_EPOCH


class Length(Described, frozen=True):
    """How long a part of a sequence lasts.

    Args:
        lasts: steps until the next part begins.
    """

    lasts: Steps = 500


class Part(Struct, frozen=True):
    """One schedule of a sequence."""

    values: FormValues[Schedule]
    length: FormValues[Length] = field(default_factory=lambda: FormValues.of(Length()))
    """How long it lasts; the last one lasts to the end."""

    @property
    def name(self) -> str:
        """The short name of its schedule."""
        return short_name(type(self.values.valid))


class ScheduleParts(Struct, frozen=True):
    """The schedule as the form holds it: its parts, one of which is shown, and a warmup."""

    sequence: tuple[Part, ...]
    warmup: FormValues[WarmupSection]
    unit: FormValues[UnitSection] = field(default_factory=lambda: FormValues.of(UnitSection()))
    place: int = 0
    """The part whose parameters are shown."""
    put_aside: Mapping[str, FormValues[Schedule]] = field(default_factory=dict)
    """The values of schedules that were shown before, by short name."""

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """A schedule taken apart: unit, warmup, sequence, parts."""
        section, unit = WarmupSection(), UnitSection()
        if isinstance(schedule, PerEpoch):
            unit = UnitSection("epoch", schedule.steps_per_epoch)
            schedule = schedule.schedule
        if isinstance(schedule, Warmup):
            section = WarmupSection(schedule.shape, schedule.steps, schedule.initial_learning_rate)
            schedule = schedule.schedule
        if not isinstance(schedule, Sequence):
            only = Part(FormValues.of(schedule))
            return cls((only,), FormValues.of(section), FormValues.of(unit))
        begins = (0, *schedule.boundaries)
        lengths = [end - begin for begin, end in zip(begins, schedule.boundaries, strict=False)]
        parts = [Part(FormValues.of(one)) for one in schedule.schedules]
        for place, length in enumerate(lengths):
            parts[place] = replace(parts[place], length=FormValues.of(Length(length)))
        return cls(tuple(parts), FormValues.of(section), FormValues.of(unit))

    @property
    def present(self) -> Part:
        """The part whose parameters are shown."""
        return self.sequence[self.place]

    @property
    def schedule(self) -> Schedule:
        """The whole schedule, of the last valid values."""
        whole = self.sequence[0].values.valid
        if len(self.sequence) > 1:
            boundaries = tuple(accumulate(part.length.valid.lasts for part in self.sequence[:-1]))
            whole = Sequence(tuple(part.values.valid for part in self.sequence), boundaries)
        section = self.warmup.valid
        if section.warmup != "off":
            whole = Warmup(whole, section.over_steps, section.from_rate, section.warmup)
        unit = self.unit.valid
        return whole if unit.unit == "step" else PerEpoch(whole, unit.epoch_is)

    @property
    def name(self) -> str:
        """What the whole is called: ``warmup, exponential, cosine``."""
        before = [] if self.warmup.valid.warmup == "off" else ["warmup"]
        return ", ".join([*before, *(part.name for part in self.sequence)])

    @property
    def faults(self) -> list[tuple[str, str]]:
        """All that is wrong: parameters and reasons."""
        held: list[FormValues[Any]] = [self.warmup, self.unit]
        for part in self.sequence:
            held += [part.values, part.length]
        return [fault for values in held for fault in values.faults.items()]

    def choose(self, name: str, steps: int, as_high_as: Schedule | None = None) -> Self:
        """With another schedule as the present part, with its values as last shown.

        Args:
            name: the schedule's short name.
            steps: of the training: one that was not shown yet ends with it, if it is the only part.
            as_high_as: one that was not shown yet rises as high as this; None: as by default.
        """
        aside = {**self.put_aside, self.present.name: self.present.values}
        if name not in aside:
            fresh = self._fresh(name, steps)
            fresh = fresh if as_high_as is None else as_high(fresh, as_high_as, steps)
            aside[name] = FormValues.of(fresh)
        values = aside[name]
        return replace(self._with(values=values), put_aside=aside)

    def _fresh(self, name: str, steps: int) -> Schedule:
        schedule = catalogue()[name]()
        section = self.warmup.valid
        left = steps - (0 if section.warmup == "off" else section.over_steps)
        alone = len(self.sequence) == 1 and self.unit.valid.unit == "step"
        return fitted(schedule, left) if alone and left > 0 else schedule

    def edit(self, values: FormValues[Schedule]) -> Self:
        """With other values in the present part."""
        return self._with(values=values)

    def lengthen(self, place: int, length: FormValues[Length]) -> Self:
        """With another length of a part."""
        parts = list(self.sequence)
        parts[place] = replace(parts[place], length=length)
        return replace(self, sequence=tuple(parts))

    def select(self, place: int) -> Self:
        """With this part shown."""
        return replace(self, place=min(max(place, 0), len(self.sequence) - 1))

    def add(self) -> Self:
        """With a copy of the present part after it, which is shown."""
        after = self.place + 1
        parts = (*self.sequence[:after], Part(self.present.values), *self.sequence[after:])
        return replace(self, sequence=parts, place=after)

    def remove(self, place: int) -> Self:
        """Without this part, unless it is the only one."""
        if len(self.sequence) == 1:
            return self
        parts = self.sequence[:place] + self.sequence[place + 1 :]
        return replace(self, sequence=parts).select(
            self.place - (place <= self.place and place > 0)
        )

    def move(self, place: int, by: int) -> Self:
        """With a part moved up (-1) or down (1) in the sequence, and shown."""
        to = place + by
        if not 0 <= to < len(self.sequence):
            return self
        parts = list(self.sequence)
        parts[place], parts[to] = parts[to], parts[place]
        return replace(self, sequence=tuple(parts), place=to)

    def _with(self, values: FormValues[Schedule]) -> Self:
        parts = list(self.sequence)
        parts[self.place] = replace(self.present, values=values)
        return replace(self, sequence=tuple(parts))
