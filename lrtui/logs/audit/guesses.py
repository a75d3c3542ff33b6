"""Where to begin looking for the parameters of each schedule, read off the shape of the rates."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from lrtui.logs.audit.logged import LoggedRates
from lrtui.schedules import Schedule
from lrtui.schedules.arrays import Int64s
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.cosine_annealing_restarts import CosineAnnealingRestarts
from lrtui.schedules.family.cosine_hard_restarts import CosineHardRestarts
from lrtui.schedules.family.cosine_power import CosinePower
from lrtui.schedules.family.cosine_restarts import CosineDecayRestarts
from lrtui.schedules.family.cyclical import CyclicalRate
from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.flat_cosine import FlatCosine
from lrtui.schedules.family.inverse_sqrt import InverseSquareRoot
from lrtui.schedules.family.inverse_time import InverseTimeDecay
from lrtui.schedules.family.k_decay_cosine import KDecayCosine
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.noam import Noam
from lrtui.schedules.family.one_cycle import OneCycle
from lrtui.schedules.family.polynomial import PolynomialDecay
from lrtui.schedules.family.power_decay import PowerDecay
from lrtui.schedules.family.power_law import PowerLaw
from lrtui.schedules.family.rex import Rex
from lrtui.schedules.family.tanh import TanhDecay
from lrtui.schedules.family.wsd import WarmupStableDecay


class Guess(NamedTuple):
    """A schedule's class and where to begin."""

    cls: type[Schedule]
    start: dict[str, Any]
    free: tuple[str, ...]
    """The arguments that are to be fitted."""


class Shape(NamedTuple):
    """What is seen of rates at once."""

    first: float
    origin: float
    """The rate of step 0, on the line through the first two; 0: as good as none."""
    last: float
    highest: float
    peak: int
    """The step of the highest rate."""
    level: int
    """The step up to which the highest rate is held."""
    end: int
    """The step from which on the last rate is held."""
    stop: int
    """The last step."""
    jumps: tuple[int, ...]
    """Steps at which it jumps up again."""


def shape_of(steps: Int64s, logged: LoggedRates) -> Shape:
    """What is seen at once."""
    values = logged.values
    near = logged.tolerance * 2
    peak = int(np.argmax(values))
    high = np.flatnonzero(values >= values[peak] - near[peak])
    after = high[high >= peak]
    run = after[: int(np.argmin(np.append(np.diff(after) == 1, False))) + 1]
    held = np.abs(values - values[-1]) <= near
    end = len(values) - int(np.argmin(held[::-1])) if not held.all() else 0
    up = np.flatnonzero(values[1:] > 1.2 * values[:-1] + near[1:]) + 1
    falling = [int(j) for j in up if j >= 2 and values[j - 1] < values[j - 2]]
    slope = float(values[1] - values[0]) / max(int(steps[1] - steps[0]), 1)
    origin = float(values[0]) - slope * int(steps[0])
    return Shape(
        first=float(values[0]),
        origin=origin if origin > 1e-3 * float(values[peak]) else 0.0,
        last=float(values[-1]),
        highest=float(values[peak]),
        peak=int(steps[peak]),
        level=int(steps[run[-1]]) if len(run) else int(steps[peak]),
        end=int(steps[min(end, len(steps) - 1)]),
        stop=int(steps[-1]),
        jumps=tuple(int(steps[j]) for j in falling),
    )


RATE, END, DECAY = "initial_learning_rate", "end_learning_rate", "decay_steps"


def guesses(seen: Shape) -> Iterator[Guess]:
    """Classes and starts, the simplest first: of those that fit the first one is named."""
    yield Guess(Constant, {"learning_rate": seen.highest}, ("learning_rate",))
    lengths = tuple(dict.fromkeys((max(seen.end, 1), max(seen.stop, 1), 2 * max(seen.stop, 1))))
    if seen.jumps:
        yield from _cycles(seen)
        return
    yield from _falling(seen, lengths)
    if seen.peak > 0:
        yield from _rising(seen)


def _falling(seen: Shape, lengths: tuple[int, ...]) -> Iterator[Guess]:
    top, low = seen.first, seen.last
    ratio = low / top if top and low else 1e-3
    # Of its length and its factor one can be chosen: a round length, a factor of some size.
    span = next((n for n in (1000, 100, 10) if ratio ** (n / max(seen.stop, 1)) > 0.01), 1)
    factor = ratio ** (span / max(seen.stop, 1))
    start: dict[str, Any] = {RATE: top, DECAY: span, "decay_rate": factor}
    yield Guess(ExponentialDecay, start, (RATE, "decay_rate"))
    for length in lengths:
        alpha = low / top if top else 0.0
        yield Guess(CosineDecay, {RATE: top, DECAY: length}, (RATE, DECAY))
        yield Guess(LinearDecay, {RATE: top, DECAY: length, END: 0.0}, (RATE, DECAY))
        begin = {RATE: top, DECAY: length, "alpha": max(alpha, 1e-6)}
        yield Guess(CosineDecay, begin, (RATE, DECAY, "alpha"))
        for end in dict.fromkeys((0.0, low)):
            ended = {RATE: top, DECAY: length, END: end}
            free = (RATE, DECAY, END) if end else (RATE, DECAY)
            yield Guess(LinearDecay, ended, free)
            yield Guess(CosineAnnealing, ended, free)
            yield Guess(Rex, ended, free)
            for power in (2.0, 0.5):
                yield Guess(PolynomialDecay, {**ended, "power": power}, (*free, "power"))
            yield Guess(CosinePower, {**ended, "exponent": 2.0}, (*free, "exponent"))
            yield Guess(KDecayCosine, {**ended, "k_decay": 1.5}, (*free, "k_decay"))
            both = {**ended, "power": 1.0, "k_decay": 2.0}
            yield Guess(PowerDecay, both, (*free, "power", "k_decay"))
            yield Guess(TanhDecay, ended, free)
    inverse = {RATE: top, DECAY: 1000, "decay_rate": (1 / ratio - 1) * 1000 / max(seen.stop, 1)}
    yield Guess(InverseTimeDecay, inverse, (RATE, "decay_rate"))
    yield Guess(PowerLaw, {RATE: top, "power": -0.5}, (RATE, "power"))
    if seen.level > 0:
        part = min(seen.level / max(seen.end, 1), 1.0)
        flat = {RATE: top, "total_steps": max(seen.end, 1), "pct_start": part}
        yield Guess(FlatCosine, flat, (RATE, "total_steps", "pct_start"))
        begun = {RATE: top, DECAY: max(seen.end - seen.level, 1), END: low}
        late = {**begun, "decay_begin": seen.level}
        yield Guess(LinearDecay, late, (RATE, DECAY, END, "decay_begin"))
        yield from _stable(seen, 0)


