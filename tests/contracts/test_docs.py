"""The pages made from the classes are as the classes are."""

from pathlib import Path

import lrtui
from lrtui.export.catalogue import page
from lrtui.schedules import catalogue

PAGE = Path(lrtui.__file__).parent.parent / "docs" / "schedules.md"


def test_the_page_of_schedules_is_made_anew() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_it_has_every_schedule() -> None:
    headings = [line[3:] for line in page().splitlines() if line.startswith("## ")]
    assert sorted(headings) == sorted(catalogue())
