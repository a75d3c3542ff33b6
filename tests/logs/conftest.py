import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def written_by_keras(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process that trains with Keras has logged; see `keras_writes.py`."""
    folder = tmp_path_factory.mktemp("keras")
    command = [sys.executable, "-m", "tests.logs.keras_writes", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder
