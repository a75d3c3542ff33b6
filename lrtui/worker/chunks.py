"""Chunks of a sweep in this process, whoever started it: an executor of ours, Dask's, Slurm's."""

import os
import socket
import sys
import threading
import time
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from lrtui import __version__
from lrtui.live.memory import resident_bytes
from lrtui.protocol import pack, unpack
from lrtui.protocol.chunks import Chunk, ChunkDone, Question, Reply, processor
from lrtui.schedules import Invalid
from lrtui.worker.__main__ import environment

if TYPE_CHECKING:
    from lrtui.worker.at_once.training import Trainings

_ONE_AT_A_TIME = threading.Lock()
"""Some executors have several threads a process; Keras' state is one for all of them."""


def answer(question: Question) -> Reply:
    """Whether such models are stacked here, and which versions this process has."""
    with _ONE_AT_A_TIME:
        try:
            trainings = _trainings(question.threads)
            return Reply(trainings.can_stack(question.settings, question.allowed), _versions())
        except Exception as error:
            return Reply(False, {}, failure_text(error))


def train(chunk: Chunk) -> ChunkDone:
    """Do the trainings of a chunk. Whatever they raise is told, and ends nothing else."""
    began = time.perf_counter()
    means, validation, failure = b"", b"", ""
    with _ONE_AT_A_TIME:
        try:
            means, validation = _train(chunk, _trainings(chunk.threads))
        except Exception as error:
            failure = failure_text(error)
    return ChunkDone(
        means,
        validation,
        socket.gethostname(),
        processor(),
        chunk.threads,
        time.perf_counter() - began,
        resident_bytes(),
        _versions() if "tensorflow" in sys.modules else {},
        failure,
    )


def failure_text(error: Exception) -> str:
    """What went wrong, as one line."""
    # By name: two of the classes are in files that import TensorFlow.
    if type(error).__name__ in ("Invalid", "OwnFault", "Impossible"):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def _train(chunk: Chunk, trainings: "Trainings") -> tuple[bytes, bytes]:
    from lrtui.worker.at_once.training import Row

    differing = {name for name, value in chunk.versions.items() if _versions().get(name) != value}
    if differing:
        told = ", ".join(f"{one} {_versions().get(one)}" for one in sorted(differing))
        wanted = ", ".join(f"{one} {chunk.versions[one]}" for one in sorted(differing))
        raise Invalid("versions", f"must be the same in every process: {wanted}", told)
    rates = unpack(chunk.rates).reshape(chunk.schedules, -1)
    epochs = rates.shape[1] // chunk.settings.steps_per_epoch
    means = np.full((len(chunk.rows), epochs), np.nan, np.float32)
    validation = np.full_like(means, np.nan)
    rows = [Row(*row) for row in chunk.rows]
    pieces = trainings.train(
        chunk.settings,
        rates,
        rows,
        size=chunk.stack,
        until_diverged=True,
        allowed=chunk.allowed,
    )
    for done in pieces:
        if done.means is not None:
            some = slice(done.first_row, done.first_row + len(done.means))
            epoch = done.first_step // chunk.settings.steps_per_epoch
            means[some, epoch] = done.means
            if done.validation is not None:
                validation[some, epoch] = done.validation
    validated = bool(chunk.settings.validation_share)
    return pack(means), pack(validation) if validated else b""


@cache
def _trainings(threads: int) -> "Trainings":
    """What trains here. TensorFlow is imported with the first call, with so many threads."""
    if "tensorflow" not in sys.modules:
        os.environ.update(environment(threads, "cpu"))
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.set_visible_devices([], "GPU")
    from lrtui.worker.at_once.training import Trainings

    return Trainings()


def _versions() -> dict[str, str]:
    import keras
    import tensorflow as tf

    return {"lrtui": __version__, "keras": keras.__version__, "tensorflow": tf.__version__}
