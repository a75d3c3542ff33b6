"""Event files: those that Keras wrote, cut anywhere, growing, rotated, damaged."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.logs.crc32c import masked_crc, masked_crcs
from lrtui.logs.files.event_file import EventFile
from lrtui.logs.files.tfrecord import LONGEST
from lrtui.logs.follower import LogFollower, read_logs
from lrtui.logs.values import Log, Role
from tests.logs.events import event, field, file_of, record, simple, tensor
from tests.schedules.strategies import patient

STEPS = 30
WHOLE = file_of(
    *(simple("learning_rate", step, 0.1 / (step + 1)) for step in range(STEPS)),
    *(tensor("loss", step, 2.0 - step, double=step % 2 == 0) for step in range(STEPS)),
)


def read(data: bytes) -> EventFile:
    file = EventFile()
    file.feed(data)
    return file


def values(file: EventFile, tag: str) -> list[tuple[int, float]]:
    points = file.scalars()[tag]
    return list(zip(points.steps.tolist(), points.values.tolist(), strict=True))


def series(log: Log, name: str) -> list[tuple[int, float]]:
    (found,) = (one for one in log.series if one.name == name)
    return list(zip(found.at.tolist(), found.values.tolist(), strict=True))


def test_the_sum_is_that_of_the_standard() -> None:
    """The check value of CRC-32C for 123456789 is E3069283; masked as TensorFlow documents."""
    crc = 0xE3069283
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    assert masked_crc(b"123456789") == masked
    rows = np.frombuffer(b"123456789" * 20, np.uint8).reshape(20, 9)
    assert masked_crcs(rows).tolist() == [masked] * 20


def test_what_keras_wrote(written_by_keras: Path) -> None:
    truth = json.loads((written_by_keras / "truth.json").read_text())
    (log,) = read_logs(written_by_keras / "board").logs
    assert (log.kind, log.steps_per_epoch) == ("TensorBoard", 8)
    assert log.columns == {
        "rate": "epoch_learning_rate",
        "loss": "epoch_loss",
        "validation_loss": "val_epoch_loss",
    }
    named: list[tuple[Role, str]] = [("loss", "loss"), ("validation_loss", "val_loss")]
    for role, name in named:
        column = log.column(role)
        assert column is not None
        assert column.unit == "epoch"
        assert column.at.tolist() == [0, 1, 2, 3, 4]
        assert column.values == pytest.approx(truth["history"][name], rel=1e-6)
    (batches,) = (one for one in log.series if one.name == "batch_loss")
    assert batches.at.tolist() == list(range(40))
    assert log.rate is not None
    # What Keras writes is the rate of the next epoch's first step: the known fault.
    assert log.rate.values[:-1] == pytest.approx(truth["rates"][8::8], rel=1e-6)


def test_two_trainings_in_one_folder(written_by_keras: Path) -> None:
    logs = read_logs(written_by_keras / "board2").logs
    assert len(logs) == 2
    for log in logs:
        assert log.rate is not None
        assert log.rate.at.tolist() == [0, 1, 2, 3, 4]
        assert {one.name for one in log.series} >= {"epoch_loss", "val_epoch_loss"}
    first, second = (log.column("loss") for log in logs)
    assert first is not None
    assert second is not None
    assert first.values.tolist() != second.values.tolist()


@patient
@given(st.lists(st.integers(0, len(WHOLE)), max_size=6))
def test_cut_anywhere_it_is_the_same(cuts: list[int]) -> None:
    file = EventFile()
    places = [0, *sorted(cuts), len(WHOLE)]
    for begin, end in pairwise(places):
        file.feed(WHOLE[begin:end])
    assert file.damaged == 0
    rates = [(step, float(np.float32(0.1 / (step + 1)))) for step in range(STEPS)]
    assert values(file, "learning_rate") == rates
    assert values(file, "loss") == [(step, 2.0 - step) for step in range(STEPS)]


@patient
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_byte_that_is_wrong_costs_its_record_only(place: int, by: int) -> None:
    data = bytearray(WHOLE)
    data[place] ^= by
    file = read(bytes(data))
    scalars = file.scalars()
    found = {tag: dict(values(file, tag)) for tag in scalars}
    right = {"learning_rate": {s: float(np.float32(0.1 / (s + 1))) for s in range(STEPS)}}
    right["loss"] = {s: 2.0 - s for s in range(STEPS)}
    assert file.damaged == 1
    lost = 0
    for tag, expected in right.items():
        assert found[tag].items() <= expected.items()
        lost += len(expected) - len(found[tag])
    assert lost <= 1


def test_a_cut_end_waits_and_is_no_damage() -> None:
    file = read(WHOLE[:-3])
    assert file.damaged == 0
    assert len(values(file, "loss")) == STEPS - 1
    file.feed(WHOLE[-3:])
    assert len(values(file, "loss")) == STEPS


def test_graphs_images_and_texts_are_passed_over() -> None:
    picture = event(3, field(5, field(1, field(1, b"image") + field(4, b"x" * (LONGEST + 1)))))
    text = event(3, field(5, field(1, field(1, b"text") + field(8, b"\x08\x07" + field(8, b"a")))))
    matrix = event(3, field(5, field(1, field(1, b"m") + field(8, b"\x08\x01\x12\x02\x12\x00"))))
    file = read(file_of(picture, text, matrix, simple("loss", 4, 0.5)))
    assert file.damaged == 0
    assert {tag: values(file, tag) for tag in file.scalars()} == {"loss": [(4, 0.5)]}


def test_a_value_of_nought_and_a_large_step() -> None:
    zero = event(7, field(5, field(1, field(1, b"lr") + field(8, b"\x08\x01\x12\x00"))))
    file = read(file_of(zero, simple("lr", 1 << 40, 0.25)))
    assert values(file, "lr") == [(7, 0.0), (1 << 40, 0.25)]


def test_a_message_that_is_none_is_left_out() -> None:
    file = read(file_of(b"\xff\xff\xff", *(b"\x0f%d" % n for n in range(9)), simple("lr", 1, 0.5)))
    assert file.damaged == 10
    assert values(file, "lr") == [(1, 0.5)]


def test_a_file_that_grows_is_read_on(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1.host"
    path.write_bytes(WHOLE[:700])
    follower = LogFollower(tmp_path)
    assert follower.poll()
    before = len(series(follower.read.logs[0], "learning_rate"))
    assert 0 < before < STEPS
    assert not follower.poll()
    with path.open("ab") as file:
        file.write(WHOLE[700:])
    assert follower.poll()
    assert len(series(follower.read.logs[0], "learning_rate")) == STEPS
    assert follower.read.faults == ()


def test_a_rotated_file_is_the_same_training(tmp_path: Path) -> None:
    first = [simple("learning_rate", step, 0.5) for step in range(10)]
    later = [simple("learning_rate", step, 0.25) for step in range(10, 20)]
    (tmp_path / "events.out.tfevents.1.host").write_bytes(file_of(*first))
    follower = LogFollower(tmp_path)
    follower.poll()
    (tmp_path / "events.out.tfevents.2.host").write_bytes(file_of(*later))
    assert follower.poll()
    (log,) = follower.read.logs
    assert [step for step, _ in series(log, "learning_rate")] == list(range(20))


def test_damage_is_told_by_file(tmp_path: Path) -> None:
    data = bytearray(WHOLE)
    data[-6] ^= 1
    (tmp_path / "events.out.tfevents.1.host").write_bytes(data)
    read = read_logs(tmp_path)
    assert read.faults == ("events.out.tfevents.1.host: 1 records are damaged and left out",)
    assert len(series(read.logs[0], "loss")) == STEPS - 1


def test_nothing_is_written_or_touched(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1.host"
    path.write_bytes(record(event(0, b"")) + WHOLE)
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    before = (path.read_bytes(), path.stat().st_mtime_ns, tmp_path.stat().st_mtime_ns)
    read_logs(tmp_path)
    assert (path.read_bytes(), path.stat().st_mtime_ns, tmp_path.stat().st_mtime_ns) == before
    tmp_path.chmod(0o700)
