"""Brings all accidents about: ``python -m benchmarks.accidents > docs/reliability.md``.

``python -m benchmarks.accidents TIMES FILE WORD...`` tries those that have these words in the
page's first three columns, and adds what became of them to a file of tries, of which the page is
made: so it can be done in pieces. All of them take ten minutes a time on an idle machine. Linux.
"""

import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.accidents import commands, own_worker, screen, scripts
from benchmarks.accidents.table import page, try_all

TIMES = 3


def main(times: int = TIMES, tries: str = "", wanted: Sequence[str] = ()) -> int:
    """Print the page. Returns how many tries were not survived."""
    every = [*own_worker.ACCIDENTS, *screen.ACCIDENTS, *commands.ACCIDENTS, *scripts.ACCIDENTS]
    chosen = [
        one
        for one in every
        if all(word in f"{one.process}, {one.moment}: {one.what}" for word in wanted)
    ]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        outcomes = try_all(chosen, times, Path(tries or f"{folder}/tries"))
    print(page(outcomes), end="")
    return sum(one.tried - one.survived for one in outcomes)


if __name__ == "__main__":
    told = sys.argv[1:]
    sys.exit(main(int((told or [str(TIMES)])[0]), "".join(told[1:2]), told[2:]))
