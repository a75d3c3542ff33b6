"""What a schedule is: a frozen value that maps a step to a learning rate.

Arrays in, arrays out. Everything else about a schedule (form, options, text form, export, docs) is
derived from its class, so that adding one touches one file in ``family/``.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Annotated, Any, ClassVar, TypeVar

import numpy as np

from lrtui.schedules.arrays import ArrayLike, Float32s, Float64s, Int64s
from lrtui.schedules.number_text import format_number
from lrtui.schedules.parameters import Described, Invalid, parameters
from lrtui.schedules.quantities import DescribedValue
from lrtui.schedules.quantities.numbers import FLOAT32_TINY

Formula = TypeVar("Formula", bound=Callable[..., Any])

_BLOCK = 1 << 15
"""Steps that are computed at once: what a formula needs in between stays in the processor's cache,
twice as fast for a million steps."""


class Schedule(Described, frozen=True, tag_field="type"):
    """A learning rate schedule. Its tag is its short name.

    A subclass gives its fields, :meth:`formula` and, where the curve turns or jumps,
    :meth:`corners`.
    """

    required: ClassVar[int] = 1
    """How many leading arguments Keras has no default for: these are always written out."""
    name_index: ClassVar[int | None] = None
    """Where Keras takes a name by position, which says nothing about the rate; None: Keras has no
    such class."""
    step_dtype: ClassVar[str] = "float32"
    """What steps are computed in; int64 where the formula compares whole steps, as Keras does."""
    composition: ClassVar[bool] = False
    """Whether it is made of other schedules."""

    def formula(self, step: Any, xp: Any) -> Any:
        """The rate at `step`, written once for every array library.

        Args:
            step: array or tensor of :attr:`step_dtype`, of any shape, counted from 0.
            xp: the array namespace, ``numpy`` or ``keras.ops``.

        Returns:
            The rates, in the shape of `step`.
        """
        raise NotImplementedError

    def corners(self, start: int, stop: int) -> Sequence[int] | Int64s:
        """Steps in ``[start, stop)`` where the curve may turn or jump; monotone between them.

        A corner may be off by one step: whoever asks looks at its neighbours as well.
        """
        return ()

    def end(self) -> int | None:
        """The step at which it has reached its end; None: it has none, or it holds rates anyway."""
        return None

    def rises_again(self) -> int | None:
        """The step after which it rises though one would think it had ended; None: it does not."""
        return None

    def notes(self) -> Sequence[str]:
        """What a parameter means that one would not think: each what is, and what to do."""
        return ()

    def __call__(self, steps: ArrayLike | None = None) -> Float32s:
        """The learning rates at these steps, computed in float32 as Keras does.

        Args:
            steps: integers of any shape, each >= 0. Beyond 2**24 float32 rounds them, and so does
                a training.

        Returns:
            float32 array of the same shape; of a single step a float32, which Keras'
            LearningRateScheduler takes. A rate too small for a normal float32 is 0, as it is in
            TensorFlow, which flushes such numbers.

        Raises:
            Invalid: there are none. So an optimizer of Keras calls what is no schedule of Keras.
        """
        if steps is None:
            allowed = "must be given to an optimizer as lrtui.keras_schedule(schedule)"
            raise Invalid("schedule", allowed, str(self))
        steps = np.asarray(steps)
        rates = np.empty(steps.size, np.float32)
        flat = steps.reshape(-1)
        with np.errstate(all="ignore"):
            for first in range(0, flat.size, _BLOCK):
                part = rates[first : first + _BLOCK]
                steps_of_part = flat[first : first + _BLOCK].astype(self.step_dtype)
                part[:] = self.formula(steps_of_part, np)
                if (part < FLOAT32_TINY).any():
                    part[np.abs(part) < FLOAT32_TINY] = 0
        return rates.reshape(steps.shape)[()]

    def __str__(self) -> str:
        """The constructor expression, which Keras understands and :func:`~lrtui.parse` reads."""
        written = []
        for index, parameter in enumerate(parameters(type(self))):
            value = getattr(self, parameter.name)
            if index >= self.required and value == parameter.default:
                continue
            text = _literal(value)
            written.append(text if index == 0 else f"{parameter.name}={text}")
        return f"{type(self).__name__}({', '.join(written)})"

    def inner_text(self) -> str:
        """The text form as it stands within another schedule's."""
        return str(self)


