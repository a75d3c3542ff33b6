"""What is cut or dropped from an edited session is said, and the file stays as it is."""

from pathlib import Path

import pytest

from lrtui.kept import SESSION_FILE, read
from lrtui.schedules import parse
from lrtui.tui.saved_session import SavedSession, SessionFile
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


def test_what_is_too_long_to_be_kept_is_said_and_what_follows_is_kept(tmp_path: Path) -> None:
    path = tmp_path / SESSION_FILE
    file = SessionFile(path, lambda: 0.0)
    values = ", ".join(f"{1 / (7 + place):.9f}" for place in range(40_001))
    long = parse(f"PiecewiseConstantDecay({list(range(1, 40_001))}, [{values}])")
    told = file.save_when_settled(SavedSession(long), at_once=True)
    assert "it would be longer than 0.5 MB, so what is shown is not kept" in told
    assert not path.exists()
    short = SavedSession(parse("noam"))
    assert file.save_when_settled(short, at_once=True) == ""
    assert read(path, SavedSession).value == short
