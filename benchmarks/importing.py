"""What ``import lrtui; lrtui.Live`` takes after Keras: ``python -m benchmarks.importing``.

Each time a process of its own, whose modules are compiled and in the system's cache.
"""

import os
import statistics
import subprocess
import sys

PROCESSES, MOST_MILLISECONDS = 9, 50
SCRIPT = """
import time
import keras
began = time.perf_counter()
import lrtui
lrtui.Live
print((time.perf_counter() - began) * 1e3)
"""


def main() -> None:
    """Print median and range in milliseconds."""
    env = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", SCRIPT]
    taken = [
        float(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
        for _ in range(PROCESSES + 1)
    ][1:]  # the first one may have compiled them
    median = statistics.median(taken)
    print(f"import lrtui; lrtui.Live after import keras: {median:.0f} ms", end=" ")
    print(f"({min(taken):.0f} to {max(taken):.0f} in {PROCESSES}); at most {MOST_MILLISECONDS}")


if __name__ == "__main__":
    main()
