"""Every command and option explains itself."""

import click
import pytest

from lrtui.cli.program import COMMANDS, TUI, program
from tests.cli.calls import call

CONTEXT = click.Context(program, info_name="lrtui")


def command_of(name: str) -> click.Command:
    command = program.get_command(CONTEXT, name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", [*COMMANDS, TUI])
def test_a_command_and_each_of_its_options_has_help(name: str) -> None:
    command = command_of(name)
    assert command.help
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert options
    assert all(option.help for option in options)
    assert all(len(option.help or "") < 150 for option in options)
    flags = [flag for option in options for flag in option.opts]
    assert len(flags) == len(set(flags)), "two options of one name"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_can_be_read_in_80_columns(name: str) -> None:
    result = call(name, "--help")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_help_of_the_program_names_every_command_and_what_opens_it() -> None:
    result = call("--help")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    for name, text in COMMANDS.items():
        assert name in result.stdout
        assert text in result.stdout
    for option in command_of(TUI).params:
        if isinstance(option, click.Option):
            assert option.opts[0] in result.stdout
    assert all(call(flag).stdout == result.stdout for flag in ("-h", "--help"))
