"""Writes the state of a run to a file, so that another process goes on from a copy of it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lrtui.live.checkpoint import Checkpoint
from lrtui.protocol import StateTaken

KEPT = 2
"""Files of earlier states that are kept: one may still be being read."""


class StateFiles:
    """Writes states of one run, in the folder for temporary files.

    Args:
        model: of the run, compiled.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._written: list[Path] = []

    def take(self, step: int) -> StateTaken:
        """Write the state before this step. The run is read, and nothing of it changes."""
        taken = Checkpoint.of(self._model, step)
        try:
            with tempfile.NamedTemporaryFile(prefix="state-", suffix=".npz", delete=False) as file:
                self._written.append(Path(file.name))
                np.savez(file, *taken.values)
        except OSError as error:
            return StateTaken(step, error=f"the run could not be copied: {error.strerror}")
        while len(self._written) > KEPT:
            self._written.pop(0).unlink(missing_ok=True)
        return StateTaken(step, str(self._written[-1]))


def read_state(path: str) -> Sequence[Any]:
    """The values of all variables of model and optimizer.

    Raises:
        OSError, ValueError: there is no such file, or it holds no state.
    """
    with np.load(path, allow_pickle=False) as stored:
        return [stored[f"arr_{number}"] for number in range(len(stored.files))]
