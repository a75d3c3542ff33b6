"""The docstring of a class as data: summary, formula, arguments, reference.

What is said about a schedule is written once, in its docstring, in the order Keras and optax use.
"""

import inspect
import re
import textwrap

from msgspec import Struct, field

_SECTION = re.compile(r"^(Formula|Args|Example|Note|Reference):$")
_ARGUMENT = re.compile(r"^(\w+): (.*)$")


class Docstring(Struct, frozen=True):
    """What a docstring says. A section that is missing is empty."""

    summary: str = ""
    formula: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    example: str = ""
    note: str = ""
    reference: str = ""


def read_docstring(cls: type) -> Docstring:
    """The docstring of a class, taken apart."""
    sections: dict[str, list[str]] = {"": []}
    current = ""
    for line in (inspect.getdoc(cls) or "").splitlines():
        if heading := _SECTION.match(line):
            current = heading[1]
            sections[current] = []
        else:
            sections[current].append(line)
    text = {name: textwrap.dedent("\n".join(lines)).strip() for name, lines in sections.items()}
    return Docstring(
        summary=" ".join(text[""].split()),
        formula=text.get("Formula", ""),
        arguments=_arguments(text.get("Args", "")),
        example=text.get("Example", ""),
        note=" ".join(text.get("Note", "").split()),
        reference=" ".join(text.get("Reference", "").split()),
    )


def _arguments(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if start := _ARGUMENT.match(line):
            name = start[1]
            found[name] = start[2]
        elif name:
            found[name] += " " + line.strip()
    return found
