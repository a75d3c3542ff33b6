"""The worker process, which trains: ``python -m lrtui.worker --fd N``.

A polite neighbour: low priority, few threads, no GPU unless asked. It ends when the socket N does,
whatever it is doing, so that none stays behind. Here the process is set up before NumPy and
TensorFlow are imported, because both read the environment only once.
"""

import argparse
import contextlib
import faulthandler
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

NICENESS = 10

XLA_FLAGS = "--xla_cpu_enable_concurrency_optimized_scheduler=false"
"""The operations of a small model's step in turn: handing them from thread to thread took a third
of a training at once."""
KNOWN_FLAGS = "2.21."
"""The TensorFlow whose XLA is known to have them: by a flag that it does not know it is ended."""


def environment(threads: int, device: str) -> Mapping[str, str]:
    """What must stand in the environment before NumPy and TensorFlow are imported."""
    count = str(threads)
    found = {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "MKL_NUM_THREADS": count,
    }
    if _tensorflow().startswith(KNOWN_FLAGS):
        found["XLA_FLAGS"] = f"{XLA_FLAGS} {os.environ.get('XLA_FLAGS', '')}".strip()
    if device == "gpu":
        return found | {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    hidden = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
    return found | dict.fromkeys(hidden, "-1")


def _tensorflow() -> str:
    """Its version, without importing it; empty: there is none."""
    for name in ("tensorflow", "tensorflow-cpu"):
        with contextlib.suppress(PackageNotFoundError):
            return version(name)
    return ""


def main(arguments: Sequence[str] | None = None) -> None:
    """The process. Exits with 1 when TensorFlow cannot be loaded."""
    os.nice(NICENESS)
    with contextlib.suppress(OSError):  # where memory runs out, this process goes before others
        Path("/proc/self/oom_score_adj").write_text("500")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program, which says what to do
    faulthandler.enable()  # where it was when TensorFlow crashed, for the log
    parser = argparse.ArgumentParser(prog="python -m lrtui.worker")
    parser.add_argument("--fd", type=int, required=True, help="socket of commands and events")
    parser.add_argument("--threads", type=int, default=2, help="at most so many compute")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--scratch", help="temporary files, removed at the end")
    options = parser.parse_args(arguments)
    os.environ.update(environment(options.threads, options.device))
    from lrtui.worker.service import work

    work(socket.socket(fileno=options.fd), options.threads, options.device, options.scratch)


if __name__ == "__main__":
    main()
