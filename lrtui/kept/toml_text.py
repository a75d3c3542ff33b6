"""TOML that a person has written and the program changes: comments, order and layout stay.

Pure. Uses tomlkit, which is slow to import: only where something is written, or wrong.
"""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Item, Table

from lrtui.kept.sections import Place

_MARK = "here-lrtui-looked"


def written(
    table: Mapping[str, Any], comment: str, before: bytes | None, was: Mapping[str, Any]
) -> str:
    """The text of a table.

    Args:
        table: numbers, texts, lists, tables and lists of tables.
        comment: the first lines of a new text, without ``#``.
        before: the text whose place it takes, UTF-8; None: there is none.
        was: the table that this text means. Only what differs from it is changed: a value that a
            person wrote in another way stays as it is, also one that is the default.
    """
    document = _parsed(before)
    if document is None:
        document, was = tomlkit.document(), {}
        for line in comment.splitlines():
            document.add(tomlkit.comment(line))
        document.add(tomlkit.nl())
    _merge(document, table, was)
    return tomlkit.dumps(document)


def _parsed(before: bytes | None) -> TOMLDocument | None:
    try:
        return None if not before else tomlkit.parse(before.decode("utf-8-sig"))
    except (TOMLKitError, ValueError):
        return None  # tomllib has read it, tomlkit does not


def _merge(held: Any, table: Mapping[str, Any], was: Mapping[str, Any]) -> None:
    """Make a container, which means what `was` says, mean this table."""
    for name in [name for name in held if name in was and name not in table]:
        del held[name]
    # Plain values before tables: what follows a table's header belongs to it.
    for name, value in sorted(table.items(), key=lambda entry: _is_section(entry[1])):
        if name in held and was.get(name) == value:
            continue
        if isinstance(value, Mapping):
            if not isinstance(held.get(name), Mapping):
                held[name] = tomlkit.table()
            _merge(held[name], value, was.get(name, {}))
        elif _is_section(value):
            held[name] = _merged_tables(held.get(name), value, was.get(name, []))
        else:
            held[name] = _item(value)


def _merged_tables(held: Any, items: list[Mapping[str, Any]], were: list[Mapping[str, Any]]) -> AoT:
    """An array of tables: each keeps the text of the old one that is most like it."""
    texts = held.body if isinstance(held, AoT) else []
    before = list(zip(texts, were, strict=False))
    made = tomlkit.aot()
    for item in items:
        old = _like(item, before)
        if old is None:
            one: Any = tomlkit.table()
            _merge(one, item, {})
        else:
            before.remove(old)
            one = old[0]
            _merge(one, item, old[1])
        made.append(one)
    return made


_Old = tuple[Table, Mapping[str, Any]]


def _like(item: Mapping[str, Any], others: list[_Old]) -> _Old | None:
    """The same one, or else one of the same name."""
    same = (one for one in others if one[1] == item)
    named = (one for one in others if "name" in item and one[1].get("name") == item["name"])
    return next(same, None) or next(named, None)


def _is_section(value: Any) -> bool:
    several = isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    return several or isinstance(value, Mapping)


def _item(value: Any) -> Any:
    made: Any = tomlkit.item(value)
    return made.multiline(len(value) > 8) if isinstance(value, list) else made


def find_line(text: str, place: Place) -> int | None:
    """The line of a key, or of an item's header; if it is not found, of what it stands in.

    tomlkit tells no lines. So the key's comment is marked, and the mark looked for in the text.
    """
    while place:
        if (line := _marked_line(text, place)) is not None:
            return line
        place = place[:-1]
    return None


def _marked_line(text: str, place: Place) -> int | None:
    try:
        document = tomlkit.parse(text.removeprefix("\ufeff"))
        found: Any = document
        for one in place:
            found = found[one]
        if isinstance(found, AoT):
            found = found[0]
        if not isinstance(found, Item):
            return None
        found.trivia.comment, found.trivia.comment_ws = f"# {_MARK}", " "
        before, mark, _ = tomlkit.dumps(document).partition(_MARK)
    except (TOMLKitError, LookupError, TypeError, ValueError):
        return None
    if not mark:
        return None
    # The mark stands where a value of several lines ends.
    lines = found.as_string().count("\n") if not isinstance(found, Table) else 0
    return before.count("\n") + 1 - lines
