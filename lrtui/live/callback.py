"""Live: reports every step of a ``model.fit`` and obeys commands between two steps.

The one place where a training talks to whoever watches it, in our worker and in anybody's script.
It never computes a rate: what it reports was noted inside the step. It never ends a training: an
error of ours is said in one line, and the fit goes on without it.
"""

import contextlib
import functools
import math
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import keras

from lrtui.live.alarm import OnDivergence, check_command, run_command
from lrtui.live.hooks import NotSteerable, say, short
from lrtui.live.link import Link, NoLink
from lrtui.live.open_hub import default_name, introduce, open_hub
from lrtui.live.pacer import Pacer
from lrtui.live.present_fit import PresentFit
from lrtui.schedules import Invalid

if TYPE_CHECKING:  # what a fit needs is imported when one begins: a script's start waits for less
    from lrtui.live.control import Control, RunCopier, Script
    from lrtui.live.hub import Hub
    from lrtui.live.steering import Steering
    from lrtui.protocol import Diverged, Start


def _guarded(method: Callable[..., None]) -> Callable[..., None]:
    """A method that Keras calls: what goes wrong in it is said, and ends nothing but itself."""

    @functools.wraps(method)
    def guarded(self: "Live", *args: Any, **kwargs: Any) -> None:
        if self._off:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            self._fail(error)

    return guarded


