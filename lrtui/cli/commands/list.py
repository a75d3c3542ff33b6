"""``lrtui list``: the catalogue of schedules."""

import json
import math
import textwrap
from collections.abc import Iterator
from typing import Any

import click

from lrtui.cli.output import put
from lrtui.export.foreign import entries
from lrtui.schedules import Parameter, Schedule, catalogue, parameters, read_docstring, short_name
from lrtui.schedules.foreign import libraries
from lrtui.schedules.quantities import Number

_WIDTH = 80


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="print one JSON array, an object a schedule")
@click.option("--foreign", is_flag=True, help="print the constructors of other libraries instead")
def command(as_json: bool, foreign: bool) -> None:
    """Print every schedule: names, formula, parameters with their defaults, reference."""
    if foreign:
        _print_foreign(as_json)
        return
    schedules = catalogue().values()
    if as_json:
        put(json.dumps([as_data(cls) for cls in schedules], indent=2, ensure_ascii=False))
    else:
        put("\n\n".join("\n".join(as_text(cls)) for cls in schedules))


def _print_foreign(as_json: bool) -> None:
    """What of other libraries is understood, what it becomes, or why it has no curve."""
    tables = {library.TITLE: [*entries(library)] for library in libraries()}
    if as_json:
        found = [
            {"library": title, "constructor": signature, "becomes": becomes}
            for title, rows in tables.items()
            for signature, becomes in rows
        ]
        put(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for place, (title, rows) in enumerate(tables.items()):
        put(("\n" if place else "") + title)
        for signature, becomes in rows:
            put(
                "\n".join(
                    [*_filled(signature, "  ", "      "), *_filled(becomes, "    → ", "      ")]
                )
            )


def as_data(cls: type[Schedule]) -> dict[str, Any]:
    """A schedule as JSON knows it; a bound that is infinite is null."""
    prose = read_docstring(cls)
    return {
        "name": short_name(cls),
        "class": cls.__name__,
        "summary": prose.summary,
        "formula": prose.formula,
        "parameters": [_parameter_data(parameter) for parameter in parameters(cls)],
        "example": prose.example,
        "note": prose.note,
        "reference": prose.reference,
    }


def _parameter_data(parameter: Parameter) -> dict[str, Any]:
    quantity = parameter.quantity
    low, high = (quantity.low, quantity.high) if isinstance(quantity, Number) else (None, None)
    return {
        "name": parameter.name,
        "type": parameter.type.__name__.lower(),
        "many": parameter.many,
        "optional": parameter.optional,
        "default": _default_data(parameter),
        "choices": list(quantity.choices),
        "low": low,
        "high": high if math.isfinite(high or 0) else None,
        "unit": quantity.unit,
        "help": parameter.help,
    }


def _default_data(parameter: Parameter) -> Any:
    """The default as JSON; a schedule in its text form."""
    if parameter.nested and parameter.many:
        return [str(one) for one in parameter.default]
    return str(parameter.default) if parameter.nested else parameter.default


def as_text(cls: type[Schedule]) -> Iterator[str]:
    """A schedule as lines of at most 80 characters."""
    prose = read_docstring(cls)
    yield f"{short_name(cls)}  ({cls.__name__})"
    yield from _filled(prose.summary, "  ")
    yield ""
    for line in prose.formula.splitlines():
        indent = " " * (4 + len(line) - len(line.lstrip()))
        yield from _filled(line.strip(), indent, indent + "    ")
    yield ""
    names = [f"{p.name} = {p.show(p.default)}" for p in parameters(cls)]
    for name, parameter in zip(names, parameters(cls), strict=True):
        yield from _filled(name, "  ", "        ")
        yield from _filled(f"{parameter.help} {_allowed(parameter)}", "      ")
    yield ""
    if prose.note:
        yield from _filled(f"Note: {prose.note}", "  ")
    yield from _filled(f"Reference: {prose.reference}", "  ")


def _allowed(parameter: Parameter) -> str:
    phrase = parameter.allowed.removeprefix("must be ")
    return f"{phrase[0].upper()}{phrase[1:]}."


def _filled(text: str, indent: str, indent_after: str | None = None) -> list[str]:
    after = indent if indent_after is None else indent_after
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=after)
