"""One seed, one history: whoever watches, however slowly, gets the same file to the last byte."""

from pathlib import Path

from lrtui.export import export_run
from lrtui.kept import SESSION_FILE
from lrtui.protocol import (
    Ended,
    Pace,
    Pause,
    Paused,
    Resume,
    Settings,
    Start,
    Started,
    StepsDone,
)
from lrtui.runs.record import RunRecord
from tests.cli.test_process import run
from tests.person.terminal import Terminal
from tests.runs.stages import Stage

SCHEDULE = "ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)"
SETTINGS = Settings(epochs=3, steps_per_epoch=10, seed=5, optimizer="adam")


def through_the_command_line(target: Path) -> bytes:
    """What ``lrtui train`` writes: nobody watches, as fast as it can."""
    process = run(
        *("train", SCHEDULE, "--epochs", "3", "--steps-per-epoch", "10", "--seed", "5"),
        *("--optimizer", "adam", "--history", str(target), "--per-step"),
    )
    assert (process.returncode, process.stderr) == (0, "")
    return target.read_bytes()


async def test_watched_at_a_pace_and_paused_as_not_watched_at_all(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.client.start()
    try:
        stage.client.send(Start(SCHEDULE, SETTINGS, pace=50))
        started = await stage.hear(Started)
        heard = await stage.until(lambda event: isinstance(event, StepsDone))
        stage.client.send(Pause())
        heard += await stage.until(lambda event: isinstance(event, Paused))
        stage.client.send(Pace(None))
        stage.client.send(Resume())
        heard += await stage.until(lambda event: isinstance(event, Ended))
        record = RunRecord.of([started, *(one for one in heard if not isinstance(one, str))])
        export_run(record, stage.client.ready, tmp_path / "watched.json", per_step=True)
    finally:
        await stage.client.close()
    assert record.steps == SETTINGS.steps
    watched = (tmp_path / "watched.json").read_bytes()
    assert watched == through_the_command_line(tmp_path / "alone.json")


def test_in_the_program_as_on_the_command_line(tmp_path: Path) -> None:
    """A person opens the program as it was left, presses t, waits, and exports."""
    kept = tmp_path / "config" / "lrtui"
    kept.mkdir(parents=True)
    (kept / SESSION_FILE).write_text(
        '[settings]\noptimizer = "adam"\nepochs = 3\nsteps_per_epoch = 10\nseed = 5\n'
    )
    environment = {
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    target = tmp_path / "seen.json"
    with Terminal(SCHEDULE, environment=environment) as terminal:
        terminal.wait_for("q quit")
        terminal.press("t")
        terminal.wait_for("done · epoch 3/3 · step 30")
        terminal.press("e")
        terminal.wait_for("export the run to")
        terminal.press(*["backspace"] * len("run.json"), f"{target} +steps", "enter")
        terminal.wait_for("written to")
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    assert target.read_bytes() == through_the_command_line(tmp_path / "alone.json")
