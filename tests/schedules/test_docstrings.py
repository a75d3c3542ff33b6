"""A docstring, taken apart."""

from lrtui.schedules.docstrings import Docstring, read_docstring


class Documented:
    """Falls
    at once.

    Formula:
        first line
          second line, indented

    Args:
        rate: how much;
            and more of it.
        other_one: see: there.

    Example:
        >>> 1 + 1
        2

    Note:
        It is
        so.

    Reference:
        Someone 1999
    """


class Undocumented:
    pass


def test_every_section() -> None:
    assert read_docstring(Documented) == Docstring(
        summary="Falls at once.",
        formula="first line\n  second line, indented",
        arguments={"rate": "how much; and more of it.", "other_one": "see: there."},
        example=">>> 1 + 1\n2",
        note="It is so.",
        reference="Someone 1999",
    )


def test_without_a_docstring_everything_is_empty() -> None:
    assert read_docstring(Undocumented) == Docstring()
