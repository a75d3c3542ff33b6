"""A formula without the branches that its schedule's own values rule out.

Works on syntax trees of the formulas of our own classes; nothing is evaluated but comparisons and
sums of a schedule's values.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_REDUCED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


class Undecided(Exception):
    """An expression whose value depends on more than the schedule's own values."""


def pruned(function: ast.FunctionDef, values: Mapping[str, Any]) -> ast.FunctionDef:
    """The function without branches that these values of the fields of `self` rule out."""
    return _Pruning(values).visit(function)  # type: ignore[no-any-return]


class _Pruning(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = self._block(node.body)
        return node

    def visit_If(self, node: ast.If) -> Any:
        try:
            chosen = node.body if decided(node.test, self._values) else node.orelse
        except Undecided:
            node.test = self.visit(node.test)
            node.body, node.orelse = self._block(node.body), self._block(node.orelse)
            return node
        return self._block(chosen)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        try:
            return self.visit(node.body if decided(node.test, self._values) else node.orelse)
        except Undecided:
            return self.generic_visit(node)

    def _block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Visited, and without what would come after a return."""
        kept: list[ast.stmt] = []
        for statement in statements:
            new = self.visit(statement)
            kept += new if isinstance(new, list) else [new]
            if kept and isinstance(kept[-1], ast.Return):
                break
        return kept


def decided(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """The value of an expression of a schedule's own fields.

    Raises:
        Undecided: it depends on anything else.
    """
    match node:
        case ast.Constant():
            return node.value
        case ast.Attribute(value=ast.Name(id="self")) if node.attr in values:
            return values[node.attr]
        case ast.Tuple() | ast.List() | ast.Set():
            return [decided(one, values) for one in node.elts]
        case ast.UnaryOp(op=ast.Not()):
            return not decided(node.operand, values)
        case ast.BoolOp():
            return _joined(node, values)
        case ast.Compare(ops=[op], comparators=[right]):
            return _COMPARED[type(op)](decided(node.left, values), decided(right, values))
        case ast.BinOp() if type(node.op) in _REDUCED:
            sides = decided(node.left, values), decided(node.right, values)
            return _REDUCED[type(node.op)](*sides)
    raise Undecided


def _joined(node: ast.BoolOp, values: Mapping[str, Any]) -> bool:
    """One side may decide it, whatever the others are."""
    ends_at = isinstance(node.op, ast.Or)
    undecided = False
    for side in node.values:
        try:
            if bool(decided(side, values)) is ends_at:
                return ends_at
        except Undecided:
            undecided = True
    if undecided:
        raise Undecided
    return not ends_at
