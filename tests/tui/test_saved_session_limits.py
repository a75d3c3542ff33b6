"""What is cut or dropped from an edited session is said, and the file stays as it is."""

from pathlib import Path

import pytest

from lrtui.kept import SESSION_FILE
from tests.tui.conftest import Stage

PINS = "".join(f'[[pins]]\nschedule = "Constant(0.{one})"\n' for one in range(1, 13))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PINS, "line 17: pins must be at most 8. Received: 12"),
        ('# mine\ntheme = "nosuch"\n', "line 2: theme must be one of"),
    ],
)
async def test_it_is_told_and_not_written_over(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / SESSION_FILE).write_text(text)
    stage = Stage(None, kept_in=tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("down", "right")
        assert told in stage.app.notices[0]
    assert (tmp_path / SESSION_FILE).read_text() == text
