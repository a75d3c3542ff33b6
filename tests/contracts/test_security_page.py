"""Every sentence of docs/security.md has a test; here are those that stand nowhere else."""

import ast
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import lrtui
from lrtui.kept.consent import Consent
from lrtui.live.hub import Hub
from lrtui.protocol import Started, StepsDone, pack
from lrtui.runs import orders

ROOT = Path(lrtui.__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def bullets() -> list[str]:
    body = PAGE[PAGE.index("\n## ") :]
    return [
        " ".join(one.split()) for one in re.split(r"\n(?=- |\n|#)", body) if one.startswith("-")
    ]


def test_every_sentence_names_a_test_that_is_there() -> None:
    assert len(bullets()) > 40
    known: dict[str, set[str]] = {}
    for bullet in bullets():
        named = NAMED.findall(bullet)
        assert named, bullet
        assert re.search(r"\(`tests/[^()]*`\)$", bullet), f"its tests stand at its end: {bullet}"
        for path, name in named:
            if path not in known:
                tree = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
                functions = (ast.FunctionDef, ast.AsyncFunctionDef)
                known[path] = {one.name for one in tree if isinstance(one, functions)}
            assert name in known[path], f"{path} has no {name}"


def test_nothing_else_is_said_there() -> None:
    """A sentence outside of the list would have no test."""
    body = PAGE[PAGE.index("\n## ") :]
    for line in body.splitlines():
        assert not line or line.startswith(("- ", "  ", "## ")), line


def test_modes_of_what_is_written_unasked(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("")
    consent = Consent(tmp_path / "state" / "allowed")
    consent.allow([f"{mine}:f"])
    assert stat.S_IMODE((tmp_path / "state" / "allowed").stat().st_mode) == 0o600


def test_a_line_that_is_removed_is_consent_taken_back(tmp_path: Path) -> None:
    mine, kept = tmp_path / "mine.py", tmp_path / "allowed"
    mine.write_text("")
    Consent(kept).allow([f"{mine}:f"])
    assert Consent(kept).missing([f"{mine}:f"]) == ()
    (line,) = kept.read_text().splitlines()
    assert line.endswith(f"  {mine}")
    kept.write_text("")
    assert Consent(kept).missing([f"{mine}:f"]) == (f"{mine}:f",)


@pytest.fixture
def hub(state: Path) -> Hub:
    made = Hub("mine")
    made.send(Started("Constant(0.1)"))
    made.send(StepsDone(0, pack([0.1]), pack([0.5])))
    return made


def test_modes_of_a_training(hub: Hub) -> None:
    place = hub.registration.place
    assert stat.S_ISSOCK(place.socket.stat().st_mode)
    with socket.socket(socket.AF_UNIX) as viewer:
        viewer.connect(str(place.socket))
    hub.close()
    modes = {
        path.suffix: stat.S_IMODE(path.stat().st_mode) for path in place.files if path.exists()
    }
    assert modes == {".steps": 0o600, ".events": 0o600, ".json": 0o600}
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700


def test_the_mode_of_a_socket(hub: Hub) -> None:
    assert stat.S_IMODE(hub.registration.place.socket.stat().st_mode) == 0o600
    hub.close()


def test_a_viewer_says_nothing_to_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        monkeypatch.setattr(orders, "peer_uid", lambda _: 4711)
        with pytest.raises(orders.Unreachable, match=r"another user's \(uid 4711\)"):
            orders.check_peer(ours)
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)


LISTENING = """
import asyncio, os, sys
from pathlib import Path

def target(one):
    try:
        return os.readlink(one)
    except FileNotFoundError:  # it was closed meanwhile
        return ""

def listening(*pids):
    folders = [Path(f"/proc/{pid}/fd") for pid in [os.getpid(), *pids]]
    ours = {target(one) for folder in folders for one in folder.iterdir()}
    found = []
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            inode = line.split()[9]
            found += [line] if f"socket:[{inode}]" in ours else []
    named = [line for line in Path("/proc/net/unix").read_text().splitlines()[1:]
             if f"socket:[{line.split()[6]}]" in ours and len(line.split()) > 7]
    return found, [line.split()[7] for line in named]

async def main():
    from lrtui.runs.client import Client
    told = Path("worker.log")
    client = Client(on_event=print, on_gone=print, log_path=told, python=sys.argv[1])
    await client.start()
    print(listening(client.pid))
    await client.close()
    from lrtui.live.hub import Hub
    hub = Hub("mine")
    print(listening())
    hub.close()

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/net/unix").exists(), reason="needs Linux' list of sockets")
def test_nothing_listens_on_a_network(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.runs.stages import interpreter

    monkeypatch.chdir(tmp_path)
    waiting = interpreter(tmp_path, "line.recv(1)")
    done = subprocess.run(
        [sys.executable, "-c", LISTENING, waiting], capture_output=True, text=True, check=True
    )
    with_worker, with_hub = map(ast.literal_eval, done.stdout.splitlines())
    assert with_worker == ([], [])
    assert with_hub[0] == []
    assert [Path(one).suffix for one in with_hub[1]] == [".sock"]
