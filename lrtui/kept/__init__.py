"""What is kept between two sessions, as TOML that a person can read and edit.

A file with a fault is named with its line and never written over. Knows no screen.
"""

from pathlib import Path

from lrtui.kept.file import FileFault, Loaded, NotWritten, TooLongToKeep, read, write
from lrtui.kept.sections import SECTION

__all__ = [
    "PRESETS_FILE",
    "SECTION",
    "SESSION_FILE",
    "FileFault",
    "Loaded",
    "NotWritten",
    "TooLongToKeep",
    "folder",
    "read",
    "write",
]

SESSION_FILE, PRESETS_FILE = "session.toml", "presets.toml"
"""Within :func:`folder`."""


def folder() -> Path:
    """The user's own folder for it. It need not exist."""
    from platformdirs import user_config_path

    return user_config_path("lrtui")
