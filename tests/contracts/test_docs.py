"""The pages made from the classes are as the classes are."""

from pathlib import Path

import lrtui
from lrtui.export import foreign
from lrtui.export.catalogue import page
from lrtui.schedules import catalogue
from lrtui.schedules.foreign import names, without_curve

DOCS = Path(lrtui.__file__).parent.parent / "docs"
PAGE = DOCS / "schedules.md"


def test_the_page_of_schedules_is_made_anew() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_it_has_every_schedule() -> None:
    headings = [line[3:] for line in page().splitlines() if line.startswith("## ")]
    assert sorted(headings) == sorted(catalogue())


def test_the_page_of_other_libraries_is_made_anew() -> None:
    text = (DOCS / "foreign.md").read_text(encoding="utf-8")
    assert text == foreign.page(), "run `make docs`"
    for name in (*names(), *without_curve()):
        assert f"| `{name}" in text
