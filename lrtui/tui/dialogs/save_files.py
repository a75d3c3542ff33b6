"""Writes code and runs to files, and says where they are or why they could not be written."""

from pathlib import Path

from lrtui.export import HISTORY_ENDINGS, export_run, write_atomically
from lrtui.protocol import Ready
from lrtui.runs.record import RunRecord
from lrtui.schedules import Invalid


def save_code(target: str, source: str) -> str:
    """Write a source for a library to the user's state folder."""
    from platformdirs import user_state_path

    path = user_state_path("lrtui", ensure_exists=False) / f"schedule_{target}.py"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, source)
    except OSError as error:
        return f"copied, if the terminal allows it; not written: {error}"
    return f"written to {path}; copied, if the terminal allows it"


def save_run(record: RunRecord, ready: Ready | None, path: Path, *, per_step: bool = False) -> None:
    """Write a run to a file, with a row an epoch, or a step.

    Raises:
        ValueError: it cannot be; the message says why and what to do.
    """
    if record.whole_from:
        raise ValueError(
            f"the steps before {record.whole_from} are known in reduced form only; "
            f"lrtui ctl NAME export FILE writes all, on the machine that trains"
        )
    if path.suffix.lower() not in HISTORY_ENDINGS:
        raise Invalid("file", f"must end in {' or '.join(HISTORY_ENDINGS)}", str(path))
    try:
        export_run(record, ready, path, per_step=per_step)
    except OSError as error:
        raise ValueError(f"{path} could not be written: {error.strerror}") from None
