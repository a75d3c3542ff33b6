"""The README names every command and every key."""

from pathlib import Path

import pytest
from textual.binding import Binding

import lrtui
from lrtui.cli.program import COMMANDS
from lrtui.tui.app import LrtuiApp

README = (Path(lrtui.__file__).parent.parent / "README.md").read_text(encoding="utf-8")
KEYS = [
    (binding.key_display or binding.key, binding.description)
    for binding in LrtuiApp.BINDINGS
    if isinstance(binding, Binding) and not binding.key.startswith("ctrl+")
]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command(name: str) -> None:
    assert f"lrtui {name}" in README


@pytest.mark.parametrize(("key", "does"), KEYS, ids=[key for key, _ in KEYS])
def test_every_key(key: str, does: str) -> None:
    assert f"`{key}`" in README, f"{key}: {does}"


@pytest.mark.parametrize("way", ["make run", "make test", "pip install"])
def test_the_quick_start(way: str) -> None:
    assert way in README
