"""Another user of the machine can see, read and order nothing; nothing planted is taken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lrtui.live.hub import Hub
from lrtui.protocol import Scale
from lrtui.protocol.registry import make_folder, places
from lrtui.runs.orders import Unreachable, give_order
from lrtui.runs.trainings import trainings
from tests.live.viewing import begin, do_steps

NOBODY = 65534
AS_NOBODY = f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")


def as_nobody(code: str) -> "subprocess.Popen[str]":
    """A process of another user, with the package read before it becomes one."""
    first = "import os, socket, sys, lrtui.runs.trainings, lrtui.protocol.registry\n"
    command = [sys.executable, "-c", first + AS_NOBODY + code]
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
