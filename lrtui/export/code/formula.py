"""The formula of a schedule as source for another library, derived from its own source.

A formula is written once against an array namespace `xp`; here its syntax tree is taken and each
`xp` replaced, so that a new schedule needs no exporter of its own. Only the source of our own
classes is read; nothing of it, and nothing a user typed, is evaluated.
"""

import ast
import builtins
import copy
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from lrtui.export.code.layout import WIDTH, groups, literal
from lrtui.export.code.pruning import pruned
from lrtui.schedules import Schedule

_JUMPING = ("floor", "ceil", "power")


@dataclass(frozen=True)
class Dialect:
    """How a library spells what a formula uses."""

    namespace: str
    """What `xp` is there: ``ops``, ``np``, ``jnp``."""
    real: str
    """A parameter as a float32 scalar; ``{}`` stands for it."""
    fields_on_self: bool
    """Whether a field stays ``self.name``, in a class, or is a local name, in a function."""
    barrier: str = ""
    """What a divisor ``{}`` must be hidden in from the compiler, if there is one."""


class NotWritable(ValueError):
    """A formula that uses what the exporters do not know: a defect of that schedule's class."""


def fields_of(schedule: Schedule) -> dict[str, Any]:
    """The fields of a schedule by name, in the order of its arguments."""
    return {name: getattr(schedule, name) for name in schedule.__struct_fields__}


def methods(schedule: Schedule, dialect: Dialect) -> dict[str, ast.FunctionDef]:
    """The formula and the helper methods it reaches, rewritten, by name; the formula comes first.

    In a function's dialect the branches that the schedule's values rule out are gone.

    Raises:
        NotWritable: the formula uses something that is neither a field, a local, nor of `xp`.
    """
    cls, found = type(schedule), dict[str, ast.FunctionDef]()
    wanted = ["formula"]
    while wanted:
        name = wanted.pop(0)
        if name in found:
            continue
        tree = copy.deepcopy(_method(cls, name))
        if not dialect.fields_on_self:
            tree = pruned(tree, fields_of(schedule))
        rewriting = _Rewriting(cls, tree, dialect)
        found[name] = ast.fix_missing_locations(rewriting.visit(tree))
        wanted += rewriting.helpers
    return found


def lines_of(tree: ast.AST, indent: str = "") -> list[str]:
    """A tree as lines of source, texts in double quotes as everywhere here."""
    text = ast.unparse(_DoubleQuoted().visit(tree))
    return [_bare(indent + line) if line else "" for line in text.splitlines()]


def _bare(line: str) -> str:
    """``a, b = (1, 2)`` without the brackets that unparsing gives it, if it fits."""
    start = re.match(r" *\w+(, \w+)+ = (?=\()", line)
    if (
        start
        and len(line) <= WIDTH
        and groups(line[start.end() :]) == [(0, len(line) - start.end() - 1)]
    ):
        return start[0] + line[start.end() + 1 : -1]
    return line


def names_in(*trees: ast.AST) -> set[str]:
    """Every name that is read or written in these trees."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def fragile_divisors(schedule: Schedule, *trees: ast.AST) -> list[str]:
    """The fields by which something is divided before a step is taken of it that may jump.

    Compilers divide by a constant by multiplying with its rounded inverse: then 41 / 41 is less
    than 1, and its floor a whole period off; and 1 - 3 / 3 is less than 0, and has no square root.
    """
    nodes = [node for tree in trees for node in ast.walk(tree)]
    if not any(isinstance(node, ast.Attribute) and node.attr in _JUMPING for node in nodes):
        return []
    found = set()
    for node in nodes:
        match node:
            case ast.BinOp(op=ast.Div(), right=ast.Name(id=name)):
                found.add(name)
    return [name for name, value in fields_of(schedule).items() if name in found and _whole(value)]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@cache
def _method(cls: type[Schedule], name: str) -> ast.FunctionDef:
    """A method without its annotations, and without the docstring if it is the formula."""
    text = textwrap.dedent(inspect.getsource(getattr(cls, name)))
    tree = ast.parse(text).body[0]
    assert isinstance(tree, ast.FunctionDef)
    tree.returns, tree.decorator_list = None, []
    if name == "formula" and ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:]
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
    return tree


def _bound(tree: ast.FunctionDef) -> Iterator[str]:
    """The names that a method gives to its own values."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg not in ("self", "xp"):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


class _Rewriting(ast.NodeTransformer):
    """Rewrites one method; notes the helper methods it calls."""

    def __init__(self, cls: type[Schedule], tree: ast.FunctionDef, dialect: Dialect) -> None:
        self._cls, self._dialect, self._method = cls, dialect, tree.name
        self._globals = getattr(cls, tree.name).__globals__
        self._locals = set(_bound(tree))
        self._fields = set(cls.__struct_fields__)
        self.helpers: list[str] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        gone = {"xp"} if self._dialect.fields_on_self else {"xp", "self"}
        node.args.args = [arg for arg in node.args.args if arg.arg not in gone]
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return None
        return self.visit(ast.Assign([node.target], node.value))

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self._renamed(node.arg)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        match node.value:
            case ast.Name(id="xp"):
                return ast.Attribute(ast.Name(self._dialect.namespace), node.attr)
            case ast.Name(id="self"):
                return self._own(node)
        return self.generic_visit(node)

    def _own(self, node: ast.Attribute) -> Any:
        if node.attr in self._fields:
            return node if self._dialect.fields_on_self else ast.Name(node.attr)
        value = getattr(self._cls, node.attr)
        if not callable(value):
            return ast.parse(literal(value), mode="eval").body
        self.helpers.append(node.attr)
        return node if self._dialect.fields_on_self else ast.Name(node.attr)

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "real":
            value = ast.unparse(self.visit(node.args[0]))
            return ast.parse(self._dialect.real.format(value), mode="eval").body
        node.args = [arg for arg in node.args if not _is_xp(arg)]
        node.keywords = [word for word in node.keywords if not _is_xp(word.value)]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "formula":
            # An inner schedule. Here a step is float32 already, so `real` around it says nothing.
            node.func, node.args = node.func.value, [_unreal(arg) for arg in node.args]
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in self._locals:
            return ast.Name(self._renamed(node.id), node.ctx)
        if node.id in ("self", "math") or hasattr(builtins, node.id):
            return node
        value = self._globals.get(node.id)
        if isinstance(value, (int, float)):
            return ast.parse(literal(value), mode="eval").body
        where = f"{self._cls.__name__}.{self._method}"
        raise NotWritable(f"{where} must use fields, locals and xp only. Received: {node.id}")

    def _renamed(self, name: str) -> str:
        """A local that has the name of a field would hide it in a function."""
        clash = name in self._fields and not self._dialect.fields_on_self
        return f"{name}_" if clash else name


def _unreal(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="real"), args=[value, _]):
            return value
    return node


def _is_xp(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "xp"


class _DoubleQuoted(ast.NodeTransformer):
    """Puts short texts in double quotes: the name of a node is written out as it is."""

    def visit_Constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, str) and node.value.isidentifier():
            return ast.Name(f'"{node.value}"')
        return node
