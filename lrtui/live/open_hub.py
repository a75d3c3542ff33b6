"""The hub of a fit: opened when it begins, left open until the process ends or the next fit begins.

So a training that has ended is still there to be looked at, and said to be idle, for as long as its
process lives. Where none can be opened that is said in a line, and the fit goes on unwatched.
"""

import os
import sys
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.live.hooks import say, short
from lrtui.live.memory import resident_bytes
from lrtui.protocol import Ready, Script, Started

if TYPE_CHECKING:
    from lrtui.live.hub import Hub

_hubs: "dict[str, Hub]" = {}


def open_hub(name: str) -> "Hub | None":
    """A hub for a fit; that of the last one of the same name is closed. None: there can be none."""
    from lrtui.live.hub import Hub  # brings sockets and files with it: importing Live needs none

    if (before := _hubs.pop(name, None)) is not None:
        before.close()
    try:
        hub = Hub(name)
    except OSError as error:
        say(f"{name} cannot be attached to: {short(error)}")
        return None
    _hubs[name] = hub
    return hub


def close_hubs() -> None:
    """Let all viewers go: their trainings have ended."""
    for name in list(_hubs):
        _hubs.pop(name).close()


# When the process ends Python calls the youngest first, and so what a fit has left to say before.
weakref.finalize(close_hubs, close_hubs)


def default_name() -> str:
    """What a training is called that was given no name: its script, or the notebook."""
    if "ipykernel" in sys.modules:
        return "notebook"
    return Path(sys.argv[0]).stem if sys.argv and sys.argv[0] not in ("", "-c") else "python"


def introduce(hub: "Hub", script: Script, schedule: str, done: int) -> None:
    """Tell what trains, and that a run begins.

    Args:
        hub: who is told.
        script: what trains.
        schedule: that drives, as text.
        done: so many of its steps are done already.
    """
    keras = sys.modules.get("keras")
    tensorflow = sys.modules.get("tensorflow") if script.backend == "tensorflow" else None
    hub.send(
        Ready(
            pid=os.getpid(),
            tensorflow=str(getattr(tensorflow, "__version__", "")),
            keras=str(getattr(keras, "__version__", "")),
            devices=[],
            threads=0,
            niceness=os.nice(0),
            memory=resident_bytes(),
        )
    )
    hub.send(Started(schedule, script=script, origin=-done))
