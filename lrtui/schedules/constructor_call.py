"""One constructor call of a syntax tree, of ours or of another library, read to a schedule.

Literals only: names and arithmetic have been replaced before (``lines/``). Calls stand within it
where a schedule is made of others.
"""

import ast
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.catalogue import find, is_name
from lrtui.schedules.given_arguments import require_arguments, require_points
from lrtui.schedules.lines import Piece, unknown_in
from lrtui.schedules.parameters import Described, Invalid, Parameter, parameters
from lrtui.schedules.reading import Said
from lrtui.schedules.user_schedule import UserSchedule, is_source

# The tables of other libraries are read when a line names something of theirs: most name ours.
if TYPE_CHECKING:
    from lrtui.schedules.foreign import Constructor


def as_arguments(schedule: Schedule) -> tuple[type[Schedule], dict[str, Any]]:
    """The class of a schedule, and its arguments by name."""
    names = (parameter.name for parameter in parameters(type(schedule)))
    return type(schedule), {name: getattr(schedule, name) for name in names}


def foreign_constructor(name: str, call: ast.Call | None = None) -> "Constructor | None":
    """The constructor of another library that a name, with what stands before it, means."""
    if is_name(name.rpartition(".")[2]):
        return None
    from lrtui.schedules.foreign import find_constructor

    return find_constructor(name, call)


def foreign_names() -> Iterator[str]:
    """Every name of another library that is understood."""
    from lrtui.schedules.foreign import names

    yield from names()


def read_constructor(
    tree: ast.expr, text: str, said: Said
) -> tuple[type[Schedule], dict[str, Any]]:
    """The class that a call names, and its arguments.

    Args:
        tree: the call.
        text: what it was parsed from, for messages.
        said: what is assumed is added to it.

    Raises:
        Invalid: it names no schedule, or an argument is none of its own or not allowed.
    """
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, (ast.Name, ast.Attribute)):
        raise Invalid("schedule", "must be a name or a constructor expression", text)
    name = tree.func.id if isinstance(tree.func, ast.Name) else tree.func.attr
    if foreign := foreign_constructor(ast.unparse(tree.func), tree):
        from lrtui.schedules.foreign import read_call

        return as_arguments(read_call(foreign, tree, _Reader(text, said)))
    cls = find(name, foreign_names(), called=True)
    known = {parameter.name: parameter for parameter in parameters(cls)}
    # Keras' own `name` argument, by position or by keyword, says nothing about the rate.
    positional = list(tree.args)
    if cls.name_index is not None and len(positional) > cls.name_index:
        called = positional.pop(cls.name_index)
        if not _is_text(called):
            raise Invalid(
                "name",
                f"must be a text, argument {cls.name_index + 1} of Keras'",
                Piece(_source(called, text)),
            )
    keywords = [one for one in tree.keywords if not (one.arg == "name" and _is_text(one.value))]
    written = [*zip(known, positional, strict=False), *((one.arg, one.value) for one in keywords)]
    require_points(cls, {str(name): _literal(node) for name, node in written})
    return cls, _arguments(cls.__name__, known, known, positional, keywords, text, said)


def _literal(node: ast.expr) -> Any:
    """A number as it is written, or a list of them; None: something else."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return [getattr(one, "value", None) for one in node.elts]
    return node.value if isinstance(node, ast.Constant) else None


class _Reader:
    """Reads the values of a line for the constructors of other libraries."""

    def __init__(self, text: str, said: Said) -> None:
        self._text, self._said = text, said

    def value(self, parameter: Parameter, node: ast.expr) -> Any:
        return _value(parameter, node, self._text, self._said)

    def source(self, node: ast.expr) -> str:
        return Piece(_source(node, self._text))

    def note(self, text: str) -> None:
        self._said.notes.append(text)

    def others(self, schedules: Iterable[Schedule]) -> None:
        self._said.others = [*schedules]


def _arguments(
    name: str,
    known: Mapping[str, Parameter],
    open_to: Iterable[str],
    positional: list[ast.expr],
    keywords: list[ast.keyword],
    text: str,
    said: Said,
) -> dict[str, Any]:
    """The values given, by argument. Those in `open_to` may be given by position."""
    names = list(open_to)
    if len(positional) > len(names):
        many = "s" if len(names) != 1 else ""
        raise Invalid(name, f"takes at most {len(names)} argument{many}", len(positional))
    given = {
        one: _value(known[one], node, text, said)
        for one, node in zip(names, positional, strict=False)
    }
    for keyword in keywords:
        if keyword.arg is None:
            allowed = f"must be given its arguments by name, {', '.join(names)}"
            raise Invalid(name, allowed, Piece(f"**{_source(keyword.value, text)}"))
        parameter = known_parameter(name, known, keyword.arg)
        if parameter.name in given:
            raise Invalid(parameter.name, "must be given once", _source(keyword.value, text))
        given[parameter.name] = _value(parameter, keyword.value, text, said)
    return given


def known_parameter(cls: str, known: Mapping[str, Parameter], name: str) -> Parameter:
    """The parameter of a name.

    Raises:
        Invalid: there is none.
    """
    if name not in known:
        raise Invalid(cls, f"takes the arguments {', '.join(known)}", name)
    return known[name]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _own(node: ast.expr) -> UserSchedule | None:
    """A schedule of one's own stands within another as a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_source(node.value):
        return UserSchedule(node.value)
    return None


def _source(node: ast.expr, text: str) -> str:
    return ast.get_source_segment(text, node) or "…"


def _value(parameter: Parameter, node: ast.expr, text: str, said: Said) -> Any:
    if issubclass(parameter.type, Described):
        return parameter.check(_nested(parameter, node, text, said))
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise _not_literal(parameter, node, text) from None
    return parameter.check_literal(value)


def _not_literal(parameter: Parameter, node: ast.expr, text: str) -> Invalid:
    """The refusal of a value that is no literal, which says how to give one."""
    received = Piece(_source(node, text))
    unknown = unknown_in(node)
    if unknown and not {"'", '"'} & set(unknown):
        option = f"-p {shlex.quote(unknown)}=VALUE"
        allowed = f"{parameter.allowed}; {unknown} is not known here: give it with {option}, or"
        return Invalid(parameter.name, f"{allowed} the line that sets it", received)
    return Invalid(parameter.name, f"{parameter.allowed}, written out", received)


def _nested(parameter: Parameter, node: ast.expr, text: str, said: Said) -> Any:
    """A schedule, or several, within another. A bare name is a variable of someone's script."""
    if parameter.many and isinstance(node, (ast.List, ast.Tuple)):
        return tuple(_nested(parameter, one, text, said) for one in node.elts)
    if own := _own(node):
        return own
    if not isinstance(node, ast.Call):
        raise Invalid(parameter.name, f"{parameter.allowed}, written out", _source(node, text))
    try:
        cls, given = read_constructor(node, text, said)
        said.others.clear()  # of several groups the first is in what is made of it
        require_arguments(cls, given, _source(node, text))
        return cls(**given)
    except Invalid as fault:
        raise fault.inside(parameter.name) from None
