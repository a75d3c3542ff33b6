"""A run's JSON, read back to repeat it: what it holds, and every file that is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lrtui.export.history import export_run
from lrtui.export.recipe import NotARun, Recipe, read_run
from lrtui.protocol import (
    Ended,
    Marked,
    Ready,
    Reset,
    Sampled,
    Scale,
    Settings,
    Started,
    StepsDone,
    Stop,
    UndoSteering,
    pack,
)
from lrtui.protocol.script import Script
from lrtui.runs.record import RunRecord
from tests.runs.epochs import epoch_event

SCHEDULE = "ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)"
OTHER = "Constant(0.5)"
SETTINGS = Settings(task="sine", epochs=2, steps_per_epoch=2, seed=7, plateau_patience=3)
READY = Ready(1, "2.21.0", "3.15.1", ["CPU"], 2, 10, 10**9)


def a_run(state: Any = "done", samples: tuple[Sampled, ...] = ()) -> RunRecord:
    return RunRecord.of(
        [
            Started(SCHEDULE, SETTINGS),
            *samples,
            StepsDone(0, pack([0.1, 0.1]), pack([0.7, 0.6])),
            epoch_event(1, 2, 0.1, 0.65),
            Marked(2, "reset", OTHER),
            Marked(2, "scale", OTHER, factor=1 / 3, by=1 / 3),
            StepsDone(2, pack([0.5]), pack([0.5])),
            epoch_event(2, 3, 0.5, 0.5),
            Ended(state),
        ]
    )


def written(folder: Path, record: RunRecord) -> Path:
    export_run(record, READY, folder / "run.json")
    return folder / "run.json"


def read_back(folder: Path, record: RunRecord) -> Recipe:
    return read_run(written(folder, record))


def test_the_start_that_repeats_it(tmp_path: Path) -> None:
    start = read_back(tmp_path, a_run()).start()
    assert (start.schedule, start.settings) == (SCHEDULE, SETTINGS)
    # To the last bit: a third is no float32.
    assert start.script == ((2, Reset(OTHER)), (2, Scale(1 / 3)))


def test_a_stopped_run_is_stopped_again_at_the_same_step(tmp_path: Path) -> None:
    recipe = read_back(tmp_path, a_run("stopped"))
    assert recipe.start().script[-1] == (3, Stop())


def test_an_undo_is_read_by_its_former_name_too(tmp_path: Path) -> None:
    record = RunRecord.of([Started(SCHEDULE, SETTINGS), Marked(2, "undo", SCHEDULE)])
    path = written(tmp_path, record)
    path.write_text(path.read_text().replace('"undo"', '"untouched"'))
    assert read_run(path).start().script == ((2, UndoSteering()),)


def test_what_is_otherwise_here_is_told(tmp_path: Path) -> None:
    recipe = read_back(tmp_path, a_run())
    assert recipe.differences_here(READY) == []
    newer = Ready(1, "2.22.0", "3.15.1", ["CPU", "GPU"], 4, 10, 10**9)
    assert recipe.differences_here(newer) == [
        *("tensorflow 2.21.0, here 2.22.0", "devices CPU, here CPU, GPU", "threads 2, here 4"),
    ]


def test_the_users_own_schedules_are_known_by_their_rates(tmp_path: Path) -> None:
    sampled = Sampled("mine.py:f", 3, pack([1.0, 0.5, 0.25]), used_by_run=True)
    recipe = read_back(tmp_path, a_run(samples=(sampled, sampled)))
    # sha256sum of the twelve bytes 00 00 80 3f 00 00 00 3f 00 00 80 3e.
    assert recipe.digests == {
        "mine.py:f": "95128540caa5ebf017c64254c63156b06f3d763f99033d23fa0191b8074086b2"
    }


def test_one_that_was_edited_while_it_trained_is_not_repeated(tmp_path: Path) -> None:
    before = Sampled("mine.py:f", 3, pack([1.0, 0.5, 0.25]), used_by_run=True)
    after = Sampled("mine.py:f", 3, pack([1.0, 0.5, 0.2]), used_by_run=True)
    with pytest.raises(
        NotARun, match=r"cannot be repeated: mine\.py:f was edited while it trained"
    ):
        read_back(tmp_path, a_run(samples=(before, after)))


def test_a_run_of_a_script_is_said_to_be_one(tmp_path: Path) -> None:
    """That of a loop of one's own knows no threads."""
    begun = Started(SCHEDULE, script=Script("gan", "SGD", "torch"))
    path = tmp_path / "run.json"
    export_run(RunRecord.of([begun]), Ready(1, "", "", [], 0, 0, 0), path)
    with pytest.raises(NotARun, match="is a run of a script"):
        read_run(path)


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda whole: whole.pop("lrtui"), "is not a run that lrtui wrote"),
        (lambda whole: whole.update(schedule="Constant(-1)"), "learning_rate must be a finite"),
        (lambda whole: whole.update(schedule=7), "Expected `str`, got `int` - at `$.schedule`"),
        (lambda whole: whole["settings"].update(epochs=0), "epochs must be an integer from 1"),
        (lambda whole: whole["settings"].update(dropout=0.5), "settings must be of those that"),
        (
            lambda whole: whole.update(settings=[]),
            "Expected `object`, got `array` - at `$.settings`",
        ),
        (
            lambda whole: whole["events"][0].update(kind="magic"),
            "Invalid enum value 'magic' - at `$.events[0].kind`",
        ),
        (lambda whole: whole["events"][0].update(step="2"), "got `str` - at `$.events[0].step`"),
        (lambda whole: whole["events"][0].update(schedule="no"), "schedule must be "),
        (lambda whole: whole["events"][1].update(by="inf"), "got `str` - at `$.events[1].by`"),
        (lambda whole: whole.update(own=3), "got `int` - at `$.own`"),
        (lambda whole: whole.update(history=3), "got `int` - at `$.history`"),
        (lambda whole: whole.update(versions={"keras": 3}), "got `int` - at `$.versions[...]`"),
    ],
)
def test_a_file_that_somebody_changed(change: Change, said: str, tmp_path: Path) -> None:
    path = written(tmp_path, a_run())
    whole = json.loads(path.read_text())
    change(whole)
    path.write_text(json.dumps(whole))
    with pytest.raises(NotARun) as refusal:
        read_run(path)
    assert said in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["", "{", "epoch,step\n1,64\n", "[1, 2]", '"lrtui"', "null", "[" * 100_000, "\xff\x00"]
)
def test_a_foreign_file(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text, encoding="latin-1")
    with pytest.raises(NotARun, match="is not a run that lrtui wrote"):
        read_run(tmp_path / "run.json")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_run(tmp_path / "run.json")
