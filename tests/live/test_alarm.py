"""The command that is run when a training diverges."""

import sys
import time
from pathlib import Path

import pytest

from lrtui.live.alarm import check_command, run_command
from lrtui.schedules import Invalid


def test_it_is_run_without_a_shell_and_each_place_is_one_word(tmp_path: Path) -> None:
    told = tmp_path / "told"
    write = f"import sys; open({str(told)!r}, 'w').write('|'.join(sys.argv[1:]))"
    command = f'{sys.executable} -c "{write}" {{name}} {{reason}} {{step}}'
    run_command(command, name="$(touch hacked); a b", reason="the loss is nan", step=7)
    for _ in range(600):
        if told.exists() and told.read_text():
            break
        time.sleep(0.05)
    assert told.read_text() == "$(touch hacked); a b|the loss is nan|7"


@pytest.mark.parametrize("command", ["", "mail {nobody}", "mail 'unclosed", "mail {name"])
def test_what_is_no_command_is_refused_before_the_training(command: str) -> None:
    with pytest.raises(Invalid, match="notify must be a command"):
        check_command(command)


def test_what_cannot_be_run_is_said_and_ends_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    run_command("/no/such/program {name}", name="mnist", reason="", step=0)
    assert "could not be run" in capfd.readouterr().err