def looked_up(lookup: Callable[[Any, Any], Float32s | None]) -> Callable[[Formula], Formula]:
    """Decorate a formula for which NumPy looks its rates up: the same rates, in time n log n.

    Args:
        lookup: from a schedule and NumPy's steps to the rates that its formula gives; None where
            only the formula can tell.
    """

    def decorate(formula: Formula) -> Formula:
        @wraps(formula)
        def either(self: Any, step: Any, xp: Any) -> Any:
            found = lookup(self, step) if xp is np else None
            return formula(self, step, xp) if found is None else found

        return either  # type: ignore[return-value]

    return decorate


@lru_cache(maxsize=8)
def as_array(numbers: tuple[float, ...], dtype: Any) -> Any:
    """A field as an array: made anew for each block of steps, it would cost more than they do."""
    return np.asarray(numbers, dtype)


Inner = Annotated[Schedule, DescribedValue(example="CosineDecay(0.1, decay_steps=1000)")]
Inners = Annotated[
    tuple[Schedule, ...],
    DescribedValue(example="Constant(0.1), CosineDecay(0.1, decay_steps=1000)"),
]

MAX_NESTED = 16
MAX_SCHEDULES = 256
"""So many schedules, each within another and all together: a text form must hold them."""


class Composition(Schedule, frozen=True):
    """A schedule made of others.

    Its formula hands steps on as float32, whatever the inner schedule takes by itself: beyond
    2**24 they are rounded there, drawn and trained alike.
    """

    composition: ClassVar[bool] = True

    def check(self) -> None:
        """No deeper and no more than a text form may hold."""
        depth, count = self._size()
        if depth > MAX_NESTED:
            raise Invalid("schedule", f"must nest at most {MAX_NESTED} deep", depth)
        if count > MAX_SCHEDULES:
            raise Invalid("schedule", f"must hold at most {MAX_SCHEDULES} schedules", count)

    def inner(self) -> tuple[Schedule, ...]:
        """The schedules it is made of."""
        fields = [getattr(self, name) for name in self.__struct_fields__]
        some = [field if isinstance(field, tuple) else (field,) for field in fields]
        return tuple(one for field in some for one in field if isinstance(one, Schedule))

    def rises_again(self) -> int | None:
        """Where the first of the schedules within does: that of a scale or a floor."""
        return self.inner()[0].rises_again()

    def notes(self) -> Sequence[str]:
        """Those of the schedules within."""
        return [note for one in self.inner() for note in one.notes()]

    def _size(self) -> tuple[int, int]:
        """How deep it nests, and how many schedules it is."""
        sizes = [one._size() if isinstance(one, Composition) else (0, 1) for one in self.inner()]
        depths, counts = zip((0, 1), *sizes, strict=True)
        return 1 + max(depths), sum(counts)


def short_name(cls: type[Schedule]) -> str:
    """The name used on the command line: ``exponential``."""
    return str(cls.__struct_config__.tag)


def real(value: float, xp: Any) -> Any:
    """A parameter as a float32 scalar, for arithmetic that must not happen in float64 first."""
    return xp.array(value, "float32")


def multiples(period: float, start: int, stop: int) -> Int64s:
    """The multiples of `period` in ``[start, stop)``, thinned if there are very many."""
    first, last = int(np.ceil(start / period)), int(np.ceil(stop / period))
    return np.asarray(thinned(first, last) * period).astype(np.int64)


def thinned(first: int, last: int, limit: int = 1 << 17) -> Float64s:
    """The whole numbers in ``[first, last)``, or `limit` of them, evenly spread.

    For numbering the periods of a schedule: where there are that many, neighbouring ones differ by
    less than any picture shows.
    """
    if last - first <= limit:
        return np.arange(first, last, dtype=np.float64)
    return np.linspace(first, last - 1, limit).round()


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_literal(one) for one in value)}]"
    if isinstance(value, (bool, str)) or value is None:
        return repr(value)
    return value.inner_text() if isinstance(value, Schedule) else format_number(value)
