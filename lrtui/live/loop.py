"""A training loop of one's own that is watched and steered: ``lrtui.live``.

Between two steps it does what is asked from elsewhere. It never computes a rate, never waits for
the device but to obey, and an error of ours ends no loop: it is said in a line.
"""

import contextlib
import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, get_args

from lrtui.live.alarm import OnDivergence, check_command, run_command
from lrtui.live.control import Control
from lrtui.live.divergence import DivergenceWatch
from lrtui.live.hooks import say, short
from lrtui.live.hub import Hub
from lrtui.live.link import Link, NoLink
from lrtui.live.loop_report import LoopReporter
from lrtui.live.noted import Noted
from lrtui.live.open_hub import default_name, introduce, open_hub
from lrtui.live.pacer import Pacer
from lrtui.live.rate_takers import rate_taker
from lrtui.protocol import Diverged, Ended, Script
from lrtui.schedules import Invalid


class Stopped(BaseException):
    """Someone has ordered the loop to stop. The ``with`` of ``lrtui.live`` ends it quietly."""


class _Target:
    """What an order to stop is written into."""

    stop_training = False


class OwnLoop:
    """What ``lrtui.live`` gives: see there.

    Args:
        optimizer: see ``lrtui.live``.
        name: see ``lrtui.live``.
        steps: see ``lrtui.live``.
        capacity: see ``lrtui.live``.
        on_divergence: see ``lrtui.live``.
        notify: see ``lrtui.live``.
        link: who watches instead; given, there is nothing to attach to.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        optimizer: Any,
        name: str | None = None,
        *,
        steps: int | None = None,
        capacity: int = 1,
        on_divergence: OnDivergence = "go on",
        notify: str | None = None,
        link: Link | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if on_divergence not in get_args(OnDivergence):
            allowed = f"must be one of {', '.join(get_args(OnDivergence))}"
            raise Invalid("on_divergence", allowed, on_divergence)
        if notify is not None:
            check_command(notify)
        self._name = name if name is not None else default_name()
        self._on_divergence, self._notify = on_divergence, notify
        self._takes = rate_taker(optimizer, capacity)
        self._target = _Target()
        self._entered = False
        self._hub: Hub | None = None
        self._off = os.environ.get("LRTUI", "").lower() == "off"
        if self._off:
            return
        if not self._takes.watched_here:  # of several processes one is watched, and none steered
            self._off = True
            self._takes.end()
            return
        try:
            self._begin(steps, capacity, link, clock)
        except Exception as error:
            self._fail(error)

    def _begin(
        self, steps: int | None, capacity: int, link: Link | None, clock: Callable[[], float]
    ) -> None:
        takes, steering = self._takes, self._takes.steering
        script = Script(self._name, takes.optimizer, takes.backend, total_steps=steps)
        if link is None:
            self._hub = open_hub(self._name)
        self._link = link if link is not None else self._hub if self._hub is not None else NoLink()
        if self._hub is not None:
            introduce(self._hub, script, steering.schedule, steering.position)
        watching = self._on_divergence != "go on"
        self._watch = DivergenceWatch(None, steering, watching)
        self._report = LoopReporter(self._link, takes, self._look, self._refused, capacity, clock)
        pacer = Pacer(None, clock)
        params = {"epochs": 1, "steps": steps}
        self._control = Control(self._target, params, self._link, [], pacer, None, self._diverged)
        self._control.begin(steering, self._report, self._watch)

    # ------------------------------------------------------------------ for the loop

    @property
    def rate(self) -> float:
        """The rate of the next step, for a loop that passes it in; a float32."""
        return self._takes.next_rate()

    @property
    def steering(self) -> Any:
        """Steers it from the loop itself: ``reset``, ``scale``, ``set_rate``, ``undo``."""
        return self._takes.steering

    @property
    def stopped(self) -> bool:
        """Whether someone has ordered it to stop."""
        return self._target.stop_training

    def using(self, rate: Any) -> Any:
        """On JAX: a context within which ``stateless_apply`` takes this rate.

        Args:
            rate: an argument of the compiled step, which is called with :attr:`rate`.
        """
        return self._takes.using(rate)

    def step(self, loss: Any = None) -> None:
        """A step is done. Obeys what was ordered meanwhile; waits while it is paused.

        Args:
            loss: of its batch: a number, or a tensor, which is not waited for. None: not known.

        Raises:
            Stopped: someone has ordered a stop; within ``with`` it ends there.
        """
        try:
            self._takes.stepped()
            if not self._off:
                self._report.add(loss)
                self._control.obey()
        except Exception as error:
            self._fail(error)
        if self._entered and self._target.stop_training:
            raise Stopped

    def epoch(self, **metrics: Any) -> None:
        """An epoch is done: a row of the table, with metrics by Keras' names, such as val_loss."""
        if not self._off:
            try:
                self._report.epoch(metrics)
                self._control.epoch_ended(False)
            except Exception as error:
                self._fail(error)

    def close(self, reason: str = "") -> None:
        """Tell the rest and give the optimizer back, as leaving ``with`` does.

        Args:
            reason: why it failed; empty: it did not.
        """
        if self._off:
            return
        self._off = True
        try:
            self._control.tell_changes()
            self._report.close()
        except Exception as error:
            self._fail(error)
        finally:
            self._takes.end()
            if (hub := self._hub) is not None:
                self._hub = None
                ended = Ended("stopped" if self._control.stopped else "done")
                hub.send(Ended("failed", reason) if reason else ended)

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self._entered = False
        stopping = isinstance(error, Stopped)
        self.close("" if error is None or stopping else short(error))
        return stopping

    # ------------------------------------------------------------------ within

    def _look(self, first: int, noted: Noted) -> None:
        self._watch.look(first, noted)

    def _refused(self, reason: str) -> None:
        if reason:
            say(f"{self._name} is not steered: {reason}")
        if self._hub is not None:
            self._hub.refuse(reason)

    def _diverged(self, event: Diverged) -> bool:
        if self._notify is not None:
            reason = f"the loss of step {event.step} is {event.loss}"
            run_command(self._notify, name=self._name, reason=reason, step=event.step)
        return self._on_divergence == "stop"

    def _fail(self, error: Exception) -> None:
        if self._off:
            return
        self._off = True
        say(f"{short(error)}; the loop goes on without being watched")
        with contextlib.suppress(Exception):
            if self._hub is not None:
                self._hub.refuse(f"lrtui failed in this training: {short(error)}")
        with contextlib.suppress(Exception):
            self._takes.end()
