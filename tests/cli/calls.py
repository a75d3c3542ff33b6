"""Calling the program in-process, as a user would type it."""

import re

from click.testing import CliRunner, Result

from lrtui.cli.program import program


def call(*arguments: str, **environment: str) -> Result:
    """What a call printed (`stdout`, `stderr`) and its `exit_code`; stdout is no terminal."""
    env = {"COLUMNS": None, "LINES": None, "NO_COLOR": None, **environment}
    return CliRunner(env=env).invoke(program, arguments, prog_name="lrtui")


def refused(*arguments: str) -> str:
    """The one line that a wrong call gets."""
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    assert re.match(r"lrtui( [a-z]+)?: ", lines[0])
    assert "Traceback" not in lines[0]
    assert "Usage" not in lines[0]
    return lines[0]
