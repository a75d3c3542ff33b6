"""The file of a sweep: every training once, found again, foreign and damaged files refused."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from lrtui.protocol import Settings, pack
from lrtui.protocol.chunks import ChunkDone
from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.store import Store
from lrtui.runs.sweeps.stored_trainings import TrainingKind, WantedTraining
from lrtui.schedules import Invalid

SWEEP = SweepRequest(("Constant(0.1)",), (), (0, 1), Settings(epochs=2))


def wanted(seed: int, cell: int = 0) -> WantedTraining:
    return WantedTraining(bytes([cell, seed]) * 8, cell, seed, "Constant(0.1)", "{}", "[]")


def done(*losses: tuple[float, float]) -> ChunkDone:
    table = np.array(losses, np.float32)
    return ChunkDone(pack(table), pack(table / 2), "host", "processor", 1, 3.0, 0, {"keras": "3"})


def test_what_was_kept_is_found_in_the_next_sitting(tmp_path: Path) -> None:
    path = tmp_path / "sweep.db"
    store = Store(path)
    number = store.begin(SWEEP, [wanted(0), wanted(1)])
    store.add([wanted(0), wanted(1)], done((4.0, 2.0), (4.0, np.nan)), 64)
    store.close()

    again = Store(path, writes=False)
    ends = again.ends(number)
    assert again.latest() == (number, SWEEP)
    assert (ends.cells.tolist(), ends.seeds.tolist()) == ([0, 0], [0, 1])
    assert (ends.finals[0], ends.bests[0], ends.seconds[0]) == (1.0, 1.0, 1.5)
    assert np.isnan([ends.finals[1], ends.bests[1]]).all()
    assert again.kinds(number) == [TrainingKind(64, 1, "processor", {"keras": "3"})]


def test_a_training_is_kept_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "sweep.db")
    number = store.begin(SWEEP, [wanted(0)])
    store.add([wanted(0)], done((4.0, 2.0)), 64)
    store.add([wanted(0)], done((9.0, 9.0)), 8)

    assert store.ends(number).finals.tolist() == [1.0]
    assert store.begin(SWEEP, [wanted(0)]) == number


def test_a_file_without_the_index_is_read_and_gets_it_when_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "sweep.db")
    number = store.begin(SWEEP, [wanted(0)])
    store.add([wanted(0)], done((4.0, 2.0)), 64)
    store._file.execute("DROP INDEX ends")
    store.close()

    for writes in (False, True):
        store = Store(tmp_path / "sweep.db", writes=writes)
        assert store.ends(number).finals.tolist() == [1.0]
        store.close()


def test_all_of_a_chunk_is_kept_or_nothing(tmp_path: Path) -> None:
    """Here the disk is full in the middle of it, as SQLite says when a page may not be added."""
    store = Store(tmp_path / "sweep.db")
    number = store.begin(SWEEP, [wanted(seed) for seed in range(200)])
    (pages,) = store._file.execute("PRAGMA page_count").fetchone()
    store._file.execute(f"PRAGMA max_page_count = {pages + 1}")
    many = [wanted(seed) for seed in range(200)]

    with pytest.raises(OSError, match="full"):
        store.add(many, done(*[(1.0, 2.0)] * 200), 64)
    assert not len(store.ends(number).cells)
    store._file.execute("PRAGMA max_page_count = 100000")
    store.add(many, done(*[(1.0, 2.0)] * 200), 64)
    assert len(store.ends(number).cells) == 200


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("my notes, which are longer than the header of a database, " * 4)
    with sqlite3.connect(other) as file:
        file.execute("CREATE TABLE mine (a)")
    before = text.read_bytes(), other.read_bytes()

    for path in (text, other, tmp_path):
        with pytest.raises(Invalid, match="must be a file"):
            Store(path)
    assert (text.read_bytes(), other.read_bytes()) == before


def test_one_of_another_version_is_refused(tmp_path: Path) -> None:
    Store(tmp_path / "sweep.db").close()
    with sqlite3.connect(tmp_path / "sweep.db") as file:
        file.execute("PRAGMA user_version = 99")

    with pytest.raises(Invalid, match="another lrtui made it"):
        Store(tmp_path / "sweep.db")


def test_to_be_shown_it_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Store(tmp_path / "none.db", writes=False)
    Store(tmp_path / "empty.db").close()
    with pytest.raises(Invalid, match="a sweep in it"):
        Store(tmp_path / "empty.db", writes=False).latest()


def test_what_it_holds_of_a_sweep_is_checked(tmp_path: Path) -> None:
    store = Store(tmp_path / "sweep.db")
    store.begin(SWEEP, [])
    with store._file:
        store._file.execute("UPDATE sweeps SET asked = '{\"schedules\": 1}'")

    with pytest.raises(Invalid, match="this version knows"):
        store.latest()
