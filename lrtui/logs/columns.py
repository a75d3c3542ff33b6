"""Which column of a log is what, by its name."""

import re
from collections.abc import Iterable, Mapping

from lrtui.logs.values import Role

STEPS = ("step", "global_step", "steps", "train_step", "iteration", "iterations", "iter", "update")
EPOCHS = ("epoch", "epochs")
_LOSSES = ("loss", "train_loss", "epoch_loss", "training_loss", "loss_epoch", "train_loss_epoch")
_BATCH_LOSSES = ("batch_loss", "loss_step", "train_loss_step")
_VALIDATION = re.compile(r"(val|valid|validation|eval|test|dev)_(epoch_)?loss(_epoch)?")
_RATE = re.compile(r"(^|_)(lr|lrs|learning_rate|learningrate)(_|$|\d)")


def plain(name: str) -> str:
    """A name in small letters, its words joined by underlines."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def is_step(name: str) -> bool:
    """Whether a column counts steps."""
    return _counts(plain(name), STEPS)


def is_epoch(name: str) -> bool:
    """Whether a column counts epochs."""
    return _counts(plain(name), EPOCHS)


def _counts(name: str, known: tuple[str, ...]) -> bool:
    return name in known or name in tuple(f"train_{one}" for one in known)


def roles(names: Iterable[str], chosen: Mapping[str, str]) -> dict[Role, str]:
    """Which of these columns is what.

    Args:
        names: of the columns that hold numbers, in their order.
        chosen: what a person said, by role; wins.

    Returns:
        The name of the column by role, as far as one was found.
    """
    of: dict[Role, str] = {}
    scored: dict[Role, int] = {}
    for name in names:
        for role, score in _scores(plain(name)):
            if score > scored.get(role, 0):
                of[role], scored[role] = name, score
    known = set(names) if not isinstance(names, set) else names
    for role in ("rate", "loss", "validation_loss"):
        if role in chosen:
            of.pop(role, None)
            if chosen[role] in known:
                of[role] = chosen[role]
    return of


def _scores(name: str) -> list[tuple[Role, int]]:
    """The roles that a plain name may have, and how surely; of two the surer one is taken."""
    if _VALIDATION.fullmatch(name):
        return [("validation_loss", 3)]
    if name in _LOSSES:
        return [("loss", 3)]
    if name in _BATCH_LOSSES:
        return [("loss", 2)]
    if name in ("lr", "learning_rate"):
        return [("rate", 4)]
    if _RATE.search(name):
        return [("rate", 3 if name in ("epoch_learning_rate", "epoch_lr") else 2)]
    return []
