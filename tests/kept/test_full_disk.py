"""A full disk, for whatever the program keeps: what was there stays, what was not kept is said."""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.kept.full_disk import WRITERS

FULL = ("the disk is full", "files may not grow")


@functools.cache
def tried(full: str, folder: Path) -> dict[str, dict[str, Any]]:
    """What became of all writers, in one process."""
    disk, code = folder / full.replace(" ", "-"), folder / "code"
    for one in (disk, code):
        one.mkdir(exist_ok=True)
    behind: list[str] = []
    if full == "the disk is full":
        mount = f'mount -t tmpfs -o size=2m tmpfs {disk} && exec "$@"'
        behind = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
        if not shutil.which("unshare") or subprocess.run([*behind, "true"]).returncode:
            pytest.skip("needs a system where a user may mount a folder of his own")
    done = subprocess.run(
        [*behind, sys.executable, "-m", "tests.kept.full_disk", str(disk), full],
        capture_output=True,
        text=True,
        env={**os.environ, "CODE": str(code)},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("full", FULL)
@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_kept(writer: str, full: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = tried(full, tmp_path_factory.getbasetemp())[writer]
    assert found["at first"] == ["", 1]
    said, kept = found["full"]
    assert len(said.splitlines()) == 1, said
    assert ".part" not in said
    assert kept == 1, "what was there can be read while there is no room, and is the whole of it"
    assert found["left"] == []
    assert found["afterwards"] == ["", 3]
