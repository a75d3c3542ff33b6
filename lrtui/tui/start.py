"""Opens the app on a terminal: with a worker of its own, or on a training of somebody's script."""

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lrtui.kept import folder
from lrtui.kept.consent import Consent
from lrtui.kept.fault_log import FaultLog
from lrtui.plotting.markers import ascii_only
from lrtui.protocol.outside_text import harmless
from lrtui.schedules import Reading
from lrtui.tui.app import LrtuiApp
from lrtui.tui.terminal.paint import has_truecolor

if TYPE_CHECKING:
    from pathlib import Path

    from lrtui.logs.values import Log
    from lrtui.runs.at_once import AtOnce
    from lrtui.runs.record import RunRecord
    from lrtui.runs.trainings import Training
    from lrtui.runs.watched import LogsToWatch


def run(
    schedule: Reading | None,
    consent: Consent,
    *,
    cold: bool = False,
    device: str = "cpu",
    threads: int = 2,
    store: "Path | None" = None,
) -> None:
    """Open the app on a terminal, as it was last left, and return when it is left.

    Args:
        schedule: what the form shows, and what is told of it; None: what it showed last.
        consent: which files of code a person allowed.
        cold: load TensorFlow only when a training is asked for.
        device: ``cpu`` or ``gpu``.
        threads: of a training, at most.
        store: a file of ``lrtui sweep`` whose map is shown first.
    """
    from lrtui.runs.client import Client

    faults = FaultLog()

    def open_link(on_event: Any, on_gone: Any, on_state: Any) -> Client:
        return Client(
            threads=threads, device=device, on_event=on_event, on_gone=on_gone, on_state=on_state
        )

    def open_at_once() -> "AtOnce":
        from lrtui.runs.at_once import AtOnce

        return AtOnce(threads=threads, device=device, stamp=consent.stamped)

    more = {"cold": cold, "open_at_once": open_at_once, "store": store}
    _run(_app(schedule, open_link, consent, faults, **more), faults)


def run_attached(schedule: Reading | None, consent: Consent, training: "Training") -> None:
    """Open the app on a training of somebody's script, and return when it is left.

    Args:
        schedule: what the form shows; None: the default.
        consent: which files of code a person allowed.
        training: what is watched and steered; it goes on when the app is left.
    """
    from lrtui.runs.attached import Attached

    faults = FaultLog()

    def open_link(on_event: Any, on_gone: Any, on_state: Any) -> Attached:
        return Attached(
            training.place,
            on_event=on_event,
            on_past=lambda past: app.guarded(app.session.add_past)(past),
            on_gone=on_gone,
            on_state=on_state,
            on_refused=lambda text: app.say(text),
        )

    app = _app(schedule, open_link, consent, faults, attached=training.shown_name)
    _run(app, faults)


def run_watched(schedule: Reading | None, consent: Consent, asked: "LogsToWatch") -> None:
    """Open the app on logs that others write, and return when it is left.

    Args:
        schedule: what the form shows; None: the default.
        consent: which files of code a person allowed.
        asked: what is watched; it is never written.
    """
    from lrtui.runs.watched import WatchedLogs
    from lrtui.tui.training.watch import Watch

    watch, faults = Watch(asked.steps_per_epoch), FaultLog()

    def show(logs: "tuple[Log, ...]", runs: "list[RunRecord]") -> None:
        more = len(runs) - len(app.session.runs)
        told = watch.take(logs, app.editor.form_state.schedule)
        app.session.show_runs(runs)
        if more > 0:
            app.plot_controller.lay_over_all(range(len(runs) - 1))
        if told:
            app.say(told)

    def open_link(on_event: Any, on_gone: Any, on_state: Any) -> WatchedLogs:
        return WatchedLogs(asked, on_runs=show, on_fault=lambda why: app.say(why))

    app = _app(schedule, open_link, consent, faults, attached=asked.name, watch=watch)
    _run(app, faults)


def _app(
    schedule: Reading | None, open_link: Any, consent: Consent, faults: FaultLog, **more: Any
) -> LrtuiApp:
    """The app as this terminal can show it, whatever it is opened on."""
    return LrtuiApp(
        schedule,
        open_link,
        kept_in=folder(),
        consent=consent,
        ascii=ascii_only(sys.stdout.encoding, os.environ),
        fills=has_truecolor(os.environ),
        on_fault=faults.record,
        **more,
    )


def _run(app: LrtuiApp, faults: FaultLog) -> None:
    faults.catch_stray_faults()
    app.run()
    if app.not_kept:
        with suppress(OSError):  # of a terminal that is gone
            sys.stderr.write(f"lrtui: {harmless(app.not_kept)}\n")
    if app.return_code:
        sys.exit(app.return_code)
