"""The page about the house names every room of it, and no file that is not there."""

import re
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "design.md").read_text()


def test_every_room_is_on_the_page_and_no_other() -> None:
    tree = PAGE.partition("lrtui/\n")[2].partition("tests/")[0]
    named, above = set(), ""
    for indent, name in re.findall(r"^( {2}| {4})(\w+)/ ", tree, re.MULTILINE):
        above = name if len(indent) == 2 else above
        named.add(name if len(indent) == 2 else f"{above}/{name}")
    program = TOP / "lrtui"
    rooms = {str(file.parent.relative_to(program)) for file in program.glob("*/**/*.py")}
    assert named == rooms


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.(?:py|toml|tcss))`", PAGE)) - {"mymodule.py"}
    files = [
        str(one.relative_to(TOP))
        for folder in ("lrtui", "tests", "benchmarks")
        for one in (TOP / folder).rglob("*.*")
    ]
    missing = [one for one in named if not any(f"/{file}".endswith(f"/{one}") for file in files)]
    assert named
    assert not missing
