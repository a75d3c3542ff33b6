"""Many trainings with the same settings: which loops do them, and what comes of them, in pieces."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from lrtui.protocol.settings import Settings
from lrtui.schedules.arrays import Float32s
from lrtui.worker import build
from lrtui.worker.at_once.in_turn import InTurn
from lrtui.worker.at_once.loop import PIECE_STEPS, Loop, can_stack
from lrtui.worker.at_once.seeded import Seeded, form
from lrtui.worker.at_once.stacked import SEEDS, Stacked

STACKS = (8, 64)
"""So many trainings are stacked. Larger ones gain a twentieth, and are slower to give up."""
MOST_LOOPS = 6
"""That are kept; XLA gives nothing of what it compiled back."""
MOST_SEEDED = 64


class Row(NamedTuple):
    """One of the trainings."""

    rates: int
    """Which of the arrays of rates it has."""
    seed: int


class Done(NamedTuple):
    """Some steps of some of the trainings are done."""

    first_row: int
    """The first of the trainings that this is of; they are neighbours."""
    first_step: int
    losses: Float32s
    """Of each step's batch, shape (trainings, steps)."""
    means: Float32s | None
    """Over the epoch that ended with them, as Keras has it, shape (trainings,)."""
    validation: Float32s | None
    """At its end, of the same shape, where anything is validated."""


class Trainings:
    """Trains at once, and keeps what it compiled and made for the next time."""

    def __init__(self) -> None:
        self._loops: _Kept[Loop] = _Kept(MOST_LOOPS)
        self._seeded: _Kept[Seeded] = _Kept(MOST_SEEDED)
        self._stacks: dict[Settings, bool] = {}
        self.traces = 0
        """How often something was traced and compiled so far."""
        self.stacked = False
        """Whether the models of the last trainings were trained as one."""

    def train(
        self,
        settings: Settings,
        rates: Float32s,
        rows: Sequence[Row],
        stack: bool | None = None,
        until_diverged: bool = False,
        size: int | None = None,
    ) -> Iterator[Done]:
        """Train them all; whoever has enough stops asking.

        Args:
            settings: of all of them; the seed does not count.
            rates: arrays of them, shape (arrays, steps of a training).
            rows: the trainings, in the order in which they are wanted.
            stack: None: where it can be done.
            until_diverged: end those that are trained at a time when none of their losses is
                finite.
            size: how many are stacked, of :data:`STACKS`, or 1; None: as few as will do.

        Raises:
            Invalid: Keras has no such optimizer.
        """
        if size is not None:
            stack = size > 1
        self.stacked = self.can_stack(settings) if stack is None else stack
        for first, some in _parts(rows, (size or STACKS[-1]) if self.stacked else 1):
            fitting = size or next(size for size in (1, *STACKS) if size >= len(some))
            loop = self._loop(settings, fitting)
            loop.begin([self._seed(settings, row.seed) for row in some])
            of_some = rates[[row.rates for row in some]].T
            for done in _epochs(loop, settings, of_some):
                yield done._replace(first_row=first)
                if until_diverged and not np.isfinite(done.losses[:, -1]).any():
                    break

    def can_stack(self, settings: Settings) -> bool:
        """Whether these settings' models are trained as one. Remembered: it makes a model."""
        same = _same_loop(settings)
        if same not in self._stacks:
            optimizer = build.optimizer(settings.optimizer, 0.1)
            self._stacks[same] = can_stack(form(settings), optimizer)
        return self._stacks[same]

    def _loop(self, settings: Settings, rows: int) -> Loop:
        def make() -> Loop:
            like = form(settings)
            if rows == 1:
                return InTurn(like, settings.optimizer, self._traced)
            return Stacked(like, settings.optimizer, self._traced, rows)

        return self._loops.get((_same_loop(settings), rows), make)

    def _traced(self) -> None:
        self.traces += 1

    def _seed(self, settings: Settings, seed: int) -> Seeded:
        same = settings.replace(seed=seed, epochs=1, optimizer="sgd")
        return self._seeded.get(same, lambda: Seeded(same))


def _same_loop(settings: Settings) -> Settings:
    """The settings without what a loop does not depend on."""
    return settings.replace(epochs=1, steps_per_epoch=1, seed=0, noise=0, validation_share=0.1)


def _parts(rows: Sequence[Row], most: int) -> Iterator[tuple[int, Sequence[Row]]]:
    """Neighbours that are trained at a time, each with the number of its first."""
    first = 0
    while first < len(rows):
        some: list[Row] = []
        for row in rows[first : first + most]:
            if len({one.seed for one in (*some, row)}) > SEEDS:
                break
            some.append(row)
        yield first, some
        first += len(some)


def _epochs(loop: Loop, settings: Settings, rates: Float32s) -> Iterator[Done]:
    """What a loop does, piece by piece; a piece ends with an epoch at the latest."""
    length, weight = settings.steps_per_epoch, np.float32(settings.batch_size)
    for begin in range(0, len(rates), length):
        total = np.zeros(rates.shape[1], np.float32)
        for first in range(begin, min(begin + length, len(rates)), PIECE_STEPS):
            stop = min(first + PIECE_STEPS, begin + length, len(rates))
            last = stop == begin + length
            piece = loop.steps(first, rates[first:stop], validate=last)
            # One after another in float32, as Keras' running mean adds them up.
            summed = np.concatenate([total[None], piece.losses * weight])
            total = np.cumsum(summed, axis=0, dtype=np.float32)[-1]
            means = total / np.float32(weight * length) if last else None
            yield Done(0, first, piece.losses.T, means, piece.validation)


Value = TypeVar("Value")


class _Kept(Generic[Value]):
    """The values that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Any, Value] = OrderedDict()

    def get(self, key: Any, make: Callable[[], Value]) -> Value:
        """The value of this key, made if there is none."""
        if key not in self._values:
            self._values[key] = make()
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]
