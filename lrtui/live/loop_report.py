"""What a loop of one's own tells whoever watches. Its thread waits for no device.

The loop hands over what it has; a thread of ours reads rates and losses from wherever they are, and
tells them.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrtui.live.hooks import say, short
from lrtui.live.link import Link
from lrtui.live.memory import resident_bytes
from lrtui.live.noted import CAPACITY, Noted
from lrtui.live.rate_takers import KerasOptimizer, RateTaker
from lrtui.live.report import REPORT_SECONDS
from lrtui.protocol import Epoch, StepsDone, pack, to_wire
from lrtui.protocol.values import NOT_KNOWN, is_known
from lrtui.schedules.arrays import Float32s

CALLS_WITHOUT_UPDATE = 100
"""After so many steps of a loop without one of its optimizer, it is said to be another's."""

ToldLoss = tuple[Any, Any]
"""A loss, and how many steps were done with it, each perhaps not there yet; None: not asked."""
Read = Callable[[int], tuple[int, Noted]]


class LoopReporter:
    """Reports one loop. Steps are counted from 0 at its start.

    Args:
        link: who is told.
        takes: the rates.
        on_read: told of what was read: the first step, and what was noted of it and the next ones.
        on_refusal: told why it cannot be steered, when that is known; empty: it can be again.
        capacity: the most steps that one call of the loop does.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        link: Link,
        takes: RateTaker,
        on_read: Callable[[int, Noted], None],
        on_refusal: Callable[[str], None],
        capacity: int,
        clock: Callable[[], float],
    ) -> None:
        self._link, self._takes, self._clock = link, takes, clock
        self._on_read, self._on_refusal = on_read, on_refusal
        self.begun = self._next = takes.steering.steps
        """The first step of the loop, as its steering counts."""
        self._held = CAPACITY // (2 * capacity) or 1
        self._told: list[ToldLoss] = []
        # Of a Keras optimizer a count is on its device: it is asked until one call was one step.
        self._counts_cost = isinstance(takes, KerasOptimizer)
        self._exact = True
        self._calls = self._epochs = 0
        self._rate: float | None = None
        self._refusal: str | None = None
        self._strange = False
        self._due = clock() + REPORT_SECONDS
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="lrtui reader", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------------ for the loop's thread

    @property
    def steps(self) -> int:
        """Steps done since the start of the loop. May wait for the device."""
        return int(self._takes.steering.steps - self.begun)

    def add(self, loss: Any) -> None:
        """The loop has done a step with this loss; None: it is not known."""
        count = self._takes.steering.count() if self._exact else None
        self._told.append((_kept(loss), count))
        if len(self._told) >= self._held or self._clock() >= self._due:
            self.hand_over()

    def hand_over(self) -> None:
        """Have the rest read and told, without waiting for it."""
        self._due = self._clock() + REPORT_SECONDS
        told, self._told = self._told, []
        read = self._takes.steering.snapshot()
        self._work.put(lambda: self._tell(read, told))

    def epoch(self, logs: dict[str, Any]) -> None:
        """An epoch ended with these metrics."""
        self.hand_over()
        kept = {name: _kept(value) for name, value in logs.items()}
        self._work.put(lambda: self._tell_epoch(kept))

    def flush(self) -> tuple[int, Noted] | None:
        """Have all read and told that is done, and wait for it. What was read, `on_read` has."""
        self.hand_over()
        done = threading.Event()
        self._work.put(done.set)
        done.wait()
        return None

    def close(self) -> None:
        """Tell the rest."""
        self.flush()
        self._work.put(None)
        self._thread.join()

    # ------------------------------------------------------------------ for the reading thread

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except Exception as error:
                self._say_once(f"what a step used could not be read: {short(error)}")

    def _tell(self, read: Read, told: Sequence[ToldLoss]) -> None:
        first = self._next
        stop, noted = read(first)
        self._next = stop
        self._calls += len(told)
        losses = losses_of_steps(first, stop, [(_number(loss), count) for loss, count in told])
        if self._counts_cost:
            self._exact = stop - first != len(told)
        if stop > first:
            noted = _whole(noted, stop - first)._replace(losses=losses, seen=is_known(losses))
            if noted.updated.any():
                self._rate = float(noted.rates[noted.updated][-1])
            at, skipped = first - self.begun, np.flatnonzero(noted.skipped)
            self._link.send(
                StepsDone(
                    at,
                    pack(noted.rates),
                    pack(losses),
                    resident_bytes(),
                    tuple(int(one) + at for one in skipped),
                )
            )
            self._on_read(at, noted)
        self._look_whether_refused()

    def _tell_epoch(self, logs: dict[str, Any]) -> None:
        self._epochs += 1
        numbers = {"learning_rate": self._rate}
        numbers |= {name: _number(one) for name, one in logs.items()}
        told = {name: to_wire(one) for name, one in numbers.items() if one is not None}
        self._link.send(Epoch(self._epochs, self._next - self.begun, told))

    def _look_whether_refused(self) -> None:
        refusal = self._takes.refusal
        if refusal is None and self._next == self.begun and self._calls >= CALLS_WITHOUT_UPDATE:
            name = self._takes.optimizer
            refusal = f"nobody applies this optimizer ({name}): give the one that the loop applies"
        if refusal != self._refusal:
            self._refusal = refusal
            self._on_refusal(refusal or "")

    def _say_once(self, what: str) -> None:
        if not self._strange:
            self._strange = True
            say(what)


def losses_of_steps(first: int, stop: int, told: Sequence[tuple[float | None, Any]]) -> Float32s:
    """The loss of each of the steps ``[first, stop)``; NOT_KNOWN where it was not told.

    Args:
        first: the first step.
        stop: the one after the last.
        told: each loss that the loop told, with how many steps were done then. Of one that came
            with no new step (whose gradients were only accumulated) there is none; of several
            steps the last has it.
    """
    losses = np.full(max(0, stop - first), NOT_KNOWN, np.float32)
    if any(count is None for _, count in told):
        each = len(losses) // len(told)
        if each and each * len(told) == len(losses):  # each call did as many steps
            losses[each - 1 :: each] = [NOT_KNOWN if one is None else one for one, _ in told]
        return losses
    before = first
    for loss, count in told:
        done = int(count)
        if before < done <= stop and loss is not None:
            losses[done - 1 - first] = loss
        before = max(before, done)
    return losses


def _kept(value: Any) -> Any:
    """A number as it is now: torch may change a tensor in place, and keeps its graph alive."""
    if not hasattr(type(value), "detach"):  # asked of a tensor of TensorFlow: 5 us
        return value
    if value.device.type == "cpu" and value.ndim == 0:
        return value.item()
    return value.detach().clone()


def _number(value: Any) -> float | None:
    """What was told as a number, its mean if it is several; None if it is none."""
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        value = value.cpu() if hasattr(value, "cpu") else value
        return float(np.mean(np.asarray(value, np.float32)))
    except Exception:
        return None


def _whole(noted: Noted, count: int) -> Noted:
    """So many steps: those that were noted too long ago are not known."""
    lost = count - len(noted.rates)
    if not lost:
        return noted
    unknown, no = np.full(lost, NOT_KNOWN, np.float32), np.zeros(lost, bool)
    return Noted(
        *(
            np.concatenate([unknown if one.dtype == np.float32 else no, one])
            for one in (noted.rates, noted.losses, noted.skipped, noted.updated, noted.seen)
        )
    )
