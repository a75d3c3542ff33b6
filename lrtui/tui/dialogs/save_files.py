"""Writes code and runs to files, and says where they are or why they could not be written."""

import os
from pathlib import Path

from lrtui.export import HISTORY_ENDINGS, export_run, write_atomically
from lrtui.protocol import Ready
from lrtui.runs.record import RunRecord
from lrtui.schedules import Invalid


def typed_path(text: str) -> Path:
    """The file that a person typed.

    Raises:
        ValueError: it is there already, and no ! after its name says to overwrite it; or it is of
            nobody's home.
    """
    name = text.strip()
    try:
        path = Path(name.removesuffix("!").rstrip()).expanduser()
    except RuntimeError:
        raise Invalid("file", "must be in a folder that there is", name) from None
    there = os.path.exists(path)  # noqa: PTH110 what is no name is of no file
    if there and not name.endswith("!"):
        raise Invalid("file", "must be a new one, or have a ! after its name to overwrite it", name)
    return path


def free_path(name: str) -> str:
    """The name, or the first one like it that is of no file: ``run.json``, ``run-2.json``."""
    path, number = Path(name), 1
    while os.path.exists(path):  # noqa: PTH110 a name that is none is of no file
        number += 1
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
    return str(path)


def code_path(target: str) -> Path:
    """Where the source for a library is written, unless another file is asked for."""
    from platformdirs import user_state_path

    return user_state_path("lrtui", ensure_exists=False) / f"schedule_{target}.py"


def save_code(path: Path, source: str) -> str:
    """Write a source to a file. Returns what became of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, source)
    except OSError as error:
        return f"copied, if the terminal allows it; {path} could not be written: {error.strerror}"
    return f"written to {path.absolute()}; copied, if the terminal allows it"


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
