"""What the screen says of the worker. Text from values; pure."""

from lrtui.runs.heartbeat import WorkerStatus
from lrtui.tui import number_format as figures

_STATES = {
    "cold": "not started",
    "starting": "loading TensorFlow",
    "ending": "being ended",
}


def state(seen: WorkerStatus) -> str:
    """Its state in a few words: ``training``, ``does not answer (4 s)``."""
    if not seen.answers:
        return f"does not answer ({_seconds(seen.silent_for)})"
    if seen.busy:
        return f"training, busy ({_seconds(seen.busy_for)})"
    if seen.state == "starting" and seen.since >= 1:
        return f"{_STATES[seen.state]} ({_seconds(seen.since)})"
    return _STATES.get(seen.state, seen.state)


def complaint(seen: WorkerStatus, key: str) -> str:
    """What a person should know and may do, one line; empty: all is well.

    Args:
        seen: the worker.
        key: what ends it.
    """
    if seen.answers:
        return ""
    doing = "loading TensorFlow, " if seen.state == "starting" else ""
    silent = _seconds(seen.silent_for)
    return f"the worker does not answer ({doing}{silent}); {key} ends it, what it recorded is kept"


def facts(seen: WorkerStatus) -> list[tuple[str, str]]:
    """All that is known, as names and texts; what is not known is left out."""
    ready, speed = seen.ready, seen.steps_per_second
    found = [
        ("state", state(seen)),
        ("why", seen.reason),
        ("process", str(seen.pid or "")),
        ("TensorFlow", ready.tensorflow if ready else ""),
        ("Keras", ready.keras if ready else ""),
        ("device", _device(seen)),
        ("speed", f"{figures.speed(speed)} steps/s" if speed is not None else ""),
        ("memory", figures.memory(seen.memory) if seen.memory else ""),
        ("log", str(seen.log)),
    ]
    return [(name, text) for name, text in found if text]


def _device(seen: WorkerStatus) -> str:
    if seen.ready is None:
        return ""
    threads = f"{seen.ready.threads} thread{'s' if seen.ready.threads != 1 else ''}"
    return f"{', '.join(seen.ready.devices)}, {threads}, nice {seen.ready.niceness}"


def _seconds(seconds: float) -> str:
    return f"{int(seconds)} s"
