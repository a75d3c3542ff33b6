"""Who imports what, seen in a fresh process: what import-linter cannot know from the source."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import lrtui

ROOT = Path(lrtui.__file__).parent.parent
FRAMEWORKS = {"tensorflow", "keras"}
SCREEN = {"textual", "rich"}


def loaded_after(code: str) -> set[str]:
    """The top-level packages, and our own modules, that are loaded after running `code`."""
    report = "import json, sys; print('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    return modules | {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("import lrtui", FRAMEWORKS | SCREEN | {"numpy", "msgspec", "click", "asyncio"}),
        ("import lrtui.cli", FRAMEWORKS | SCREEN | {"numpy", "msgspec", "click"}),
        ("import lrtui.cli.program", FRAMEWORKS | SCREEN | {"numpy", "msgspec", "plotext"}),
        ("import lrtui.schedules", FRAMEWORKS | SCREEN | {"plotext", "click", "lrtui.protocol"}),
        ("import lrtui.plotting.drawing", FRAMEWORKS | SCREEN | {"click"}),
        ("import lrtui.export", FRAMEWORKS | SCREEN | {"plotext", "click", "asyncio"}),
        ("import lrtui.kept", FRAMEWORKS | SCREEN | {"plotext", "click", "asyncio"}),
        ("import lrtui.runs.client", FRAMEWORKS | SCREEN | {"plotext", "click"}),
        ("import lrtui.protocol.settings", FRAMEWORKS | SCREEN | {"plotext", "click"}),
        ("import lrtui.runs.record", FRAMEWORKS | SCREEN | {"plotext", "click"}),
        ("import lrtui.worker", SCREEN | {"plotext", "click"}),
        # What the first frame waits for: no OpenSSL, no manual of plotext's, no command line.
        (
            "import lrtui.tui.start, lrtui.plotting.frame as f; f.frame(40, 9, (), (), True)",
            FRAMEWORKS
            | {"lrtui.cli", "click", "hashlib", "plotext._core"}
            | {"lrtui.schedules.text", "lrtui.schedules.lines", "lrtui.runs.worker_process"},
        ),
        ("import lrtui.cli.commands.train", FRAMEWORKS | SCREEN | {"plotext"}),
        ("import lrtui.cli.commands.find", FRAMEWORKS | SCREEN),
        ("import lrtui.cli.commands.tui", FRAMEWORKS | SCREEN | {"plotext"}),
    ],
)
def test_what_an_import_does_not_load(code: str, without: set[str]) -> None:
    assert not loaded_after(code) & without


def test_a_kept_schedule_is_read_where_no_text_was_read_before(tmp_path: Path) -> None:
    """As the pins of the session before are, at the start."""
    file = tmp_path / "session.toml"
    file.write_text('[[pins]]\nschedule = "ExponentialDecay(0.3, 100, 0.9)"\n')
    kept = f"SessionFile(pathlib.Path({str(file)!r}), time.monotonic, ())"
    loaded_after(
        "import pathlib, time; from lrtui.tui.saved_session import SessionFile; "
        f"kept = {kept}; assert not kept.complaint, kept.complaint; "
        "assert kept.session.form_state.pins[0].schedule.initial_learning_rate == 0.3"
    )


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        (["--help"], {"numpy", "msgspec", "asyncio"}),
        (["--version"], {"numpy", "msgspec", "asyncio"}),
        (["list"], {"plotext", "asyncio"}),
        (["values", "exponential", "--steps", "3"], {"plotext", "asyncio"}),
        (["show", "exponential"], {"asyncio"}),
    ],
)
def test_a_command_loads_what_it_needs(arguments: list[str], without: set[str]) -> None:
    code = (
        "from lrtui.cli.program import program\n"
        f"try: program.main({arguments!r}, prog_name='lrtui')\n"
        "except SystemExit as end: assert end.code == 0"
    )
    assert not loaded_after(code) & (without | FRAMEWORKS | SCREEN)


def test_the_public_names_are_there_without_tensorflow() -> None:
    code = "import lrtui; lrtui.parse('exponential'); lrtui.catalogue(); lrtui.Schedule"
    assert not loaded_after(code) & (FRAMEWORKS | SCREEN)
