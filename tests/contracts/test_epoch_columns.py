"""A metric stands in every table and file by its name: none of them lists the metrics there are."""

import csv
import io
import json

import pytest

from lrtui.cli.progress import ProgressTable
from lrtui.export.history import history_pieces
from lrtui.protocol import Settings, Started
from lrtui.runs.epoch_columns import STANDARD, EpochColumn, file_columns, measures
from lrtui.runs.record import RunRecord
from lrtui.tui.training.epoch_rows import table
from tests.runs.epochs import epoch_event

METRICS = {"recall_at_3": 0.25, "val_recall_at_3": 0.125, "gradient_norm": 1.5}
RECORD = RunRecord.of(
    [Started("Constant(0.1)", Settings()), epoch_event(1, 64, 0.1, 0.7, 0.6, **METRICS)]
)
COLUMNS = file_columns(RECORD.rows)


def test_no_two_columns_have_one_name() -> None:
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert set(METRICS) <= {column.name for column in COLUMNS}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: str(column.name))
def test_every_column_is_in_csv_and_json(column: EpochColumn) -> None:
    expected = column.value(RECORD.rows[0])
    assert expected is not None
    text = "".join(history_pieces(RECORD, ".csv"))
    (row,) = csv.DictReader(io.StringIO(text))
    assert float(row[column.name]) == pytest.approx(expected)
    whole = json.loads("".join(history_pieces(RECORD, ".json")))
    assert whole["history"][column.name] == [pytest.approx(expected)]


@pytest.mark.parametrize("name", [*(one.name for one in STANDARD), *METRICS])
def test_it_is_in_the_table_of_the_command_line(name: str) -> None:
    out = io.StringIO()
    ProgressTable(out, None).row(RECORD.rows[0])
    header, row = (line.split() for line in out.getvalue().splitlines())
    (column,) = (one for one in COLUMNS if one.name == name)
    assert float(row[header.index(name)]) == column.value(RECORD.rows[0])


@pytest.mark.parametrize("name", METRICS)
def test_it_is_in_the_table_of_the_screen(name: str) -> None:
    head, (line,) = table(RECORD.rows, RECORD.rows[-1], 200)
    end = head.index(f"  {name.replace('_', ' ')}") + len(name) + 2
    assert float(line[:end].split()[-1]) == METRICS[name]


def test_it_can_be_drawn_with_its_validation() -> None:
    assert measures(RECORD.rows) == ("loss", "recall_at_3", "gradient_norm")
