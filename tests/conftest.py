"""What all tests share: nothing of the user's is read or written, nothing depends on the clock."""

import faulthandler
import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports TensorFlow: the tests are a polite neighbour too.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# What tests start reads its modules compiled, as a user's program does: a tenth of a second each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["KERAS_BACKEND"] = os.environ.get("LRTUI_TEST_BACKEND", "tensorflow")

# Whoever starts the tests in the background (nohup, a shell's &) may have switched signals off, and
# a process inherits that: what a test sends to itself or to a program would never arrive.
for number, usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGTERM, signal.SIG_DFL),
):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, usual)

# The same examples in each run, as a test that fails by chance helps nobody who changed something
# else; LRTUI_OTHER_EXAMPLES=1 looks for others.
settings.register_profile(
    "lrtui", deadline=None, database=None, derandomize="LRTUI_OTHER_EXAMPLES" not in os.environ
)
settings.load_profile("lrtui")


HANGS_SECONDS = 300
"""A test that takes longer ends its process, with what each thread does; others go on."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep a descriptor of the terminal: while a test runs, 2 is where its own errors go."""
    config.stash[TERMINAL] = os.dup(2)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A hang in C, too, is told with the name of its test, and not by whoever waits for all."""
    faulthandler.dump_traceback_later(HANGS_SECONDS, exit=True, file=item.config.stash[TERMINAL])
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What trains most comes first: no process is left alone with it at the end."""
    items.sort(key=lambda item: "worker" not in item.path.parts)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many a test waits for a program that it has started."""
    return min(os.cpu_count() or 1, 3) + 1


TERMINAL = pytest.StashKey[int]()
NAMES = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")


@pytest.fixture(autouse=True, scope="session")
def homes() -> Iterator[Path]:
    """Where the user's folders are made: none of them is anybody's; sockets need short paths."""
    home = Path(tempfile.mkdtemp(prefix="lrt"))
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.setenv(name, str(home / "shared" / name.lower()))
        yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def folders_of_nobody(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's folders of one test: what another one has left in them it does not see.

    Fits of this process that can be attached to lie in them, and end with them.
    """
    home = homes / str(next(_numbers))
    # Where the entries of trainings lie whose state folder has too long a path.
    (home / "tmp").mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(home / "tmp"))
    for name in NAMES:
        monkeypatch.setenv(name, str(home / name.lower()))
    yield home
    if (opened := sys.modules.get("lrtui.live.open_hub")) is not None:
        opened.close_hubs()


_numbers = itertools.count(1)


@pytest.fixture
def state(folders_of_nobody: Path) -> Path:
    """The user's state folder of one test."""
    return folders_of_nobody / "xdg_state_home"
