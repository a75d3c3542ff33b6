"""Whatever happens to a worker or its client: it is said, nothing is lost, nothing stays behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from lrtui.protocol import Broken, Ready, encode
from lrtui.runs.client import Client
from tests.runs.stages import (
    AUTOGRAPHED,
    Stage,
    gone,
    interpreter,
    nothing_left_in,
    tensorflow_that,
)

READY = Ready(1, "", "", [], 1, 0, 1)


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The system's temporary folder, in which nothing is left in any case."""
    with nothing_left_in(tmp_path_factory.mktemp("system") / "tmp") as folder:
        yield folder


async def test_tensorflow_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = """raise ModuleNotFoundError("No module named 'tensorflow'")"""
    monkeypatch.setenv("PYTHONPATH", str(tensorflow_that(tmp_path, stub)))
    stage = Stage(tmp_path)
    await stage.client.start()
    said = await stage.hear(Broken)
    why = await stage.hear(str)

    assert "No module named 'tensorflow'" in said.message
    assert f"{sys.executable} -m pip install 'tensorflow" in said.message
    assert said.message.count("\n") == 1
    assert why == said.message


async def test_a_keras_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text("__version__ = '2.15.0'")
    monkeypatch.setenv("PYTHONPATH", str(tensorflow_that(tmp_path, "")))
    stage = Stage(tmp_path)
    await stage.client.start()

    assert "Keras 3 is needed. Received: Keras 2.15.0" in (await stage.hear(Broken)).message


SETTINGS_OF_A_NEIGHBOUR = """
    import json, os, pathlib
    names = ["CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
             "TF_FORCE_GPU_ALLOW_GROWTH", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"]
    found = {name: os.environ.get(name) for name in names} | {"nice": os.nice(0)}
    pathlib.Path(__file__).with_name("found.json").write_text(json.dumps(found))
    raise ImportError("that is all")
"""


