"""Whatever the command line prints goes through one door: nothing that a terminal obeys."""

import ast
import io
from pathlib import Path

import pytest

import lrtui.cli
from lrtui.cli.errors import report
from lrtui.cli.output import draw_line, draw_over, put, put_painted, put_picture
from lrtui.cli.progress import ProgressTable, RunsProgress
from lrtui.plotting.picture import Picture
from tests.cli.calls import call
from tests.hostile import CORPUS, obeyed

DOORS = {"output.py", "progress.py"}
"""The files that write to a stream."""


def test_there_is_no_other_door() -> None:
    others = []
    for file in Path(lrtui.cli.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            writes = called in ("print", "click.echo", "click.secho") or called.endswith(".write")
            if writes and file.name not in DOORS:
                others.append(f"{file.name}: {called}")
    assert others == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def written(self) -> str:
        """Without what the program itself says to the terminal: this line anew."""
        return self.getvalue().replace("\r\x1b[K", "")


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS)
def test_each_door(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = Terminal(), Terminal()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setenv("NO_COLOR", "1")
    put(text)
    put(text, err=True)
    report(text)
    draw_line(text)
    put_painted([text])
    draw_over(err, [text], 0)
    put_picture(Picture((text,), b"", len(text)))
    RunsProgress([text], err).notice(text)
    table = ProgressTable(out, err)
    table.notice(text)
    table._print(text)
    table._line.draw(text)
    assert obeyed(out.written()) == []
    assert obeyed(err.written()) == []
    assert len(out.written()) > 10
    assert len(err.written()) > 10


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS)
@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "{}"],
        ["values", "cosine", "-p", "{}"],
        ["values", "cosine", "-p", "{}=1"],
        ["values", "cosine", "-p", "alpha={}"],
        ["values", "{}.py:f"],
        ["train", "--from", "{}"],
        ["train", "cosine", "--history", "{}"],
        ["train", "cosine", "--tensorboard", "/etc/passwd/{}"],
        ["train", "cosine", "--optimizer", "{}"],
        ["code", "cosine", "--to", "{}"],
        ["show", "cosine", "--{}"],
        ["{}"],
    ],
    ids=" ".join,
)
def test_what_is_wrong_in_a_call(
    arguments: list[str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if "\x00" in text or "\udc80" in text:
        pytest.skip("no argument can hold it")
    done = call(*(one.format(text) for one in arguments))
    assert done.exit_code in (1, 2), done.output
    assert obeyed(done.output) == []
    assert "Traceback" not in done.output
