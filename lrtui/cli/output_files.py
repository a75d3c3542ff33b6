"""Checks the files that a training is to write, before it begins."""

import os
from pathlib import Path

from lrtui.cli.errors import WrongCall
from lrtui.export import HISTORY_ENDINGS
from lrtui.export.files import replaceable

_RUN_FOLDERS = ("train", "validation", "steps")
"""The folders of event files, one run's."""


def history_file(history: str | None) -> Path | None:
    """Where the run is to be written.

    Raises:
        WrongCall: it cannot be; better said now than after the training.
    """
    if history is None:
        return None
    path = Path(history).expanduser()
    if path.suffix.lower() not in HISTORY_ENDINGS:
        allowed = " or ".join(HISTORY_ENDINGS)
        raise WrongCall(f"--history must end in {allowed}. Received: {history!r}")
    if not path.parent.is_dir():
        raise WrongCall(f"--history must be in a folder that exists. Received: {history!r}")
    try:
        replaceable(path)
        can_be = os.access(path.resolve().parent, os.W_OK)
    except OSError as fault:
        reason = f"--history must be a file that can be written ({fault.strerror})"
        raise WrongCall(f"{reason}. Received: {history!r}") from None
    if not can_be:
        raise WrongCall(f"--history must be a file that can be written. Received: {history!r}")
    return path


def tensorboard_folder(folder: str | None) -> str | None:
    """Where the event files are to be written, as an absolute path.

    Raises:
        WrongCall: they cannot be, or there are some of another run, which TensorBoard would draw
            as one with this.
    """
    if folder is None:
        return None
    path = Path(folder).expanduser().absolute()
    there = next(one for one in (path, *path.parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise WrongCall(f"--tensorboard must be a folder that can be written. Received: {folder!r}")
    if any((path / name).exists() for name in _RUN_FOLDERS):
        raise WrongCall(
            f"--tensorboard must be a folder without the files of another run. Received: {folder!r}"
        )
    return str(path)
