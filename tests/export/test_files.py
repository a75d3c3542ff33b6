"""A file is written whole or not at all."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lrtui.export import write_atomically


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_written(tmp_path: Path) -> None:
    write_atomically(tmp_path / "run.csv", "epoch\n1\né\n")
    assert (tmp_path / "run.csv").read_bytes() == "epoch\n1\né\n".encode()
    assert names(tmp_path) == ["run.csv"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "run.csv"
    target.write_text("older and longer")
    write_atomically(target, "new")
    assert target.read_text() == "new"


def test_others_may_read_it_as_any_new_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "ours", "")
    (tmp_path / "plain").write_text("")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "plain")]
    assert modes[0] == modes[1]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_atomically(tmp_path / "link.csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_a_missing_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        write_atomically(tmp_path / "missing" / "run.csv", "new")


def test_a_folder_in_its_place_is_an_error_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "run.csv").mkdir()
    with pytest.raises(OSError, match=r"run\.csv"):
        write_atomically(tmp_path / "run.csv", "new")
    assert names(tmp_path) == ["run.csv"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = tmp_path / "run.csv"
    target.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["run.csv"]


def test_a_file_larger_than_is_allowed_leaves_the_old_one(tmp_path: Path) -> None:
    """A real refusal, in the middle of the writing: what fits has been written by then."""
    target = tmp_path / "run.csv"
    target.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_atomically(target, "new" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["run.csv"]


def test_killed_while_writing_it_leaves_the_old_file(tmp_path: Path) -> None:
    """By SIGKILL, when all is written but for the name."""
    target = tmp_path / "run.csv"
    target.write_text("old")
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from lrtui.export import write_atomically\n"
        "os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_atomically(Path(sys.argv[1]), 'new')"
    )
    process = subprocess.run([sys.executable, "-c", code, str(target)], check=False)

    assert process.returncode == -signal.SIGKILL
    assert target.read_text() == "old"
