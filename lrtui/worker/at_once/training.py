"""Many trainings with the same settings: which loops do them, and what comes of them, in pieces."""

from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from lrtui.protocol import Allowed
from lrtui.protocol.settings import Settings
from lrtui.schedules.arrays import Float32s
from lrtui.worker.at_once.in_turn import InTurn
from lrtui.worker.at_once.loop import STACKED_SEEDS, CompiledLoop, Impossible, can_stack, why_not
from lrtui.worker.at_once.pace import LoopPace
from lrtui.worker.at_once.seeded import ModelForm, Seeded, form
from lrtui.worker.at_once.side_by_side import side_by_side
from lrtui.worker.at_once.stacked import Stacked

STACKS = (4, 8, 64)
"""So many trainings are stacked. Larger ones gain a twentieth, and are slower to give up."""
BAND = 8
"""So many at most, which is what a band has, are halved where two stacks are trained at a time: the
wait for them is a third shorter. More would keep all threads busy anyway."""
MOST_LOOPS = 6
"""That are kept; XLA gives nothing of what it compiled back."""
MOST_SEEDED = 64
MOST_SEEDED_BYTES = 2**29
"""Data and first weights that are kept."""


class Row(NamedTuple):
    """One of the trainings."""

    rates: int
    """Which of the arrays of rates it has."""
    seed: int


class Begin(NamedTuple):
    """Where trainings begin that go on from a run."""

    step: int
    values: Sequence[Any]
    """Of all variables of model and optimizer before it."""


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
    """Trains at once, and keeps what it compiled and made for the next time.

    Args:
        threads: so many stacks are trained at a time. Their numbers do not depend on that.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._loops: _Kept[list[_Lane]] = _Kept(MOST_LOOPS)
        self._seeded: _Kept[Seeded] = _Kept(MOST_SEEDED)
        self._forms: _Kept[ModelForm] = _Kept(MOST_LOOPS)
        self._last: tuple[Settings, Allowed] | None = None
        """What was last trained in stacks."""
        self._compiled: set[tuple[Settings, Allowed]] = set()
        """Of what the larger stack is compiled."""
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
        allowed: Allowed = (),
        begin: Begin | None = None,
    ) -> Generator[Done]:
        """Train them all; whoever has enough stops asking.

        Args:
            settings: of all of them; the seed does not count.
            rates: arrays of them, shape (arrays, steps of a training).
            rows: the trainings, in the order in which they are wanted.
            stack: None: where it can be done.
            until_diverged: end those that are trained at a time when none of their losses is
                finite.
            size: how many are stacked, of :data:`STACKS`, or 1; None: as few as will do.
            allowed: what the file of a task of the user's own may hold.
            begin: where they begin; None: with their seeds. Then batch losses alone are known.

        Raises:
            Invalid: Keras has no such optimizer.
            OwnFault: a task of the user's own cannot be had.
            Impossible: no loop has the numbers of ``fit``.
        """
        like = self._form(settings, allowed)
        if why := why_not(like):
            raise Impossible(why)
        if size is not None or begin is not None:
            stack = begin is None and (size or 1) > 1
        self.stacked = self.can_stack(settings, allowed) if stack is None else stack
        self._last = (settings.replace(seed=0, epochs=1), allowed) if self.stacked else None
        if self._last and len(rows) > BAND:
            self._compiled.add(self._last)
        parts = list(_parts(rows, (size or self._stack_of(len(rows))) if self.stacked else 1))
        sizes = [size or next(one for one in (1, *STACKS) if one >= len(some)) for _, some in parts]
        # In this thread, the main one: only here code of the user's own is ended if it hangs.
        seeds = {row.seed for row in rows}
        few = len(seeds) * like.data_bytes <= MOST_SEEDED_BYTES and len(seeds) <= MOST_SEEDED
        together = self._threads if self.stacked and few else 1
        made = {one: self._seed(settings, allowed, one) for one in seeds} if together > 1 else {}
        lanes = {
            one: self._lanes(settings, allowed, one, min(together, sizes.count(one)), rows[0])
            for one in set(sizes)
        }

        def part(first: int, some: Sequence[Row], free: list[_Lane]) -> Iterator[Done]:
            lane = free.pop()
            lane.loop.begin(
                [made.get(row.seed) or self._seed(settings, allowed, row.seed) for row in some]
            )
            if begin is not None and isinstance(lane.loop, InTurn):
                lane.loop.resume(begin.values)
            of_some = rates[[row.rates for row in some]].T
            for done in _epochs(lane, settings, of_some, begin.step if begin else 0):
                yield done._replace(first_row=first)
                if until_diverged and not np.isfinite(done.losses[:, -1]).any():
                    break
            free.append(lane)

        jobs = (part(*one, lanes[fits]) for one, fits in zip(parts, sizes, strict=True))
        together = max(map(len, lanes.values()), default=1)
        yield from side_by_side(jobs, together) if together > 1 else chain.from_iterable(jobs)

    def can_stack(self, settings: Settings, allowed: Allowed = ()) -> bool:
        """Whether these settings' models are trained as one."""
        like = self._form(settings, allowed)
        return can_stack(like, like.made.optimizer(settings.optimizer, 0.1))

    def _stack_of(self, rows: int) -> int:
        """How many of so many trainings are stacked at most."""
        halved = self._threads > 1 and STACKS[0] < rows <= BAND
        return STACKS[0] if halved else STACKS[-1]

    @property
    def ahead(self) -> bool:
        """Whether a larger stack of what was last trained is not compiled yet."""
        return self._last is not None and self._last not in self._compiled

    def compile_ahead(self) -> None:
        """Compile it: a response or a landscape may be asked for next. Nothing interrupts that."""
        last, self._last = self._last, None
        if last is None:
            return
        self._compiled.add(last)
        settings, allowed = last
        (lane,) = self._lanes(settings, allowed, STACKS[-1], 1, Row(0, settings.seed))
        if isinstance(lane.loop, Stacked):
            lane.loop.compile(self._seed(settings, allowed, settings.seed))

    def _form(self, settings: Settings, allowed: Allowed) -> ModelForm:
        return self._forms.get((_same_loop(settings), allowed), lambda: form(settings, allowed))

    def _lanes(
        self, settings: Settings, allowed: Allowed, size: int, count: int, row: Row
    ) -> "list[_Lane]":
        """So many for trainings of a size; compiled, if they are several."""
        kept = self._loops.get(
            (_same_loop(settings), allowed, size), lambda: [self._lane(settings, allowed, size)]
        )
        first = kept[0].loop
        if count > 1 and isinstance(first, Stacked):
            first.compile(self._seed(settings, allowed, row.seed))
            kept += [_Lane(first.twin(), LoopPace()) for _ in range(count - len(kept))]
        return kept[:count]

    def _lane(self, settings: Settings, allowed: Allowed, size: int) -> "_Lane":
        like = self._form(settings, allowed)
        if size == 1:
            return _Lane(InTurn(like, settings.optimizer, self._traced), LoopPace())
        return _Lane(Stacked(like, settings.optimizer, self._traced, size), LoopPace())

    def _traced(self) -> None:
        self.traces += 1

    def _seed(self, settings: Settings, allowed: Allowed, seed: int) -> Seeded:
        same = settings.replace(seed=seed, epochs=1, optimizer="sgd")

        def make() -> Seeded:
            made = Seeded(same, allowed)
            if allowed and (other := self._seeded.last) is not None:
                made.share_data(other)
            return made

        return self._seeded.get((same, allowed), make, MOST_SEEDED_BYTES)


