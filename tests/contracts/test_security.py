"""docs/security.md: each paragraph names the tests that hold it."""

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
TEXT = (HOME / "docs" / "security.md").read_text()


def test_each_paragraph_names_tests_that_are_there() -> None:
    paragraphs = [one for one in TEXT.split("\n\n") if not one.startswith("#")][1:]
    assert paragraphs
    for paragraph in paragraphs:
        named = re.findall(r"`(tests/[\w/]+\.py)`", paragraph)
        assert named, paragraph
        assert [path for path in named if not (HOME / path).is_file()] == []
