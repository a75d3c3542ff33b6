"""Another user of the machine can see, read and order nothing; nothing planted is taken."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lrtui.live.hub import Hub
from lrtui.protocol import Scale
from lrtui.protocol.registry import make_folder, places
from lrtui.runs.orders import Unreachable, give_order
from lrtui.runs.trainings import trainings
from tests.live.viewing import begin, do_steps

NOBODY = 65534
FIRST = "import os, socket, sys, lrtui.runs.trainings, lrtui.protocol.registry\n"
AS_NOBODY = f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")


def as_nobody(code: str) -> "subprocess.Popen[str]":
    """A process of another user, with the package read before it becomes one."""
    command = [sys.executable, "-c", FIRST + AS_NOBODY + code]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def open_way_to(folder: Path) -> None:
    """Let others come as far as the folder: it must keep them out by itself."""
    for one in folder.parents:
        if one.stat().st_uid == os.getuid() and len(one.parts) > 2:
            one.chmod(0o755)


def test_another_user_lists_reads_and_orders_nothing(state: Path) -> None:
    hub = Hub("mnist")
    begin(hub)
    do_steps(hub, 0, 10)
    place = hub.registration.place
    open_way_to(place.folder)
    code = f"""
tried = []
for what in (lambda: os.listdir({str(place.folder)!r}), lambda: open({str(place.entry)!r}),
             lambda: open({str(place.steps)!r}),
             lambda: socket.socket(socket.AF_UNIX).connect({str(place.socket)!r})):
    try:
        what()
        tried.append("done")
    except PermissionError:
        tried.append("refused")
print(len(lrtui.runs.trainings.trainings()), *tried)
"""
    said, _ = as_nobody(code).communicate(timeout=60)
    assert said.split() == ["0", "refused", "refused", "refused", "refused"]
    assert len(trainings()) == 1
    hub.close()


def test_a_planted_socket_is_told_nothing(state: Path) -> None:
    """Another user listens where a training of ours should."""
    hub = Hub("mnist")
    place = hub.registration.place
    open_way_to(place.folder)
    public = state / "public"
    public.mkdir()
    public.chmod(0o777)
    code = f"""
server = socket.socket(socket.AF_UNIX)
server.bind({str(public / "planted")!r})
server.listen()
print("there", flush=True)
connection, _ = server.accept()
print(len(connection.recv(1000)), flush=True)
"""
    with as_nobody(code) as planter:
        assert planter.stdout is not None
        assert planter.stdout.readline() == "there\n"
        place.socket.unlink()
        (public / "planted").rename(place.socket)
        with pytest.raises(Unreachable, match=f"another user's .uid {NOBODY}."):
            give_order(place, Scale(2.0), "test", 30.0)
        assert planter.stdout.readline() == "0\n"
    hub.close()


def test_a_planted_entry_is_not_listed(state: Path) -> None:
    hub = Hub("mnist")
    assert len(trainings()) == 1
    os.chown(hub.registration.place.entry, NOBODY, NOBODY)
    assert trainings() == []
    hub.close()


def test_a_planted_folder_is_not_used(state: Path) -> None:
    """Nor one that leads elsewhere: a training goes to the second place, or nowhere."""
    folder = make_folder()
    os.chown(folder, NOBODY, NOBODY)
    assert make_folder() != folder
    os.chown(folder, 0, 0)
    folder.rmdir()
    elsewhere = state / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder.symlink_to(elsewhere)
    second = make_folder()
    assert second not in (folder, elsewhere)
    os.chown(second, NOBODY, NOBODY)
    with pytest.raises(PermissionError, match="must be a folder of yours"):
        make_folder()
    assert list(places()) == []


TRAINING = """
import lrtui.live.hub, lrtui.live.open_hub, mmap, select, tempfile
from lrtui.live.link import QueueLink
from lrtui.runs.journal import read_journal

