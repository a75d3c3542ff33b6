"""What an audit says, as frozen values."""

from typing import Literal

import msgspec

Kind = Literal[
    "step_late",
    "step_early",
    "steps_late",
    "steps_early",
    "epoch_late",
    "epoch_early",
    "epochs_for_steps",
    "steps_for_epochs",
    "base_rate",
    "warmup_missing",
    "warmup_twice",
    "reset_ignored",
    "resumed_at_zero",
    "per_replica",
    "per_accumulated_update",
    "float32",
    "floor",
]


class Explanation(msgspec.Struct, frozen=True):
    """What would make the schedule give the rates that were logged."""

    kind: Kind
    says: str
    """In a few words."""
    evidence: str
    """What it is seen by, a sentence."""
    fits: int
    """How many of the logged rates it gives."""
    clear: bool
    """Whether the log can hardly be explained otherwise."""
    values: dict[str, float] = {}
    """Its numbers by name, such as ``steps``, ``factor``, ``rate``."""


class Departure(msgspec.Struct, frozen=True):
    """The first logged rate that is not the schedule's."""

    at: int
    """The step or epoch, as the log counts it."""
    logged: float
    scheduled: float


class Audit(msgspec.Struct, frozen=True):
    """Whether the logged rates are a schedule's; if not, what explains them."""

    same: bool
    rates: int
    """How many rates were compared."""
    matching: int
    """How many of them are the schedule's."""
    unit: Literal["step", "epoch"]
    """What the log counts."""
    counted_as: str = msgspec.field(name="reading")
    """How its count was taken, a phrase; empty: as it stands."""
    departs: Departure | None = None
    explanation: Explanation | None = None
    """The best one that is clear; None: none of those known."""
    also: tuple[Explanation, ...] = ()
    """Others that fit as well."""
    notes: tuple[str, ...] = ()
    """What a person should know of it, a sentence each."""
    steps_per_epoch: int | None = None
    """Steps of an epoch that were reckoned with."""