class Live(keras.callbacks.Callback):  # type: ignore[misc]
    """The one line for ``model.fit``: ``callbacks=[lrtui.Live()]``. Steps are counted from 0 in it.

    At each epoch's end ``logs["learning_rate"]`` is the rate of the epoch's last step, for all
    callbacks and for Keras' own ``History``.

    Commands that come during the last batch of an epoch are obeyed at the epoch's end, after the
    callbacks before this one.

    With ``LRTUI=off`` in the environment it does nothing.

    Args:
        name: under which ``lrtui runs`` lists it and ``lrtui attach`` opens it; None: the script's.
        link: who watches instead; given, there is nothing to attach to.
        steering: of the same model, kept attached after the fit. None: one for this fit only.
        script: steps and what is done before each; exact with one step per execution.
        pace: at most so many steps a second, to watch and steer; None: as fast as it can.
        on_divergence: what the first loss that is not finite does: ``go on``, ``pause``, ``stop``.
            To pause or stop, checkpoints are kept in memory for a restore: the last three of those
            taken at the start, at epochs' ends and before the rate is steered upward, at most
            512 MB together.
        notify: a command that is run then, without a shell, such as ``mail-me {name} {reason}``;
            {step} is the step. Needs `on_divergence` ``pause`` or ``stop``.
        pause_on_divergence: the same as ``on_divergence="pause"``.
        finder: does a range test on a copy of the model, before the step that it is told.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        link: Link | None = None,
        steering: "Steering | None" = None,
        script: "Script" = (),
        pace: float | None = None,
        on_divergence: OnDivergence = "go on",
        notify: str | None = None,
        pause_on_divergence: bool = False,
        finder: "RunCopier | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._off = os.environ.get("LRTUI", "").lower() == "off"
        self.fault: Exception | None = None
        """What of ours went wrong, and ended the reporting of this fit."""
        on_divergence = "pause" if pause_on_divergence else on_divergence
        if on_divergence not in get_args(OnDivergence):
            allowed = f"must be one of {', '.join(get_args(OnDivergence))}"
            raise Invalid("on_divergence", allowed, on_divergence)
        if on_divergence == "pause" and isinstance(link, NoLink):
            raise ValueError("pause_on_divergence needs a link: someone who lets it go on")
        if name is not None and not isinstance(name, str):
            raise Invalid("name", "must be a text; a link goes by link=", name)
        if notify is not None:
            check_command(notify)
        self._name = name if name is not None else default_name()
        self._given_link = link
        self._link: Link = link if link is not None else NoLink()
        self._hub: Hub | None = None
        self._on_divergence, self._notify = on_divergence, notify
        self._given = steering
        self._steering: Steering | None = None
        self._script = script
        self._finder = finder
        self._clock = clock
        self._pacer = Pacer(pace, clock)
        self._control: Control | None = None
        self._ended = False

    @property
    def model(self) -> Any:
        """The model. On JAX Keras' own property copies the whole state each time it is read."""
        return getattr(self._model, "module", self._model)

    @property
    def steering(self) -> "Steering":
        """What steers the model, while it trains."""
        assert self._steering is not None, "only while it trains"
        return self._steering

    @property
    def steps(self) -> int:
        """Steps done since the start of the fit."""
        return self._report.steps

    @property
    def successor(self) -> "Start | None":
        """The start that ended this run before its time."""
        return None if self._control is None else self._control.successor

    @property
    def stopped(self) -> bool:
        """Whether a command ended this run before its time."""
        return self._control is not None and self._control.stopped

    @_guarded
    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Take over; what comes before step 0 is obeyed here."""
        from lrtui.live.control import Control, in_order
        from lrtui.live.divergence import DivergenceWatch
        from lrtui.live.report import Reporter
        from lrtui.live.steering import Steering

        self.close()
        script, self._script = in_order(self._script), ()
        if self._given is not None and self._given.model is not self.model:
            raise NotSteerable("the steering is of another model; it needs one of this model")
        self._steering = self._given if self._given is not None else Steering(self.model)
        self._fit = PresentFit(self, self.close, self._put_rate)
        self._steering.on_new_training(self._close_if_over)
        self._open_hub()
        per_execution = int(self.model.steps_per_execution)
        self._report = Reporter(self._link, self._steering, per_execution, self._clock)
        wanted = [step for step, command in script if command is None]
        watching = self._on_divergence != "go on"
        self._watch = DivergenceWatch(self.model, self._steering, watching, wanted)
        self._watch.keep()
        self._control = Control(
            self.model,
            self.params,
            self._link,
            script,
            self._pacer,
            self._finder,
            self._diverged,
        )
        self._control.begin(self._steering, self._report, self._watch)
        self._last_batch = (self.params.get("steps") or math.inf) - 1
        self._mean_looked_at = False
        self._refused: str | None = None
        self._blindness_said = self._begun = False
        if self._hub is None:
            self._control.obey()

    @_guarded
    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keras' running mean begins anew."""
        self._mean_looked_at = False
        if not self._begun:
            self._begun = True
            self._introduce()
            self._say_what_is_not_in_force()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Report if it is time, obey what was commanded.

        Each step asks, mostly for nothing: every call on the way there costs it.
        """
        if self._off or self._control is None:
            return
        try:
            if self._report.due():
                self._control.flush()
            if self._watch.watching:
                self._watch_batch(logs)
            if batch < self._last_batch:
                self._control.obey()
                if self._pacer.pace is not None:
                    self._control.keep_pace()
        except Exception as error:
            self._fail(error)

    @_guarded
    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report the epoch, obey."""
        if self._control is None:
            return
        if logs is not None:
            self._put_rate(logs)  # of a loop that calls callbacks without Keras' list
        self._report.epoch(epoch, logs or {})
        if self._report.due():
            self._control.flush()
        if self._steering is not None:
            self._say_refusal(self._steering)
        self._watch.keep()
        self._control.epoch_ended(epoch + 1 >= (self.params.get("epochs") or math.inf))

    @_guarded
    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Report the rest, give the model back."""
        self._ended = True
        self.close()

    def close(self) -> None:
        """What :meth:`on_train_end` does; it is done as well when ``fit`` was interrupted."""
        if self._steering is None:
            return
        steering, self._steering = self._steering, None
        self._fit.forget()
        try:
            if self._control is not None:
                self._control.tell_changes()
                self._control.flush()
            self._say_refusal(steering)
        except Exception as error:
            if self._ended:
                self._fail(error)
            else:  # on JAX the state of a step that was interrupted is nowhere
                say(f"the last steps of the interrupted fit cannot be read ({short(error)})")
        finally:
            self._leave_hub()
            if self._given is None:
                steering.detach()

    def _open_hub(self) -> None:
        """Have it listed and watched from elsewhere, unless a link of one's own was given."""
        self._ended = False
        if self._given_link is not None:
            return
        self._hub = open_hub(self._name)
        self._link = self._hub if self._hub is not None else NoLink()
        if self._hub is not None:
            self._hub.ends_when(self._fit.left)

    def _introduce(self) -> None:
        """Say what trains, and how far its schedule is: other callbacks have restored it by now."""
        if self._hub is None or self._steering is None or self._control is None:
            return
        from lrtui.protocol import Script as TrainedScript

        optimizer, backend = type(self.model.optimizer).__name__, keras.backend.backend()
        epochs, steps = self.params.get("epochs"), self.params.get("steps")
        script = TrainedScript(self._name, optimizer, backend, epochs, steps)
        introduce(self._hub, script, self._steering.schedule, self._steering.position)
        self._control.obey()

    def _leave_hub(self) -> None:
        """Say how it ended; the hub stays until the process ends or another fit begins."""
        from lrtui.protocol import Ended

        hub, self._hub = self._hub, None
        if hub is None:
            return
        if self.stopped:
            hub.send(Ended("stopped"))
        elif self._ended:
            hub.send(Ended("done"))
        else:
            from lrtui.live.hub_thread import INTERRUPTED

            hub.send(Ended("failed", INTERRUPTED))

    def _say_what_is_not_in_force(self) -> None:
        """A restart goes on with weights and count, and without what was steered before."""
        restores = keras.callbacks.BackupAndRestore
        if self._hub is None or not any(isinstance(one, restores) for one in self._fit.callbacks()):
            return
        if self._steering is not None and self._steering.iterations > 0:
            from lrtui.live.earlier_life import steered_before

            before = steered_before(self._name, self._hub.registration.place.id)
            if before is not None:
                say(before)

    def _diverged(self, event: "Diverged") -> bool:
        """The first loss that is not finite was found. Whether the fit is to be stopped."""
        if self._notify is not None:
            reason = f"the loss of step {event.step} is {event.loss}"
            run_command(self._notify, name=self._name, reason=reason, step=event.step)
        return self._on_divergence == "stop"

    def _close_if_over(self) -> None:
        """Another training of the model begins: this fit may have been interrupted."""
        if self._steering is not None and not self._fit.under_way():
            self.close()

    def _fail(self, error: Exception) -> None:
        self._off = True
        self.fault = error
        with contextlib.suppress(Exception):
            if self._hub is not None:
                self._hub.refuse(f"lrtui failed in this training: {short(error)}")
        say(f"{short(error)}; the fit goes on without being watched")
        steering, self._steering = self._steering, None
        if steering is not None and self._given is None:
            with contextlib.suppress(Exception):
                steering.detach()

    def _put_rate(self, logs: dict[str, Any]) -> None:
        """Before any callback sees an epoch's logs."""
        if self._steering is not None and not self._off:
            try:
                logs["learning_rate"] = self._steering.rate
            except Exception as error:
                self._fail(error)

    def _watch_batch(self, logs: dict[str, Any] | None) -> None:
        """Look at the losses once Keras' mean is not finite: one of them is not."""
        assert self._control is not None
        if self._watch.due:
            self._watch.keep()
        if self._control.restored:
            self._control.restored = self._mean_looked_at = False
        if not self._mean_looked_at and logs and not math.isfinite(logs.get("loss", 0.0)):
            self._mean_looked_at = True
            self._control.flush()

    def _say_refusal(self, steering: "Steering") -> None:
        """Say, once, that what trains is not what is steered, or that its losses are not seen."""
        refusal = steering.refusal
        if refusal is not None and refusal not in (self._refused, steering.fault):
            self._refused = refusal
            say(f"not steered: {refusal}")
            if self._hub is not None:
                self._hub.refuse(refusal)
        if self._watch.blind and not self._blindness_said:
            self._blindness_said = True
            say("a divergence is not seen: this train_step does not call compute_loss()")


class LiveCallback(Live):
    """:class:`Live` as earlier versions had it: told a link, or watched by nobody."""

    def __init__(self, link: Link | None = None, **options: Any) -> None:
        super().__init__(link=link if link is not None else NoLink(), **options)
