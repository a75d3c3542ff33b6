"""As a person would: a sweep is started, watched, interrupted, gone on with; a cell is trained."""

import re
from pathlib import Path

import pytest

from tests.person.terminal import Terminal

SWEEP = (
    *("sweep", "cosine", "--over", "highest_rate=1e-3..1:8", "--over", "alpha=0..0.9:8"),
    *("--seeds", "4", "--epochs", "4", "--jobs", "1"),
)
"""64 cells of 4 seeds: four units."""


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
def test_started_watched_interrupted_gone_on_with_and_a_cell_trained(
    size: tuple[int, int], tmp_path: Path
) -> None:
    columns, rows = size
    store = str(tmp_path / "night.db")
    with Terminal(*SWEEP, "--store", store, columns=columns, rows=rows) as terminal:
        terminal.wait_for(
            lambda text: re.search(r"(64|128|192) of 256 trainings", text), "progress"
        )
        assert "highest_rate" in terminal.text, "the map fills while one looks"
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 1
        assert "interrupted: " in terminal.text
        assert "thesamecallgoeson" in "".join(terminal.text.split()), "wherever lines end"

    with Terminal(*SWEEP, "--store", store, columns=columns, rows=rows) as terminal:
        assert terminal.wait_for_end() == 0
        assert "(256 trainings, at once" in terminal.text
        assert re.search(r"^(lowest|best): highest_rate=", terminal.text, re.MULTILINE)

    if size != (80, 24):
        return
    with Terminal("open", store, columns=columns, rows=rows) as terminal:
        terminal.wait_for("final loss: alpha to the right, highest rate upward")
        terminal.wait_for("arrows move, Enter into the form")
        terminal.press("right", "up", "t")
        terminal.wait_for("epoch 4/4")
        terminal.press_until_end("q", "y")
