"""A file is written whole or not at all."""

import errno
import os
import resource
import signal
import socket
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


# ---------------------------------------------------------------------- what is there already


def test_the_mode_of_an_older_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "run.csv"
    target.write_text("old")
    for mode in (0o600, 0o640, 0o666, 0o755):
        target.chmod(mode)
        write_atomically(target, "new")
        assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file away")
def test_the_owner_of_an_older_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "run.csv"
    target.write_text("old")
    os.chown(target, 1234, 5678)
    write_atomically(target, "new")
    assert (target.stat().st_uid, target.stat().st_gid) == (1234, 5678)


def test_a_read_only_file_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "run.csv"
    target.write_text("old")
    target.chmod(0o444)
    with pytest.raises(OSError, match="it is read-only"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["run.csv"]


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "link"])
def test_what_is_no_plain_file_is_never_replaced(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "run.csv"
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(str(target))
    elif kind == "link":
        target.symlink_to("/dev/null")
    else:
        target = Path("/dev/null")
    before = target.stat()
    with pytest.raises(OSError, match="it is no plain file"):
        write_atomically(target, "new")
    after = target.stat()
    assert (after.st_mode, after.st_ino, after.st_rdev) == (
        before.st_mode,
        before.st_ino,
        before.st_rdev,
    )


def test_what_a_killed_process_left_is_removed_by_the_next_that_writes(tmp_path: Path) -> None:
    test_killed_while_writing_it_leaves_the_old_file(tmp_path)
    assert len(names(tmp_path)) == 2
    write_atomically(tmp_path / "other.csv", "new")
    assert names(tmp_path) == ["other.csv", "run.csv"]


def test_what_another_process_is_writing_is_left_to_it(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from lrtui.export import write_atomically\n"
        "os.fsync = lambda fd: (print('there', flush=True), sys.stdin.readline())\n"
        "write_atomically(Path(sys.argv[1]), 'new')"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "slow.csv")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "there\n"
        write_atomically(tmp_path / "other.csv", "new")
        assert len(names(tmp_path)) == 2
        process.communicate("go\n")
    assert names(tmp_path) == ["other.csv", "slow.csv"]
    assert (tmp_path / "slow.csv").read_text() == "new"
