"""Every wrong call: one line on stderr that says what is allowed and what was received, exit 2."""

import os
from pathlib import Path

import pytest

from lrtui.cli.program import COMMANDS
from tests.cli.calls import call, refused

NAMES_OF_EXPONENTIAL = "initial_learning_rate, decay_steps, decay_rate, staircase"

WRONG = [
    # Neither a command nor a schedule.
    (["shwo"], "did you mean lrtui show"),
    (["trian", "cosine", "--epochs", "3"], "did you mean lrtui train"),
    (["exponental"], "did you mean exponential"),
    (["valeus", "exponential"], "did you mean lrtui values"),
    (["zzzzzz"], f"commands: {', '.join(COMMANDS)}). Received: 'zzzzzz'"),
    # A name that is known, and no schedule's.
    (["Adam"], "Adam is an optimizer with a fixed rate: open Constant(RATE). Received: Adam"),
    (["ReduceLROnPlateau"], "ReduceLROnPlateau depends on the loss, so it has no curve"),
    # A file and no name.
    (["nosuch.keras"], "schedule must be the path of a file that is there. Received: 'nosuch.ker"),
    (["model.h5"], ".h5 is not read: load the model in Keras and save it as .keras"),
    (["--cold", "list"], "the command list must come first"),
    # The schedule.
    (["show", "exponental"], "did you mean exponential?). Received: 'exponental'"),
    (["values", "Constant(-1)"], "learning_rate must be a finite number >= 0. Received: -1"),
    (["values", "Constant(open('x'))"], "must be a finite number >= 0, written out"),
    (["train", "0.1"], "a number is no schedule: a fixed rate is Constant(0.1). Received: 0.1"),
    (["train", ""], "schedule must be a name or a constructor expression. Received: ''"),
    (["values", "CosineDecay(0.1, 0)"], "decay_steps must be an integer from 1 to 1e12"),
    (["CosineDecay(0.1, 0)"], "decay_steps must be an integer from 1 to 1e12. Received: 0"),
    (["show", "[" * 10_000], "schedule must "),
    (["show", "constant\n\x1b[31m"], "schedule must be a name or a constructor expression"),
    # -p
    (["values", "exponential", "-p", "decay=1"], f"{NAMES_OF_EXPONENTIAL}. Received: 'decay'"),
    (["values", "exponential", "-p", "decay_rate"], "-p must be NAME=VALUE, as in -p decay_rate"),
    (["values", "exponential", "-p", "=1"], "-p must be NAME=VALUE"),
    (["values", "exponential", "-p", "decay_rate=x"], "from 0 to 1e6. Received: 'x'"),
    (["exponential", "-p", "decay_rate=x"], "from 0 to 1e6. Received: 'x'"),
    (
        ["show", "constant", "cosine", "-p", "alpha=0.1"],
        "Constant takes the arguments",
    ),
    # Options.
    (["values", "constant", "--steps", "0"], "--steps must be an integer from 1 to 1e12. Rec"),
    (["values", "constant", "--steps", "many"], "Received: 'many'"),
    (["values", "constant", "--steps"], "Option '--steps' requires an argument"),
    (["values", "constant", "--every", "0"], "--every must be an integer from 1 to 1e12"),
    (["values", "constant", "--format", "xml"], "--format must be one of csv, json. Rec"),
    (["show", "constant", "--steps", "2e9"], "--steps must be an integer from 1 to 1e9. Rec"),
    (["show", "constant", "--width", "0"], "--width must be an integer from 20 to 1000. Rec"),
    (["show", "constant", "--height", "-3"], "--height must be an integer from 5 to 1000. Rec"),
    (["train", "constant", "--epochs", "0"], "--epochs must be an integer from 1 to 1e6. Rec"),
    (["train", "constant", "--epochs", "1.5"], "--epochs must be an integer from 1 to 1e6. Rec"),
    (["train", "constant", "--batch-size", "x"], "--batch-size must be an integer from 1 to 1e6"),
    (
        ["train", "constant", "--task", "mnist"],
        "--task must be one of characters, glyphs, regression, rings, sine, spirals, or a file",
    ),
    (["train", "constant", "--optimizer", "rms"], "--optimizer must be one of sgd, momentum"),
    (["train", "constant", "--optimizer", "SGD(learning_rate=1)"], "the schedule gives the rate"),
    (
        ["train", "constant", "--plateau-patience", "3", "--validation-share", "0"],
        "--plateau-patience must be none where validation_share is 0",
    ),
    (["train", "constant", "--drive", "by hand"], "--drive must be one of schedule, callback"),
    (["train", "constant", "--seed", "-1"], "--seed must be an integer from 0 to 2147483647"),
    (["train", "constant", "--device", "tpu"], "--device must be one of cpu, gpu"),
    (
        ["train", "constant", "--tensorboard", __file__],
        "--tensorboard must be a folder that can be written. Received: ",
    ),
    (
        ["train", "constant", "--tensorboard", f"{__file__}/deeper/still"],
        "--tensorboard must be a folder that can be written. Received: ",
    ),
    (["train", "constant", "--per-step"], "--per-step needs a file to write to: --history FILE"),
    (["compare", "cosine"], "compare needs at least two schedules. Received: 'cosine'"),
    (["compare", "cosine", "exponental"], "did you mean exponential"),
    (["compare", "cosine", "linear", "--seeds", "0"], "--seeds must be an integer from 1 to 10000"),
    (["compare", "cosine", "linear", "--to-loss", "x"], "--to-loss must be a finite number"),
    (["compare", "cosine", "linear", "--format", "xml"], "must be one of text, csv, json. Rec"),
    (
        ["compare", "cosine", "linear", "--seed", "2147483647", "--seeds", "2"],
        "--seed must leave room for 2 seeds. Received: 2147483647",
    ),
    (["train", "constant", "--threads", "0"], "--threads must be an integer from 1 to 1024"),
    (["--threads", "x"], "--threads must be an integer from 1 to 1024. Received: 'x'"),
    (["--device", "tpu", "exponential"], "--device must be one of cpu, gpu. Received: 'tpu'"),
    (
        ["train", "constant", "--epochs", "2", "--steps-per-epoch", "5", "--reset-at", "10"],
        "--reset-at must be a step of this run, from 1 to 9. Received: 10",
    ),
    (["train", "constant", "--reset-at", "0"], "--reset-at must be an integer from 1 to 1e12"),
    (["train", "constant", "--rate-at", "5"], "--rate-at must be STEP=RATE, as in 500=1e-3. Rec"),
    (["train", "constant", "--rate-at", "0=1"], "--rate-at must be an integer from 1 to 1e12"),
    (["train", "constant", "--rate-at", "5=-1"], "--rate-at must be a finite number >= 0"),
    (["train", "constant", "--rate-at", "5=nan"], "--rate-at must be a finite number >= 0"),
    (
        ["train", "constant", "--epochs", "1", "--steps-per-epoch", "5", "--rate-at", "7=0.1"],
        "--rate-at must be a step of this run, from 1 to 4. Received: 7",
    ),
    (["train", "constant", "--history", "run.txt"], "--history must end in .csv or .json. Rec"),
    (["train", "constant", "--history", "csv"], "--history must end in .csv or .json. Rec"),
    (
        ["train", "constant", "--history", "no/such/folder/run.csv"],
        "--history must be in a folder that exists. Received: 'no/such/folder/run.csv'",
    ),
    # What click itself refuses.
    (["values", "constant", "--stps", "3"], "'--stps'. Did you mean '--steps'? (lrtui values --h"),
    (["--clod"], "Did you mean '--cold'? (lrtui --help)"),
    (["values"], "Missing argument 'SCHEDULE' (lrtui values --help)"),
    (["show"], "(lrtui show --help)"),
    (["train"], "Missing argument 'SCHEDULE' (lrtui train --help)"),
    (["values", "constant", "cosine"], "unexpected extra argument (cosine) (lrtui values --help)"),
    (["cosine", "constant"], "unexpected extra argument (constant) (lrtui --help)"),
    (["list", "constant"], "unexpected extra argument (constant) (lrtui list --help)"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), WRONG, ids=[" ".join(arguments)[:60] for arguments, _ in WRONG]
)
def test_refused_in_one_line(arguments: list[str], said: str) -> None:
    line = refused(*arguments)
    assert said in line
    assert len(line) < 450


