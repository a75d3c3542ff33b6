"""The worker ends when the program does, whatever either does; and its end is seen."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.runs.stages import Stage, gone, interpreter

FORKS = """
    child = os.fork()
    if not child:
        import time
        time.sleep(1000)
    open("pids", "w").write(f"{os.getpid()} {child}\\n")
"""
DOES = {
    "busy in C": "sum(range(10**13))",
    "stopped": "import signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "deaf": "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; "
    "time.sleep(1000)",
    "in its child": "import time; time.sleep(1000)",
}
PARENT = """
import asyncio, sys
from pathlib import Path
from lrtui.runs.client import Client

async def main():
    client = Client(on_event=print, on_gone=print, log_path=Path("worker.log"), python=sys.argv[1])
    await client.start()
    await asyncio.sleep(1000)

asyncio.run(main())
"""


async def there(path: Path) -> list[int]:
    async with asyncio.timeout(30):
        while not (path.is_file() and path.read_text().endswith("\n")):
            await asyncio.sleep(0.01)
    return [int(one) for one in path.read_text().split()]


async def watched(pid: int) -> None:
    """Return when there is a process that watches this one's group."""
    told = f"lrtui-watcher\0{pid}\0".encode()
    async with asyncio.timeout(30):
        while not any(told in command_line(one) for one in Path("/proc").glob("[0-9]*")):
            await asyncio.sleep(0.01)


def command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:  # it has ended
        return b""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("does", DOES.values(), ids=DOES)
async def test_the_program_killed_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, number: signal.Signals
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parent.py").write_text(PARENT)
    worker = interpreter(tmp_path, FORKS + f"    {does}\n")
    program = await asyncio.create_subprocess_exec(sys.executable, "parent.py", worker)
    pids = await there(tmp_path / "pids")
    assert len(pids) == 2
    await watched(pids[0])  # a program that is killed before it is that of one that just begins
    program.send_signal(number)
    await program.wait()
    await gone(*pids)


async def test_a_dead_worker_is_seen_though_its_child_holds_the_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stage = Stage(tmp_path, python=interpreter(tmp_path, FORKS + "    os._exit(3)\n"))
    await stage.client.start()
    _, child = await there(tmp_path / "pids")
    began = time.monotonic()
    assert "exit code 3" in await stage.hear(str)
    assert time.monotonic() - began < 3
    await stage.client.close()
    await gone(child)


async def test_a_worker_that_is_closed_leaves_neither_watcher_nor_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = FORKS + "    import time; time.sleep(1000)\n"
    stage = Stage(tmp_path, python=interpreter(tmp_path, body))
    await stage.client.start()
    pids = await there(tmp_path / "pids")
    assert stage.client._process is not None
    watcher = stage.client._process._watcher._process
    assert watcher is not None
    await stage.client.close()
    assert watcher.returncode == 0
    await gone(*pids)
