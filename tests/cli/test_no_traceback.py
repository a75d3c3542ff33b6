"""No traceback, whatever the terminal and the person do: Ctrl+C, a full disk, an absurd size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

INTERRUPTED = """
import os, signal, sys
import lrtui.__main__ as program

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder)
sys.argv = ["lrtui", *{arguments!r}]
program.main()
print("not interrupted")
"""


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("lrtui.cli", ["show", "cosine"]),
        ("click", ["show", "cosine"]),
        ("lrtui.cli.program", ["--help"]),
        ("lrtui.cli.commands.show", ["show", "cosine"]),
        ("numpy", ["show", "cosine"]),
        ("lrtui.schedules.family.noam", ["list"]),
        ("lrtui.export", ["values", "cosine"]),
        ("lrtui.kept.consent", ["values", "cosine"]),
        ("lrtui.export.code", ["code", "cosine"]),
    ],
)
def test_ctrl_c_while_modules_are_read_ends_it_in_silence(
    module: str, arguments: list[str]
) -> None:
    code = INTERRUPTED.format(module=module, arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


WHEREVER = """
import os, signal, sys
import lrtui.__main__ as program

calls, stop = 0, int(sys.argv[1])

def hear(frame, event, argument):
    global calls
    calls += event == "call"
    if calls == stop:
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)

sys.argv = ["lrtui", "show", "cosine"]
sys.setprofile(hear)
program.main()
"""


@pytest.mark.parametrize("calls", [30, 1000, 9000, 40_000, 80_000])
def test_ctrl_c_wherever_it_is_ends_it_in_silence(calls: int) -> None:
    """After so many calls of Python's; `show cosine` makes about 89 000."""
    done = subprocess.run(
        [sys.executable, "-c", WHEREVER, str(calls)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert (done.returncode, done.stderr) == (130, "")


FAULTS = """
import io, json, os, sys
from importlib import import_module
import lrtui.__main__ as program
from lrtui.cli.program import COMMANDS, TUI

def fall(kind):
    def callback(*_, **__):
        raise kind("lost \\x1b[2J\\nand more")
    return callback

told = {}
kinds = [KeyError, RecursionError, MemoryError, AssertionError, ImportError, ValueError]
for number, name in enumerate([*COMMANDS, TUI]):
    command = import_module(f"lrtui.cli.commands.{name}").command
    command.callback = fall(kinds[number % len(kinds)])
    command.params = []
    sys.argv = ["lrtui", name]
    sys.stderr = io.StringIO()
    try:
        program.main()
        code = None
    except SystemExit as end:
        code = end.code
    told[name] = code, sys.stderr.getvalue()
print(json.dumps(told))
"""


def test_what_nobody_expected_is_a_line_with_the_log(folders_of_nobody: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert len(told) > 8
    log = folders_of_nobody / "xdg_state_home" / "lrtui" / "faults.log"
    for name, (code, said) in told.items():
        assert code == 1, name
        (line,) = said.splitlines()
        assert line.startswith("lrtui: lrtui has a fault (")
        assert "Error: " in line
        assert line.endswith(f"; its trace is in {log}")
        assert line.isprintable()
    written = log.read_text()
    assert written.count("Traceback") >= len(told)
    assert "and more" in written
    assert "\x1b" not in written


def test_the_program_itself_cannot_be_read(folders_of_nobody: Path) -> None:
    """As when a package that it needs is broken; and the log cannot be written either."""
    code = (
        "import sys; sys.modules['click'] = None; import lrtui.__main__ as p;"
        "sys.argv = ['lrtui', 'list']; p.main()"
    )
    log = folders_of_nobody / "xdg_state_home" / "lrtui" / "faults.log"
    log.unlink(missing_ok=True)
    log.mkdir(parents=True)
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    finally:
        log.rmdir()
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("lrtui: lrtui has a fault (ModuleNotFoundError: ")
    assert "its trace could not be written (IsADirectoryError" in line


def run(*arguments: str | bytes, **how: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lrtui", *arguments]
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        command, stderr=subprocess.PIPE, text=True, **how
    )
    return done


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device here")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["show", "--help"], ["list"]])
def test_onto_a_full_disk(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = run(*arguments, stdout=full)
    assert done.returncode == 1
    assert done.stderr == "lrtui: the output could not be written: No space left on device\n" or (
        "the output could not be written: No space left on device" in done.stderr
        and len(done.stderr.splitlines()) == 1
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device here")
def test_an_error_that_cannot_be_printed_has_its_exit_code_all_the_same() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run([sys.executable, "-m", "lrtui", "values", "nosuch"], stderr=full)
    assert done.returncode == 2


def test_an_argument_that_is_no_utf_8() -> None:
    for arguments in ([b"train", b"--from", b"a\xff.json"], [b"show", b"\xff"], [b"\xff"]):
        done = run(*arguments, stdout=subprocess.PIPE)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("columns", ["999999", "0", "-3", "1", "wide"])
def test_an_absurd_size(columns: str) -> None:
    environment = os.environ | {"COLUMNS": columns, "LINES": columns}
    done = run("show", "cosine", stdout=subprocess.PIPE, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 1000


def test_without_the_memory_for_a_log_of_it_a_fault_is_a_line_all_the_same() -> None:
    code = (
        "import sys; sys.modules.update({'numpy': None, 'lrtui.kept.fault_log': None});"
        "sys.argv[1:] = ['show', 'noam']; from lrtui.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "lrtui: ModuleNotFoundError: import of numpy halted; None in sys.modules\n"
    )