def test_control_characters_of_an_argument_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in refused("values", "constant", "\x1b[2J")
    assert "\x1b" not in refused("\x1b[2J")


def test_a_folder_is_no_history(tmp_path: Path) -> None:
    (tmp_path / "run.csv").mkdir()
    line = refused("train", "constant", "--history", str(tmp_path / "run.csv"))
    assert "--history must be a file that can be written" in line


def test_event_files_of_two_runs_do_not_get_into_one_folder(tmp_path: Path) -> None:
    (tmp_path / "validation").mkdir()
    line = refused("train", "constant", "--tensorboard", str(tmp_path))
    assert "--tensorboard must be a folder without the files of another run. Received: " in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_event_files_where_nothing_may_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    line = refused("train", "constant", "--tensorboard", str(tmp_path / "logs"))
    assert "--tensorboard must be a folder that can be written. Received: " in line


@pytest.mark.parametrize("terminal", ["xterm-256color", "dumb"])
def test_the_tui_without_a_terminal_says_so_and_what_works(terminal: str) -> None:
    result = call("exponential", TERM=terminal)
    assert result.exit_code == 2
    assert "needs a terminal" in result.stderr
    assert f"lrtui {', '.join(COMMANDS)}" in result.stderr
    assert len(result.stderr.splitlines()) == 1