def _rising(seen: Shape) -> Iterator[Guess]:
    warmup, top = max(seen.peak, 1), seen.highest
    rest = max(seen.end - warmup, 1)
    for free in ((), ("alpha",)):
        cosine: dict[str, Any] = {
            RATE: seen.origin,
            DECAY: rest,
            "alpha": seen.last / top if free else 0.0,
            "warmup_target": top,
            "warmup_steps": warmup,
        }
        rates = (RATE,) if seen.origin else ()
        yield Guess(CosineDecay, cosine, (*rates, DECAY, "warmup_target", "warmup_steps", *free))
    yield Guess(InverseSquareRoot, {RATE: top, "warmup_steps": warmup}, (RATE, "warmup_steps"))
    noam = {"d_model": 512, "warmup_steps": warmup, "factor": top * (512 * warmup) ** 0.5}
    yield Guess(Noam, noam, ("warmup_steps", "factor"))
    part = warmup / max(seen.end, 1)
    for how in ("cos", "linear"):
        start: dict[str, Any] = {"max_learning_rate": top, "pct_start": part}
        start |= {"total_steps": max(seen.end, 2)}
        start |= {"anneal_strategy": how, "div_factor": top / seen.first if seen.first else 25.0}
        start |= {"final_div_factor": seen.first / seen.last if seen.last else 1e4}
        names = ("max_learning_rate", "total_steps", "pct_start")
        usual = {**start, "div_factor": 25.0, "final_div_factor": 1e4}
        yield Guess(OneCycle, usual, names)
        yield Guess(OneCycle, {**start, "final_div_factor": 1e4}, (*names, "div_factor"))
        yield Guess(OneCycle, start, (*names, "div_factor", "final_div_factor"))
    yield from _stable(seen, warmup)


def _stable(seen: Shape, warmup: int) -> Iterator[Guess]:
    ways = product(("1-sqrt", "linear", "cosine", "sqrt"), dict.fromkeys((0.0, seen.last)))
    for how, end in ways:
        start: dict[str, Any] = {
            RATE: seen.highest,
            "warmup_steps": warmup,
            "stable_steps": max(seen.level - warmup, 0),
            DECAY: max(seen.end - seen.level, 1),
            "decay_shape": how,
            END: end,
            "warmup_learning_rate": seen.origin if warmup else 0.0,
        }
        names = [RATE, DECAY]
        names += ["stable_steps"] if start["stable_steps"] else []
        names += ["warmup_steps"] if warmup else []
        names += ["warmup_learning_rate"] if start["warmup_learning_rate"] else []
        names += [END] if end else []
        yield Guess(WarmupStableDecay, start, tuple(names))


def _cycles(seen: Shape) -> Iterator[Guess]:
    first = seen.jumps[0]
    ratio = (seen.jumps[1] - first) / first if len(seen.jumps) > 1 else 1.0
    for free in ((), ("alpha",)):
        start = {RATE: seen.first, "first_decay_steps": first, "t_mul": max(ratio, 1.0)}
        start |= {"m_mul": 1.0, "alpha": 0.01 if free else 0.0}
        names = (RATE, "first_decay_steps", *free)
        more = ("t_mul",) if ratio > 1.01 else ()
        yield Guess(CosineDecayRestarts, start, (*names, *more))
        yield Guess(CosineDecayRestarts, start, (*names, *more, "m_mul"))
    for end in dict.fromkeys((0.0, seen.last)):
        annealed = {RATE: seen.first, "first_decay_steps": first, "t_mul": max(round(ratio), 1)}
        free = (RATE, "first_decay_steps", *((END,) if end else ()))
        yield Guess(CosineAnnealingRestarts, {**annealed, END: end}, free)
        for count in (len(seen.jumps) + 1, len(seen.jumps) + 2):
            hard = {RATE: seen.first, "total_steps": first * count, "cycles": float(count)}
            names = (RATE, "total_steps", *((END,) if end else ()))
            yield Guess(CosineHardRestarts, {**hard, END: end}, names)


def triangle(seen: Shape, low: float, turn: int) -> Guess:
    """A rate that goes up and down in equal lines."""
    start = {"base_learning_rate": low, "max_learning_rate": seen.highest, "step_size_up": turn}
    return Guess(CyclicalRate, start, ("base_learning_rate", "max_learning_rate", "step_size_up"))
