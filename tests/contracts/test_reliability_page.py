"""docs/reliability.md is made by the benchmark, and says that everything was survived."""

from pathlib import Path

import lrtui
from benchmarks.accidents import commands, own_worker, screen, scripts

PAGE = Path(lrtui.__file__).parent.parent / "docs" / "reliability.md"
KNOWN = {
    (one.process, one.moment, one.what)
    for room in (own_worker, screen, commands, scripts)
    for one in room.ACCIDENTS
}


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_each_was_tried_and_survived_and_cost_less_than_a_second() -> None:
    assert len(rows()) >= 30
    for process, moment, what, tried, survived, lost in rows():
        assert (process, moment, what) in KNOWN, "run `make reliability`"
        assert int(tried) == int(survived) >= 1
        assert lost == "nothing" or float(lost.removesuffix(" s")) <= 1
