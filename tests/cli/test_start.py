"""What the program's entry leaves out to start sooner is missed by nobody."""

import subprocess
import sys

import pytest

PROGRAM = """
import atexit, gc, sys
from lrtui.__main__ import main
atexit.register(lambda: print("collecting:", gc.isenabled()))
sys.argv = ["lrtui", "values", "constant", "--steps", "1"]
main()
"""


def test_a_command_runs_with_garbage_collection() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.stdout.endswith("collecting: True\n"), done.stderr


OPENED = """
import sys, types
import lrtui.cli
from lrtui.cli import opening
lrtui.cli.missing = opening.missing = lambda: ""
app = sys.modules["lrtui.tui.start"] = types.ModuleType("lrtui.tui.start")
def run(schedule, consent, **options):
    print(schedule, options["cold"], "click" in sys.modules)
    import asyncio.sslproto, ssl
    print(asyncio.sslproto.ssl, ssl.__name__)
    {ending}
app.run = app.run_attached = run
sys.argv = ["lrtui", *{arguments!r}]
from lrtui.__main__ import main
main()
"""


def opened(arguments: list[str], ending: str = "pass") -> subprocess.CompletedProcess[str]:
    code = OPENED.format(arguments=arguments, ending=ending)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.mark.parametrize("arguments", [[], ["--cold"]])
def test_a_plain_call_reads_nothing_to_read_the_call(arguments: list[str]) -> None:
    done = opened(arguments)
    assert done.stdout.splitlines() == [f"None {bool(arguments)} False", "None ssl"], done.stderr
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [["--threads", "3"], ["exponential"], ["tui", "--cold"]])
def test_any_other_call_is_read(arguments: list[str]) -> None:
    done = opened(arguments)
    assert done.stdout.splitlines()[0].split()[-1] == "True", done.stderr
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [[], ["--threads", "3"]])
@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        ("raise KeyboardInterrupt", 130, ""),
        ("raise OSError(28, 'no space left', 'kept.toml')", 1, "lrtui: kept.toml: no space left\n"),
        ("raise BrokenPipeError(32, 'broken pipe')", 0, ""),
        ("sys.exit(3)", 3, ""),
    ],
)
def test_however_it_was_opened_it_ends_in_the_same_way(
    arguments: list[str], ending: str, code: int, said: str
) -> None:
    done = opened(arguments, ending)
    assert (done.returncode, done.stderr) == (code, said)
