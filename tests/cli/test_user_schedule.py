"""A schedule of the user's own on the command line, in the real program with its real worker."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from tests.cli.calls import refused

MINE = """
    import math, os, sys
    print("pid", os.getpid(), file=open("pids", "a"))

    def stairs(step):
        return 0.1 / math.factorial(step // 10)

    def lesson():
        import keras, numpy
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(momentum=0.5), "mse")
        x = numpy.random.normal(size=(99, 2))
        return model, (x, x.sum(1))

    def short(step):
        return [0.1, 0.2][step]
"""


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(dedent(MINE))
    return tmp_path / "mine.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as a user starts it; what it imported is on the last line of stdout."""
    code = (
        "import atexit, os, sys\n"
        "atexit.register(lambda: print(os.getpid(), *sys.modules, file=open('modules', 'w')))\n"
        "from lrtui.__main__ import main\n"
        f"sys.argv = ['lrtui', *{arguments!r}]\n"
        "main()"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_values_are_what_the_file_gives_and_it_never_runs_in_the_program() -> None:
    done = run("values", "mine.py:stairs", "--steps", "40", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    rates = [row["learning_rate"] for row in json.loads(done.stdout)]
    expected = [0.1 / {0: 1, 1: 1, 2: 2, 3: 6}[step // 10] for step in range(40)]
    np.testing.assert_allclose(rates, expected, rtol=1e-7)
    pid, *modules = Path("modules").read_text().split()
    (worker,) = [line.split()[1] for line in Path("pids").read_text().splitlines()]
    assert worker != pid
    assert not [name for name in modules if "mine" in name or name in ("keras", "tensorflow")]


def test_it_is_trained_with_and_a_task_beside_it() -> None:
    small = ("--epochs", "3", "--steps-per-epoch", "10")
    done = run("train", "mine.py:stairs", "--task", "mine.py:lesson", *small)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [row.split() for row in done.stdout.splitlines()[1:]]
    np.testing.assert_allclose([float(row[2]) for row in rows], [0.1, 0.1, 0.05], rtol=1e-7)
    losses = [float(row[3]) for row in rows]
    assert losses[-1] < 1e-3 < losses[0]
    assert not [name for name in Path("modules").read_text().split() if "mine" in name]


@pytest.mark.parametrize(
    ("command", "source", "code", "said"),
    [
        ("train", "mine.py:stars", 2, "mine.py has no stars; did you mean stairs?"),
        ("train", "cosine --task mine.py:leson", 2, "mine.py has no leson; did you mean lesson?"),
        ("show", "mine.py:short", 1, "mine.py:short raises at step 2: IndexError: list index out"),
    ],
)
def test_what_is_wrong_is_one_line(command: str, source: str, code: int, said: str) -> None:
    done = run(command, *source.split())
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"lrtui {command}: {said}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [["values"], ["show"], ["train"], ["code"], []])
def test_a_file_that_is_not_there_is_refused_before_anything_starts(command: list[str]) -> None:
    line = refused(*command, "nothing.py:f")
    if command == ["train"]:
        wrong = refused("train", "cosine", "--task", "nothing.py:f")
        assert "--task must be in a file that is there. Received: 'nothing.py:f'" in wrong
    assert "source must be in a file that is there. Received: 'nothing.py:f'" in line


def test_half_a_source_and_too_many_steps() -> None:
    assert "as in mymodule.py:name. Received: 'mine.py'" in refused("mine.py")
    assert "--steps must be at most 2000000 for mine.py:stairs" in refused(
        "values", "mine.py:stairs", "--steps", "2000001"
    )


def test_its_code_is_code_already() -> None:
    assert "schedule is code already, in mine.py" in refused("code", "mine.py:stairs")
    assert "is code already, in mine.py" in refused("code", "Warmup('mine.py:stairs', 10)")
    assert not Path("pids").exists()
