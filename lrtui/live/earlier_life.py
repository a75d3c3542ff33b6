"""What a training of the same name, in the process before this one, was steered to at its end."""

import contextlib

import msgspec

from lrtui.protocol import Marked, Started
from lrtui.protocol.journal import decode_line
from lrtui.protocol.registry import Place, open_own, places, read_entry


def steered_before(name: str, but: str) -> str | None:
    """How the last run of this name was steered when it ended, in words; None: it was not.

    Args:
        name: of the training.
        but: the id of its present run.
    """
    known = [(entry, place) for place in places() if (entry := read_entry(place)) is not None]
    earlier = [one for one in known if one[0].name == name and one[0].id != but]
    if not earlier:
        return None
    entry, place = max(earlier, key=lambda one: one[0].began)
    mark = _last_mark(place)
    if mark is None or mark.kind == "undo":
        return None
    rate = "" if mark.rate is None else f", rate {mark.rate:.6g}"
    factor = "" if mark.factor == 1 else f", factor {mark.factor:.6g}"
    return (
        f"the run before (process {entry.pid}) was steered, last by a {mark.kind} at step "
        f"{mark.step} ({mark.schedule}{rate}{factor}). That is not in force in this one"
    )


def _last_mark(place: Place) -> Marked | None:
    """The last change of the last run in a journal."""
    mark = None
    with contextlib.suppress(OSError), open_own(place.events) as file:
        for line in file:
            with contextlib.suppress(msgspec.DecodeError):
                event = decode_line(line).event
                if isinstance(event, Started | Marked):
                    mark = event if isinstance(event, Marked) else None
    return mark
