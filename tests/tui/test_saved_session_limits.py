"""What is cut or dropped from an edited session is said, and the file stays as it is."""

import resource
from pathlib import Path

import pytest

from lrtui.kept import SESSION_FILE, read
from lrtui.schedules import parse
from lrtui.tui.saved_session import SETTLED_SECONDS, SavedSession, SessionFile
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


async def test_what_a_full_disk_refused_is_told_once_and_tried_once_more_at_the_end(
    tmp_path: Path,
) -> None:
    path, stage = tmp_path / SESSION_FILE, Stage(None, kept_in=tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            await stage.press(pilot, "down", "right")
            for _ in range(3):
                stage.now += SETTLED_SECONDS
                stage.app._redraw_if_stale()
            stage.app._save(at_once=True)
            assert stage.app.not_kept == f"{path} could not be written: File too large"
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert stage.app.notices.count(stage.app.not_kept) == 2
        shown = stage.app.editor.form_state.schedule
    assert stage.app.not_kept == ""
    assert read(path, SavedSession).value.schedule == shown
