"""The README names every command and every key."""

from pathlib import Path

import pytest

import lrtui
from lrtui.cli.program import COMMANDS
from lrtui.tui.app import LrtuiApp
from lrtui.tui.keys import KEYS, Key
from tests.tui.fake import FakeLink

README = (Path(lrtui.__file__).parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command(name: str) -> None:
    assert f"lrtui {name}" in README


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key(key: Key) -> None:
    where = f"README's table of keys must have `{key.name}` with: {key.does}"
    assert all(f"`{name}`" in README for name in key.name.split()), where
    assert key.does in README, where


def test_every_key_does_something() -> None:
    app = LrtuiApp(None, lambda *_: FakeLink(*_))
    assert {key.action for key in KEYS if key.action} == set(app.actions)


@pytest.mark.parametrize("way", ["make run", "make test", "pip install"])
def test_the_quick_start(way: str) -> None:
    assert way in README
