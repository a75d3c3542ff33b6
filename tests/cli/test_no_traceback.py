"""No traceback, whatever the terminal and the person do: Ctrl+C, a full disk, an absurd size."""

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