with lrtui.live("Constant(0.1)", link=QueueLink()) as run:  # imports all that one needs
    run.step(run.rate)
{as_nobody}
steps = 0
with lrtui.live("Constant(0.1)", "night") as run:
    while True:
        run.step(run.rate)
        steps += 1
        if select.select([sys.stdin], [], [], 0.001)[0]:
            if sys.stdin.readline() == "end\\n":
                break
            print(steps, flush=True)
lrtui.live.open_hub.close_hubs()
print(steps, *(one.place.folder for one in lrtui.runs.trainings.trainings()))
for one in lrtui.runs.trainings.trainings():
    record = read_journal(one.place).record()
    print(record.steps, record.state, set(record.losses.tolist()))
"""
LOSSES = str({float(np.float32(0.1))})


class NobodysTraining:
    """One that another user than root trains; its folders are where we say."""

    def __init__(self, state: Path, temporary: Path) -> None:
        self._said = temporary.parent / f"{temporary.name}.txt"
        environment = {"XDG_STATE_HOME": str(state), "TMPDIR": str(temporary)}
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", FIRST + TRAINING.format(as_nobody=AS_NOBODY)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env={**os.environ, **environment},
            )

    def steps(self) -> int:
        """How many it has done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def said(self) -> list[str]:
        """The lines on its stderr."""
        return self._said.read_text().splitlines()

    def end(self) -> list[str]:
        """Let it end, in good order; the lines that it printed then."""
        printed, _ = self._process.communicate("end\n", timeout=60)
        assert self._process.returncode == 0, self.said()
        return printed.splitlines()


def folder_of(owner: int, path: Path, mode: int = 0o755) -> Path:
    path.mkdir()
    os.chown(path, owner, owner)
    path.chmod(mode)
    return path


def test_where_a_training_may_write_nowhere_it_is_said_once_and_it_goes_on(state: Path) -> None:
    """The folders are another user's, or what should be its own was planted there."""
    homes = folder_of(0, state.parent / "homes")
    open_way_to(homes / "any")
    closed = folder_of(0, homes / "closed")
    shared = folder_of(0, homes / "shared", 0o1777)
    planted = folder_of(0, shared / f"lrtui-{NOBODY}", 0o777)
    trainings = [NobodysTraining(closed, one) for one in (closed, shared)]
    for training in trainings:
        assert training.steps() < training.steps()
        assert len(training.end()) == 1
        (line,) = training.said()
        assert line.startswith("lrtui: night cannot be attached to: PermissionError")
    assert list(planted.iterdir()) == []


def test_where_the_state_folder_is_another_users_the_second_place_is_used(state: Path) -> None:
    homes = folder_of(0, state.parent / "homes")
    open_way_to(homes / "any")
    shared = folder_of(0, homes / "shared", 0o1777)
    training = NobodysTraining(folder_of(0, homes / "closed"), shared)
    (listed, recorded) = training.end()
    steps, folder = listed.split()
    assert Path(folder).parent == shared / f"lrtui-{NOBODY}"
    assert recorded == f"{steps} done {LOSSES}"
    assert training.said() == []


def test_permissions_that_are_removed_and_given_back_cost_no_step(state: Path) -> None:
    homes = folder_of(0, state.parent / "homes")
    open_way_to(homes / "any")
    training = NobodysTraining(folder_of(NOBODY, homes / "own"), folder_of(0, homes / "closed"))
    before, began = training.steps(), time.monotonic()
    (folder,) = (homes / "own" / "lrtui" / "trainings").iterdir()
    folder.chmod(0)
    for _ in range(600):
        if training.said():
            break
        time.sleep(0.05)
    assert training.steps() > before
    folder.chmod(0o700)
    (listed, recorded) = training.end()
    steps, listed_in = listed.split()
    assert listed_in == str(folder)
    assert recorded == f"{steps} done {LOSSES}"
    said = training.said()
    assert "Permission denied" in said[0]
    assert len(said) <= 1 + (time.monotonic() - began) // 60
