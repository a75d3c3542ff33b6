"""One seed, one history: whoever watches, however slowly, gets the same file to the last byte."""

from pathlib import Path

from lrtui.export import export_run
from lrtui.training.protocol import (
    Ended,
    Pace,
    Pause,
    Paused,
    Resume,
    Settings,
    Start,
    Started,
    Steps,
)
from lrtui.training.record import RunRecord
from tests.cli.test_process import run
from tests.training.stages import Stage

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
        heard = await stage.until(lambda event: isinstance(event, Steps))
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
