"""Fits that train in turns, a few steps each: what a callback costs a step, to 2 us or so.

One whole fit beside another differs by far more than that, as the machine does meanwhile other
things. Of fits that take turns every 20 ms each has the same share of them.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

WALL, THREAD, PROCESS = range(3)
"""Microseconds a step: by the clock, of the processor in the thread that trains, in all threads."""

Callbacks = Callable[[Callable[[], float]], Sequence[Any]]
"""The callbacks of a fit, from a clock that stands still while others have their turn.

What is done every so many seconds would else be done in each few steps.
"""


class Turns:
    """Lets the threads of several fits train by turns: in order, then in reverse, and so on."""

    def __init__(self, fits: int, rounds: int) -> None:
        forth = list(range(fits))
        self._order = ((forth + forth[::-1]) * (rounds // 2 + 1))[: fits * rounds]
        self._done, self._changed = 0, threading.Condition()

    def wait_for(self, who: int) -> None:
        """Return when it is this one's turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._order[self._done] == who)

    def pass_on(self) -> None:
        """The turn of whoever had it is over."""
        with self._changed:
            self._done += 1
            self._changed.notify_all()


def fit_in_turns(
    made: Callable[[], Any],
    kinds: Mapping[str, Callbacks],
    *,
    stretch: int,
    rounds: int,
    warm_up: int,
    batch: int = 8,
    warm: Callable[[], None] = lambda: None,
    before: Callable[[str, int], None] = lambda kind, round_: None,
) -> dict[str, NDArray[np.float64]]:
    """Train a model of each kind in turns.

    Args:
        made: a compiled model of eight features and one target.
        kinds: the callbacks of each.
        stretch: so many steps of each in turn.
        rounds: so many times.
        warm_up: so many steps come before, and do not count.
        batch: rows a step.
        warm: called when all are warm; they go on when it returns.
        before: called before each stretch, with its kind and its number.

    Returns:
        Of each kind an array of shape (rounds, 3), see WALL, THREAD and PROCESS.
    """
    turns = Turns(len(kinds), rounds)
    ready = threading.Barrier(len(kinds), warm)
    found: dict[str, list[Any]] = {kind: [] for kind in kinds}
    threads = []
    for place, (kind, callbacks) in enumerate(kinds.items()):

        def fit(place: int = place, kind: str = kind, callbacks: Callbacks = callbacks) -> None:
            waited = 0.0

            def next_turn(round_: int) -> None:
                nonlocal waited
                began = time.monotonic()
                turns.wait_for(place)
                waited += time.monotonic() - began
                before(kind, round_)

            clock = _clock(stretch, rounds, warm_up, ready, found[kind], next_turn, turns.pass_on)
            model = made()
            x = np.ones((batch * (warm_up + stretch * rounds), 8), "float32")
            both = [clock, *callbacks(lambda: time.monotonic() - waited)]
            model.fit(x, x[:, :1], batch_size=batch, verbose=0, shuffle=False, callbacks=both)

        threads.append(threading.Thread(target=fit))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {kind: np.array(one) for kind, one in found.items()}


def _clock(
    stretch: int,
    rounds: int,
    warm_up: int,
    ready: threading.Barrier,
    found: list[Any],
    next_turn: Callable[[int], None],
    pass_on: Callable[[], None],
) -> Any:
    import keras

    def now() -> NDArray[np.float64]:
        return np.array([time.perf_counter(), time.thread_time(), time.process_time()])

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        began = np.zeros(3)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            done = batch + 1 - warm_up
            if done == 0:
                ready.wait()
            if done < 0 or done % stretch:
                return
            if done:
                found.append((now() - self.began) / stretch * 1e6)
                pass_on()
            if done < stretch * rounds:
                next_turn(done // stretch)
                self.began = now()

    return Clock()
