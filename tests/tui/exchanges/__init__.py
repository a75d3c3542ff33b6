"""What a real worker once said, line by line, for tests that need no worker."""

from collections.abc import Callable
from pathlib import Path

from lrtui.protocol import Event, decode_event

FOLDER = Path(__file__).parent
RUN = FOLDER / "run.jsonl"
"""A run that is reset, scaled, paused, diverges, is restored and ends; made by `record.py`."""


def recorded(path: Path = RUN) -> list[Event]:
    """The events of a recorded exchange."""
    return [decode_event(line) for line in path.read_bytes().splitlines()]


EXCHANGE = recorded()


def upto(last: Callable[[Event], bool]) -> list[Event]:
    """The recorded exchange up to the first of such events."""
    place = next(place for place, event in enumerate(EXCHANGE) if last(event))
    return list(EXCHANGE[: place + 1])
