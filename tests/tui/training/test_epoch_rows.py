"""The table of epochs: what fits is shown whole, the last rows are followed, all can be reached."""

import math

import pytest
from textual.app import App, ComposeResult

from lrtui.runs.record import EpochRecord
from lrtui.tui.training.epoch_rows import table
from lrtui.tui.training.epoch_table import EpochTable
from tests.runs.epochs import epoch_record


def row(epoch: int, **changes: float) -> EpochRecord:
    values = {"rate": 0.0982, "loss": 0.3127, "val_loss": 0.4} | changes
    return epoch_record(epoch, 64 * epoch, **values)


ROWS = [row(epoch) for epoch in range(1, 21)]


def test_all_columns_where_there_is_room() -> None:
    head, lines = table(ROWS[:1], ROWS[-1], 52)
    assert head == " epoch    step  learning rate      loss  val loss"
    assert lines == ["   1        64       9.820e-2    0.3127    0.4000"]


def test_a_loss_that_is_not_known_is_no_nan() -> None:
    """As of a train_step that shows none: nothing stands there."""
    not_known = EpochRecord(1, 64, {"learning_rate": 0.0982, "val_loss": 0.4})
    for one, told in ((not_known, ["0.4000"]), (row(1, loss=math.nan), ["nan", "0.4000"])):
        _, lines = table([one], one, 52)
        assert lines[0].split() == ["1", "64", "9.820e-2", *told]


def test_in_a_terminal_of_60_columns_nothing_is_cut() -> None:
    head, lines = table(ROWS[-1:], ROWS[-1], 32)
    assert head == "epoch     rate     loss val loss"
    assert lines == [" 20    9.82e-2   0.3127   0.4000"]


@pytest.mark.parametrize("width", [14, 23, 32, 48, 60])
@pytest.mark.parametrize(
    "odd",
    [
        row(99_999, loss=1234.5678, val_loss=math.nan, rate=1.5e-10),
        epoch_record(100, 10**7, 1e-38, math.inf, None, {"reset": 2, "plateau": 1}),
    ],
)
def test_head_and_lines_are_of_one_length_and_fit(width: int, odd: EpochRecord) -> None:
    head, lines = table([odd], odd, width)
    assert {len(line) for line in lines} == {len(head)}
    assert len(head) <= max(width, 16)


def test_metrics_are_there_where_there_is_room_and_can_take_the_place_of_the_loss() -> None:
    learned = [row(1, accuracy=0.5, val_accuracy=0.25), row(2, accuracy=1.0, val_accuracy=0.75)]
    head, lines = table(learned, learned[-1], 80)
    assert head.split("  ")[-2:] == ["accuracy", "val accuracy"]
    assert lines[1].split() == [*("2", "128", "9.820e-2", "0.3127", "0.4000", "1.0000", "0.7500")]
    head, lines = table(learned, learned[-1], 48)
    assert "accuracy" not in head
    head, lines = table(learned, learned[-1], 36, "accuracy")
    assert head.split() == ["epoch", "rate", "accuracy", "val", "accuracy"]
    assert lines[0].split() == ["1", "9.82e-2", "0.5000", "0.2500"]


class Alone(App[None]):
    def compose(self) -> ComposeResult:
        yield EpochTable(id="epochs")

    def shown(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips(self.size)]


async def test_it_follows_the_last_row_until_it_is_scrolled() -> None:
    app = Alone()
    async with app.run_test(size=(60, 6)) as pilot:
        shown = app.query_one(EpochTable)
        rows = ROWS[:10]
        shown.show(rows)
        await pilot.pause()
        assert app.shown()[0].endswith("5 above")
        assert app.shown()[-1].split()[0] == "10"
        rows.append(row(11))
        shown.show(rows)
        await pilot.pause()
        assert app.shown()[-1].split()[0] == "11"

        shown.focus()
        await pilot.press("up", "up")
        rows.append(row(12))
        shown.show(rows)
        await pilot.pause()
        assert app.shown()[-1].split()[0] == "9"
        assert app.shown()[0].endswith("↑4 ↓3")
        await pilot.press("home")
        await pilot.pause()
        assert app.shown()[1].split()[0] == "1"
        await pilot.press("pagedown", "end")
        await pilot.pause()
        assert app.shown()[-1].split()[0] == "12"


async def test_another_run_is_seen_from_its_last_row() -> None:
    app = Alone()
    async with app.run_test(size=(60, 4)) as pilot:
        shown = app.query_one(EpochTable)
        shown.show(ROWS)
        shown.scroll_rows(-20)
        shown.show(ROWS[:8])
        await pilot.pause()
        assert [line.split()[0] for line in app.shown()[1:]] == ["6", "7", "8"]