@pytest.mark.parametrize("device", ["cpu", "gpu"])
async def test_what_tensorflow_finds_when_it_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    for name in ("CUDA_VISIBLE_DEVICES", "TF_FORCE_GPU_ALLOW_GROWTH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(tensorflow_that(tmp_path, SETTINGS_OF_A_NEIGHBOUR)))
    stage = Stage(tmp_path, device=device, threads=3)
    await stage.client.start()
    await stage.hear(Broken)
    found = json.loads((tmp_path / "tensorflow" / "found.json").read_text())

    hidden = None if device == "gpu" else "-1"
    assert found["CUDA_VISIBLE_DEVICES"] == hidden
    assert found["HIP_VISIBLE_DEVICES"] == hidden
    assert found["ROCR_VISIBLE_DEVICES"] == hidden
    assert found["TF_FORCE_GPU_ALLOW_GROWTH"] == ("true" if device == "gpu" else None)
    assert found["OMP_NUM_THREADS"] == found["TF_NUM_INTRAOP_THREADS"] == "3"
    assert found["nice"] >= 10


async def test_files_of_the_present_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with the empty entry in PYTHONPATH that an `export PYTHONPATH=x:$PYTHONPATH` leaves."""
    stub = tensorflow_that(tmp_path, "raise ImportError('the right one')")
    here = tmp_path / "here"
    here.mkdir()
    for name in ("worker", "keras", "random", "socket", "numpy", "tensorflow", "lrtui"):
        (here / f"{name}.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(here)
    monkeypatch.setenv("PYTHONPATH", f":{stub}:.")
    stage = Stage(tmp_path)
    await stage.client.start()

    assert "the right one" in (await stage.hear(Broken)).message


LOADING = "print('loading', flush=True); import time; time.sleep(1000)"

PARENT = """
    import asyncio
    from hashlib import sha256
    from pathlib import Path
    from lrtui.runs.client import Client
    from lrtui.protocol import Settings, Start, StepsDone

    async def main():
        heard = asyncio.Queue()
        client = Client(on_event=heard.put_nowait, on_gone=print, log_path=Path("worker.log"))
        await client.start()
        print(client.pid, flush=True)
        digest = sha256(Path("mine.py").read_bytes()).hexdigest()
        allowed = (("mine.py:halving", digest),)
        client.send(Start("mine.py:halving", Settings(epochs=10**3), allowed=allowed))
        while "loading" not in client.output and not heard.qsize():
            await asyncio.sleep(0.01)
        while "loading" not in client.output and not isinstance(await heard.get(), StepsDone):
            pass
        print("there", flush=True)
        await asyncio.sleep(1000)

    asyncio.run(main())
"""


@pytest.mark.parametrize("loading", [True, False], ids=["while it loads", "while it trains"])
async def test_the_client_killed_leaves_no_worker(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, loading: bool
) -> None:
    """Killed by SIGKILL, so that it cannot tidy anything up: no process, no file."""
    (tmp_path / "mine.py").write_text(AUTOGRAPHED)
    if loading:
        monkeypatch.setenv("PYTHONPATH", str(tensorflow_that(tmp_path, LOADING)))
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(PARENT), stdout=subprocess.PIPE, cwd=tmp_path
    )
    assert parent.stdout is not None
    worker = int(await parent.stdout.readline())
    assert await parent.stdout.readline() == b"there\n"
    assert any(temporary.rglob("*.py")) != loading, "there is something to leave behind"
    parent.kill()
    await parent.wait()
    await gone(worker)


async def test_closed_while_tensorflow_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tensorflow_that(tmp_path, LOADING)))
    stage = Stage(tmp_path)
    await stage.client.start()
    pid = stage.client.pid
    assert pid is not None
    async with asyncio.timeout(20):
        while "loading" not in stage.client.output:
            await asyncio.sleep(0.01)
    await stage.client.close()

    assert not Path(f"/proc/{pid}").exists()
    assert stage.heard.empty()
    assert stage.client.state == "cold"


async def test_closed_while_it_does_not_answer(tmp_path: Path) -> None:
    says_ready = f"import time; line.sendall({encode(READY)!r}); time.sleep(1000)"
    stage = Stage(tmp_path, python=interpreter(tmp_path, says_ready))
    await stage.client.start()
    await stage.hear(Ready)
    pid = stage.client.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await stage.client.close()

    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("line.sendall(b'nonsense\\n'); line.recv(1)", "a line that is no event; it was ended"),
        ("line.sendall(b'x' * (1 << 25)); line.recv(1)", "more than 16777216 bytes"),
        ('line.sendall(b\'{"type":"rea\'); sys.exit(3)', "exit code 3"),
        (
            "print('first'); raise KeyError('no such thing')",
            "exit code 1: KeyError: 'no such thing'",
        ),
        ("os.abort()", "killed by SIGABRT"),
        ("sys.exit(0)", "exit code 0"),
    ],
)
async def test_why_it_is_gone(tmp_path: Path, ending: str, said: str) -> None:
    stage = Stage(tmp_path, python=interpreter(tmp_path, ending))
    await stage.client.start()
    why = await stage.hear(str)

    assert said in why
    assert why.count("\n") <= 1
    assert stage.client.state == "gone"


async def test_a_worker_that_cannot_be_started(tmp_path: Path) -> None:
    stage = Stage(tmp_path, python=str(tmp_path / "no such python"))
    with pytest.raises(OSError, match="no such python"):
        await stage.client.start()
    await stage.client.close()


class TestTheLog:
    async def test_it_is_capped_and_the_last_lines_are_kept(self, tmp_path: Path) -> None:
        talk = "for n in range(30000): print(f'{n:05} ' + 'x' * 100)"
        stage = Stage(tmp_path, python=interpreter(tmp_path, talk))
        await stage.client.start()
        await stage.hear(str)

        assert stage.client.log_path.stat().st_size <= 1_000_000
        assert stage.client.log_path.read_text().splitlines()[-1].startswith("29999 ")
        assert [line[:5] for line in stage.client.output] == [f"{n}" for n in range(29000, 30000)]

    async def test_one_that_cannot_be_written_breaks_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "worker.log").mkdir()
        stage = Stage(tmp_path, python=interpreter(tmp_path, "print('hello'); sys.exit(2)"))
        await stage.client.start()

        assert await stage.hear(str) == "exit code 2: hello"

    async def test_by_default_in_the_state_folder_with_a_few_old_ones(
        self, folders_of_nobody: Path, tmp_path: Path
    ) -> None:
        folder = folders_of_nobody / "xdg_state_home" / "lrtui"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(20):
            (folder / f"worker-{number}.log").touch()
        python = interpreter(tmp_path, "print('hello')")
        heard: asyncio.Queue[str] = asyncio.Queue()
        client = Client(on_event=print, on_gone=heard.put_nowait, python=python)
        await client.start()
        await heard.get()

        assert (folder / f"worker-{os.getpid()}.log").read_text() == "hello\n"
        assert len(list(folder.iterdir())) <= 6
