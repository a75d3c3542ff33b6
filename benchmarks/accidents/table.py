"""What an accident is, how it is tried, and the page that tells what became of all of them."""

import contextlib
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from lrtui import __version__

PATIENCE_SECONDS = 180.0
"""How long is waited for what never comes, also on a machine that is busy with other things."""


class Accident(NamedTuple):
    """Something that happens to a process at some moment."""

    process: str
    moment: str
    what: str
    happen: Callable[[Path], float]
    """Brings it about, in a folder for its files, and looks what is left. Returns how many seconds
    of a training were lost; raises if anything did not survive."""


class Outcome(NamedTuple):
    """What became of an accident that was tried some times."""

    process: str
    moment: str
    what: str
    tried: int
    survived: int
    lost: float
    """Seconds of a training, at most."""


HEAD = """\
# Reliability

Accidents that were brought about for real, by `python -m benchmarks.accidents`, which writes this
page. *Survived* means: whoever is not the victim goes on or ends in good order, the reason is said
in a line or two, no process, temporary file or damaged terminal is left behind, what is kept can be
read, and the next start works. *Lost* is how much of a training is in no record and no journal, at
most, of all tries. A training that is killed has its journal, which is written twice a second.

lrtui {version}, Python {python}, {system}, {cores} cores; {total} tries of {kinds} accidents.

| victim | moment | accident | tried | survived | lost |
| --- | --- | --- | --- | --- | --- |
"""


class Try(Struct, frozen=True):
    """What became of one try."""

    process: str
    moment: str
    what: str
    survived: bool
    lost: float


def try_all(accidents: list[Accident], times: int, tries: Path) -> list[Outcome]:
    """Try all of them, so many times over, and tell on stderr what happens.

    Whoever interrupts it gets what is known by then.

    Args:
        accidents: to be tried.
        times: each.
        tries: a file with what became of earlier tries, which count as well; it is added to.
    """
    with contextlib.suppress(KeyboardInterrupt):
        for _ in range(times):
            for accident in accidents:
                with tries.open("ab") as file:
                    file.write(msgspec.json.encode(_tried(accident)) + b"\n")
    lines = tries.read_bytes().splitlines() if tries.exists() else []
    return _outcomes(msgspec.json.decode(line, type=Try) for line in lines)


def _outcomes(tries: Iterable[Try]) -> list[Outcome]:
    """The tries of each accident together, as they first came."""
    found: dict[tuple[str, str, str], list[Try]] = {}
    for one in tries:
        found.setdefault((one.process, one.moment, one.what), []).append(one)
    return [
        Outcome(*name, len(some), sum(one.survived for one in some), max(one.lost for one in some))
        for name, some in sorted(found.items())
    ]


def _tried(accident: Accident) -> Try:
    lost, said, began = 0.0, "survived", time.monotonic()
    with tempfile.TemporaryDirectory(prefix="acc", ignore_cleanup_errors=True) as name:
        try:
            lost = accident.happen(Path(name))
        except Exception:
            said = traceback.format_exc()
    what = f"{accident.process}, {accident.moment}: {accident.what}"
    print(f"{what}: {said} ({time.monotonic() - began:.1f} s)", file=sys.stderr, flush=True)
    return Try(accident.process, accident.moment, accident.what, said == "survived", lost)


def page(outcomes: Iterable[Outcome]) -> str:
    """The page, Markdown."""
    outcomes = list(outcomes)
    head = HEAD.format(
        version=__version__,
        python=platform.python_version(),
        system=platform.system(),
        cores=os.cpu_count(),
        total=sum(one.tried for one in outcomes),
        kinds=len(outcomes),
    )
    return head + "".join(map(_row, outcomes))


def _row(outcome: Outcome) -> str:
    process, moment, what, tried, survived, lost = outcome
    told = "nothing" if lost <= 0 else f"{max(lost, 0.1):.1f} s"
    cells = (process, moment, what, str(tried), str(survived), told)
    return f"| {' | '.join(cells)} |\n"


def wait_until(test: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return when it is so.

    Raises:
        TimeoutError: it never is.
    """
    until = time.monotonic() + seconds
    while not test():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return False
    return state != "Z"


def descendants(pid: int) -> list[int]:
    """The processes that it began, and those that these began."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found
