"""What a person allowed, worked out without the program."""

import hashlib
from pathlib import Path


def as_it_is(*sources: str) -> tuple[tuple[str, str], ...]:
    """The sources whose files are there, each with the digest of what its file holds now."""
    files = [(source, Path(source.rpartition(":")[0])) for source in sources]
    return tuple(
        (source, hashlib.sha256(file.read_bytes()).hexdigest())
        for source, file in files
        if file.is_file()
    )