def _same_loop(settings: Settings) -> Settings:
    """The settings without what a loop does not depend on."""
    return settings.replace(epochs=1, steps_per_epoch=1, seed=0, noise=0, validation_share=0.1)


def _parts(rows: Sequence[Row], most: int) -> Iterator[tuple[int, Sequence[Row]]]:
    """Neighbours that are trained at a time, each with the number of its first."""
    first = 0
    while first < len(rows):
        some: list[Row] = []
        for row in rows[first : first + most]:
            if len({one.seed for one in (*some, row)}) > STACKED_SEEDS:
                break
            some.append(row)
        yield first, some
        first += len(some)


class _Lane(NamedTuple):
    """What trains one part at a time."""

    loop: CompiledLoop
    pace: LoopPace


def _epochs(lane: _Lane, settings: Settings, rates: Float32s, from_step: int = 0) -> Iterator[Done]:
    """What a loop does, piece by piece; a piece ends with an epoch at the latest.

    From a later step on nothing is known of epochs: where it began in one, its mean is not.
    """
    length, weight = settings.steps_per_epoch, np.float32(settings.batch_size)
    stop = 0
    total = np.zeros(rates.shape[1], np.float32)
    while (first := stop) < len(rates):
        done = (from_step + first) % length
        stop = min(first + lane.pace.steps, first + length - done, len(rates))
        last = done + stop - first == length and not from_step
        with lane.pace.timed(stop - first):
            piece = lane.loop.steps(from_step + first, rates[first:stop], validate=last)
        # One after another in float32, as Keras' running mean adds them up.
        summed = np.concatenate([total[None], piece.losses * weight])
        total = np.cumsum(summed, axis=0, dtype=np.float32)[-1]
        means = total / np.float32(weight * length) if last else None
        if last:
            total = np.zeros_like(total)
        yield Done(0, first, piece.losses.T, means, piece.validation)


Value = TypeVar("Value")


class _Kept(Generic[Value]):
    """The values that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Any, Value] = OrderedDict()

    @property
    def last(self) -> Value | None:
        """The one that was used last."""
        return next(reversed(self._values.values()), None)

    def get(self, key: Any, make: Callable[[], Value], most_bytes: int = 0) -> Value:
        """The value of this key, made if there is none; with `most_bytes`, values have bytes."""
        if key not in self._values:
            made = self._values[key] = make()
            while len(self._values) > self._most or (
                most_bytes and len(self._values) > 1 and self._bytes() > most_bytes
            ):
                self._values.popitem(last=False)
            return made
        self._values.move_to_end(key)
        return self._values[key]

    def _bytes(self) -> int:
        return sum(getattr(one, "bytes", 0) for one in self._values.values())
