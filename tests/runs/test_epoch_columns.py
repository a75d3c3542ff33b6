"""The columns of a table of epochs: whatever Keras logs has one, and files keep their order."""

from lrtui.protocol import Epoch, Settings, Started
from lrtui.runs.epoch_columns import file_columns, metric_columns
from lrtui.runs.record import RunRecord
from tests.runs.epochs import epoch_event

RECORD = RunRecord.of(
    [
        Started("Constant(0.1)", Settings()),
        epoch_event(1, 64, 0.1, 0.7, accuracy=0.5),
        epoch_event(2, 128, 0.1, "nan", 0.6, accuracy=0.75, val_accuracy=0.625, top_3="inf"),
    ]
)


def test_new_columns_of_a_file_come_after_those_that_were_there() -> None:
    names = [column.name for column in file_columns(RECORD.rows)]
    assert names == [
        *("epoch", "step", "learning_rate", "loss", "val_loss", "resets", "cuts"),
        *("accuracy", "val_accuracy", "top_3"),
    ]


def test_a_metric_that_was_not_measured_in_an_epoch_is_none() -> None:
    values = [[column.value(row) for column in metric_columns(RECORD.rows)] for row in RECORD.rows]
    assert values == [[0.5, None, None], [0.75, 0.625, float("inf")]]


def test_without_a_metric_there_are_the_columns_of_before() -> None:
    bare = RunRecord.of([Started("Constant(0.1)", Settings()), epoch_event(1, 64, 0.1, 0.7)])
    assert metric_columns(bare.rows) == ()


def test_a_loss_that_is_not_known_is_not_zero() -> None:
    """A training step of one's own may log no loss."""
    record = RunRecord.of([Started("Constant(0.1)", Settings())])
    record.add(epoch_event(1, 64, 0.1, 0.7))
    record.add(Epoch(2, 128, {"learning_rate": 0.1}))
    loss = next(one for one in file_columns(record.rows) if one.name == "loss")
    assert [loss.value(row) for row in record.rows] == [0.7, None]
