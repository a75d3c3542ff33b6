"""Writing a file whole or not at all."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Write UTF-8 text, or pieces of it, under a temporary name in the same folder, then rename it.

    Whoever looks at `path` sees the old file or the new one, never half of it; after an error there
    is no temporary file either.

    Raises:
        OSError: the folder is missing, nothing may be written there, the disk is full.
    """
    path = path.resolve()
    temporary = path.with_name(f".lrtui-{os.urandom(8).hex()}.part")
    try:
        with temporary.open("x", encoding="utf-8", newline="") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
