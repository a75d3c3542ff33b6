"""A described value as TOML's tables, and back. Pure: knows no file.

A field is a key: numbers, texts, lists and true or false as TOML has them, a schedule in its text
form, none (which TOML has not) as ``"none"``. A field that is itself described is a table, several
are an array of tables. What has its default is left out.
"""

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from lrtui.schedules import Described, Invalid, Parameter, Schedule, parameters
from lrtui.schedules.quantities import DescribedValue
from lrtui.schedules.quantities.described import read_described

D = TypeVar("D", bound=Described)

SECTION = DescribedValue()
"""For annotating a field that is a table: ``settings: Annotated[Settings, SECTION]``."""

Place = tuple[str | int, ...]
"""Where something stands: keys, and the numbers of items."""
Fault = tuple[Place, str]
"""Where something is wrong, and what."""


def to_table(value: Described) -> dict[str, Any]:
    """The value as tables: what differs from the defaults."""
    table = {}
    for one in parameters(type(value)):
        held = getattr(value, one.name)
        if held != one.default:
            table[one.name] = [_plain(item) for item in held] if one.many else _plain(held)
    return {name: held for name, held in table.items() if held != {}}


def _plain(value: Any) -> Any:
    if isinstance(value, Schedule):
        return str(value)
    if isinstance(value, Described):
        return to_table(value)
    return "none" if value is None else value


def from_table(cls: type[D], table: Mapping[str, Any]) -> tuple[D, list[Fault]]:
    """The value that a table holds, as far as it is right, and what is wrong with it.

    A value that is wrong has its default; one that is right only with others (or an item of an
    array) is left out with them.

    Args:
        cls: what it holds; all its fields, and those of its tables, must have a default. Items of
            an array need none.
        table: as tomllib reads it.
    """
    faults: list[Fault] = []
    value = _described(cls, table, (), faults)
    return cls() if value is None else value, faults


def _described(
    cls: type[D], table: Mapping[str, Any], place: Place, faults: list[Fault]
) -> D | None:
    """The value, or None if it cannot be made at all."""
    known = {one.name: one for one in parameters(cls)}
    given = {}
    for name, raw in table.items():
        here = (*place, name)
        if name not in known:
            faults.append((here, f"{name} is not known{_nearest(name, known)}"))
            continue
        try:
            given[name] = _value(known[name], raw, here, faults)
        except Invalid as fault:
            faults.append((here, str(fault)))
    for name, one in known.items():
        if one.default is msgspec.NODEFAULT and name not in given:
            if name not in table:
                faults.append((place, f"{name} is missing"))
            return None
    try:
        return cls(**given)
    except Invalid as fault:
        faults.append(((*place, fault.name) if fault.name in table else place, str(fault)))
        return None


def _value(one: Parameter, raw: Any, here: Place, faults: list[Fault]) -> Any:
    if one.nested and not issubclass(one.type, Schedule):
        return _items(one, raw, here, faults) if one.many else _section(one, raw, here, faults)
    if issubclass(one.type, Schedule) and isinstance(raw, list):
        raw = [read_described(one.type, text) if isinstance(text, str) else text for text in raw]
    if isinstance(raw, str) and one.type is not str:
        return one.read(raw)
    return one.check(raw)


def _section(one: Parameter, raw: Any, here: Place, faults: list[Fault]) -> Any:
    if not isinstance(raw, dict):
        raise Invalid(one.name, "must be a table", raw)
    value = _described(one.type, raw, here, faults)
    return one.default if value is None else value


def _items(one: Parameter, raw: Any, here: Place, faults: list[Fault]) -> Any:
    """The items without a fault."""
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise Invalid(one.name, "must be tables", raw)
    sound: list[Any] = []
    for number, item in enumerate(raw):
        wrong: list[Fault] = []
        value = _described(one.type, item, (*here, number), wrong)
        faults += wrong
        if not wrong:
            sound.append(value)
    return tuple(sound)


def _nearest(name: str, known: Mapping[str, Parameter]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {nearest[0]}?)" if nearest else ""
