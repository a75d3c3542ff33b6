"""The process beside that works out the first frame: what it gives, and what becomes of it.

Each test forks in a fresh process: this one may have threads.
"""

import os
import select
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import lrtui
from tests.person.terminal import Terminal

ROOT = Path(lrtui.__file__).parent.parent
BEGUN = """
import os, signal, sys
from lrtui.lazily import later
later("numpy", "plotext")
from lrtui.tui import early
os.sched_getaffinity = lambda pid: range(1000)
def nothing(): pass
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")


def said(code: str) -> list[str]:
    """The lines that a script prints, which begins with what all of them need."""
    done = subprocess.run(
        [sys.executable, "-c", BEGUN + textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return done.stdout.splitlines()


def test_it_works_out_elsewhere_and_is_gone_at_the_end() -> None:
    elsewhere, left = said("""
        early.ASIDE.begin(nothing)
        pid = early.ASIDE.work_out(os.getpid)
        print(pid != os.getpid())
        early.ASIDE.end()
        try: os.kill(pid, 0); print("left")
        except ProcessLookupError: print("gone")
    """)
    assert (elsewhere, left) == ("True", "gone")


def test_the_first_frame_is_what_it_would_be_without() -> None:
    lines = said("""
        from lrtui.schedules import parse
        from lrtui.schedules.notes import notes
        from lrtui.tui.plots.pictures import rate_picture
        from lrtui.tui.plots.pins import Pin
        from lrtui.tui.plots.readout import readout
        from lrtui.tui.plots.scene import Scene
        early.ASIDE.begin(early.prepare)
        for text in ("exponential", "CosineDecayRestarts(0.1, 50)", "PolynomialDecay(0.1, 100)"):
            schedule = parse(text)
            pins = ((Pin(parse("cosine"), 1), "cosine"),)
            for scene in (Scene(schedule, 1280, 64), Scene(schedule, 10**9, 7, pins=pins)):
                for work in ((rate_picture, scene, 52, 21), (readout, scene, 50, 2),
                             (notes, schedule, 1280)):
                    beside = early.ASIDE.work_out(*work)
                    alone = "numpy.linalg" not in sys.modules
                    print(alone, beside == work[0](*work[1:]) != [])
        print(early.ASIDE.work_out(os.getpid) != os.getpid())
    """)
    assert lines[0] == "True True"
    assert {line.split()[-1] for line in lines} == {"True"}
    assert len(lines) == 19


@pytest.mark.parametrize(
    "prepare",
    [
        "os._exit",
        "signal.pause",
        "lambda: os.kill(os.getpid(), signal.SIGKILL)",
        "lambda: 1 / 0",
        "lambda: os.closerange(3, 64)",
    ],
)
def test_what_it_does_not_answer_is_worked_out_here(prepare: str) -> None:
    lines = said(f"""
        early.PATIENCE_SECONDS = 0.2
        early.ASIDE.begin({prepare})
        print(early.ASIDE.work_out(os.getpid) == os.getpid())
        try: os.waitpid(-1, os.WNOHANG); print("left")
        except ChildProcessError: print("gone")
    """)
    assert lines == ["True", "gone"]


def test_an_error_is_raised_here() -> None:
    (line,) = said("""
        early.ASIDE.begin(nothing)
        try: early.ASIDE.work_out(int, "no number")
        except ValueError as error: print(error)
    """)
    assert "no number" in line


def test_it_does_not_touch_the_terminal() -> None:
    lines = said("""
        early.ASIDE.begin(nothing)
        for descriptor in (1, 2):
            print(early.ASIDE.work_out(os.write, descriptor, b"written beside"), flush=True)
        print(early.ASIDE.work_out(os.read, 0, 10))
    """)
    assert lines == ["14", "14", "b''"]


@pytest.mark.parametrize(
    ("cores", "load", "beside"),
    [
        (1, "0.00 0.00 0.00 1/200 4711", False),
        (2, "0.00 0.00 0.00 1/200 4711", True),
        (2, "0.00 0.00 0.00 2/200 4711", False),
        (8, "0.00 0.00 0.00 7/200 4711", True),
        (8, "9.00 9.00 9.00 9/200 4711", False),
        (8, "", False),
    ],
)
def test_there_is_one_only_where_a_core_is_idle(cores: int, load: str, beside: bool) -> None:
    (line,) = said(f"""
        os.sched_getaffinity = lambda pid: range({cores})
        early.Path.read_text = lambda path: {load!r}
        early.ASIDE.begin(nothing)
        print(early.ASIDE.work_out(os.getpid) != os.getpid())
    """)
    assert line == str(beside)


def test_it_does_not_outlive_its_parent() -> None:
    """Both hold a pipe that ends when both have."""
    reading, writing = os.pipe()
    code = BEGUN + "early.ASIDE.begin(nothing); early.ASIDE.work_out(os.getpid); signal.pause()"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, pass_fds=[writing], stdout=subprocess.PIPE
    ) as parent:
        os.close(writing)
        assert not select.select([reading], [], [], 0)[0]
        parent.kill()
        assert select.select([reading], [], [], 60)[0], "it is still there"
        assert os.read(reading, 1) == b""
        os.close(reading)


def test_the_program_has_no_numpy_before_its_first_frame_and_no_child_after() -> None:
    """Told by what stands in for the end of the process beside, which comes with the frame."""
    lines = []
    code = BEGUN + textwrap.dedent("""
        ended = early.Aside.end
        def end(self):
            loaded = {"numpy.linalg", "plotext._core"} & sys.modules.keys()
            ended(self)
            try: os.waitpid(-1, os.WNOHANG); left = "a child"
            except ChildProcessError: left = "no child"
            early.ASIDE.told = f"{loaded or 'neither'}, {left}"
        early.Aside.end = end
        from lrtui.cli import main
        import atexit
        atexit.register(lambda: print("told:", early.ASIDE.told))
        main()
    """)
    with Terminal("--cold", program=("-c", code)) as terminal:
        first = terminal.wait_for("start 1.00e-1")
        assert "0.1┤" in first
        terminal.press("q")
        terminal.wait_for_end()
        lines = [line for line in terminal.lines if "told:" in line]
    assert lines == ["told: neither, no child"]
