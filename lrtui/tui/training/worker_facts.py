"""The texts that say how the worker is. Pure."""

from lrtui.runs.heartbeat import WorkerStatus
from lrtui.tui.number_format import format_memory, format_speed

_STATES = {
    "cold": "not started",
    "starting": "loading TensorFlow",
    "ending": "being ended",
}


def state(worker: WorkerStatus) -> str:
    """Its state in a few words: ``training``, ``does not answer (4 s)``."""
    if not worker.answers:
        return f"does not answer ({_seconds(worker.silent_for)})"
    if worker.busy:
        return f"training, busy ({_seconds(worker.busy_for)})"
    if worker.state == "starting" and worker.since >= 1:
        return f"{_STATES[worker.state]} ({_seconds(worker.since)})"
    return _STATES.get(worker.state, worker.state)


def complaint(worker: WorkerStatus, key: str) -> str:
    """What a person should know and may do, one line; empty: all is well.

    Args:
        worker: the worker.
        key: what ends it.
    """
    if worker.answers:
        return ""
    doing = "loading TensorFlow, " if worker.state == "starting" else ""
    silent = _seconds(worker.silent_for)
    return f"the worker does not answer ({doing}{silent}); {key} ends it, what it recorded is kept"


def facts(worker: WorkerStatus) -> list[tuple[str, str]]:
    """All that is known, as names and texts; what is not known is left out."""
    ready, speed = worker.ready, worker.steps_per_second
    found = [
        ("state", state(worker)),
        ("why", worker.reason),
        ("process", str(worker.pid or "")),
        ("TensorFlow", ready.tensorflow if ready else ""),
        ("Keras", ready.keras if ready else ""),
        ("device", _device(worker)),
        ("speed", f"{format_speed(speed)} steps/s" if speed is not None else ""),
        ("memory", format_memory(worker.memory) if worker.memory else ""),
        ("log", str(worker.log)),
    ]
    return [(name, text) for name, text in found if text]


def _device(worker: WorkerStatus) -> str:
    if worker.ready is None:
        return ""
    threads = f"{worker.ready.threads} thread{'s' if worker.ready.threads != 1 else ''}"
    return f"{', '.join(worker.ready.devices)}, {threads}, nice {worker.ready.niceness}"


def _seconds(seconds: float) -> str:
    return f"{int(seconds)} s"
