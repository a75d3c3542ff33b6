"""Arithmetic of literals in a syntax tree: ``100 * 10``, ``1e-3 / 2``, ``int(0.1 * steps)``.

Nothing is evaluated but numbers, lists of them and a handful of functions of numbers, each bounded
in size before it is worked out.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from lrtui.schedules.invalid import Invalid

MAX_NODES = 20_000
"""A tree with its names replaced is no larger: names that hold names would double it each time."""
_MAX_BITS = 256
"""Whole numbers are no longer; the largest that float32 holds has 128."""

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_SIGNS: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "round": round,
    "abs": abs,
    "min": min,
    "max": max,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "math.sqrt": math.sqrt,
}
_CONSTANTS = {"math.pi": math.pi, "np.pi": math.pi, "math.e": math.e}


def dotted(node: ast.expr) -> str:
    """``args.lr`` of a name with dots, ``args['lr']`` of an item; else empty."""
    inner = node
    while isinstance(inner, (ast.Attribute, ast.Subscript)):
        if isinstance(inner, ast.Subscript) and not isinstance(inner.slice, ast.Constant):
            return ""
        inner = inner.value
    return ast.unparse(node) if isinstance(inner, ast.Name) else ""


class Folder:
    """Replaces names by what they are bound to, and arithmetic by its result.

    Args:
        text: what the trees are parsed from, for messages.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._bound: dict[str, tuple[ast.expr, int]] = {}
        """What each name stands for, and of how many nodes that is."""
        self._nodes = 0
        self._calls_bound = False
        """Whether what is bound has a call among it, such as ``len(data)``."""
        self.free: set[str] = set()
        """The names that are bound to nothing, functions aside."""
        self.used: set[str] = set()
        """The names that were replaced."""

    def bind(self, name: str, node: ast.expr, *, folded: bool = False) -> ast.expr:
        """Fold a tree, unless it is folded, for which a name stands from now on; return it folded.

        Raises:
            Invalid: as :meth:`fold`.
        """
        before = self._nodes
        self._calls_bound |= "(" in name
        held = node if folded else self.fold(node)
        nodes = len(list(ast.walk(held))) if folded else self._nodes - before
        self._bound[name] = held, nodes
        return held

    def fold(self, node: ast.expr) -> ast.expr:
        """The tree with names and arithmetic replaced; what cannot be worked out stays.

        Raises:
            Invalid: a number would be too large, is divided by 0, or the tree grows too large.
        """
        self._count(1)
        return self._fold(node)

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise Invalid("schedule", "must be shorter once its names are replaced", self._text)

    def _fold(self, node: ast.expr) -> ast.expr:
        if name := dotted(node):
            return self._name(name, node)
        match node:
            case ast.BinOp():
                return self._operation(node)
            case ast.UnaryOp():
                operand = self.fold(node.operand)
                sign = _SIGNS.get(type(node.op))
                if sign is None or not _is_number(operand):
                    return ast.copy_location(ast.UnaryOp(node.op, operand), node)
                return self._literal(sign(_value(operand)), node)
            case ast.Call():
                return self._call(node)
            case ast.List() | ast.Tuple() | ast.Set():
                made = type(node)(**{**vars(node), "elts": [self.fold(one) for one in node.elts]})
                return ast.copy_location(made, node)
            case ast.Dict():
                keys = [None if one is None else self.fold(one) for one in node.keys]
                made_dict = ast.Dict(keys, [self.fold(one) for one in node.values])
                return ast.copy_location(made_dict, node)
            case ast.Starred():
                return ast.copy_location(ast.Starred(self.fold(node.value), node.ctx), node)
        return node

    def _name(self, name: str, node: ast.expr) -> ast.expr:
        if name in self._bound:
            self.used.add(name)
            found, nodes = self._bound[name]
            self._count(nodes)
            if isinstance(found, ast.Constant):
                return self._literal(found.value, node)
            return found
        if name in _CONSTANTS:
            return self._literal(_CONSTANTS[name], node)
        self.free.add(name)
        return node

    def _operation(self, node: ast.BinOp) -> ast.expr:
        left, right = self.fold(node.left), self.fold(node.right)
        work = _OPERATORS.get(type(node.op))
        if work is None:
            return ast.copy_location(ast.BinOp(left, node.op, right), node)
        if isinstance(node.op, (ast.Add, ast.Mult)) and isinstance(left, ast.List):
            return self._longer_list(node, left, right)
        if not (_is_number(left) and _is_number(right)):
            return ast.copy_location(ast.BinOp(left, node.op, right), node)
        a, b = _value(left), _value(right)
        if isinstance(node.op, ast.Pow) and _too_large(a, b):
            raise self._refusal(node)
        return self._worked_out(lambda: work(a, b), node)

    def _longer_list(self, node: ast.BinOp, left: ast.List, right: ast.expr) -> ast.expr:
        match node.op, right:
            case ast.Add(), ast.List():
                elements = [*left.elts, *right.elts]
            case ast.Mult(), ast.Constant(value=int(count)) if all(map(_is_number, left.elts)):
                self._count(max(0, count * len(left.elts)))
                elements = left.elts * count
            case _:
                return ast.copy_location(ast.BinOp(left, node.op, right), node)
        return ast.copy_location(ast.List(elements, ast.Load()), node)

    def _call(self, node: ast.Call) -> ast.expr:
        if self._calls_bound and ast.unparse(node) in self._bound:
            return self._name(ast.unparse(node), node)
        self._check_given_once(node)
        func = node.func if dotted(node.func) else self.fold(node.func)
        args = [self.fold(one) for one in node.args]
        keywords = [
            ast.copy_location(ast.keyword(one.arg, self.fold(one.value)), one)
            for one in node.keywords
        ]
        work = _FUNCTIONS.get(dotted(node.func))
        given = [*args, *(args[0].elts if len(args) == 1 and isinstance(args[0], ast.List) else ())]
        texts = dotted(node.func) == "float" and _is_text(args[0]) if args else False
        if work and not keywords and args and (texts or all(map(_is_number, given))):
            values = [one.value for one in args if isinstance(one, ast.Constant)]
            return self._worked_out(lambda: work(*values), node)
        return ast.copy_location(ast.Call(func, args, keywords), node)

    def _check_given_once(self, node: ast.Call) -> None:
        """Refuse an argument that is repeated, which the parser lets pass and Python does not."""
        names = [one.arg for one in node.keywords if one.arg]
        if len({*names}) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            piece = Piece(ast.get_source_segment(self._text, node) or "…")
            raise Invalid(twice, "must be given once", piece)

    def _worked_out(self, work: Callable[[], Any], node: ast.expr) -> ast.expr:
        try:
            value = work()
        except (ArithmeticError, ValueError, TypeError):
            raise self._refusal(node) from None
        if isinstance(value, complex) or (
            isinstance(value, int) and value.bit_length() > _MAX_BITS
        ):
            raise self._refusal(node)
        return self._literal(value, node)

    def _literal(self, value: Any, node: ast.expr) -> ast.expr:
        return ast.copy_location(ast.Constant(value), node)

    def _refusal(self, node: ast.expr) -> Invalid:
        piece = Piece(ast.get_source_segment(self._text, node) or "…")
        return Invalid("the line", "must hold numbers that can be worked out", piece)


class Piece(str):
    """A piece of a text, which a message shows in one line and without quotes."""

    def __repr__(self) -> str:
        """Without line ends and what no terminal should be sent."""
        return "".join(one if one.isprintable() else "?" for one in " ".join(self.split()))


def _value(node: ast.expr) -> Any:
    assert isinstance(node, ast.Constant)
    return node.value


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, bool)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _too_large(base: Any, exponent: Any) -> bool:
    """Whether a power is a whole number of too many digits; a float overflows by itself."""
    if isinstance(base, float) or isinstance(exponent, float) or exponent < 0:
        return False
    return bool(abs(base) > 1 and abs(base).bit_length() * exponent > _MAX_BITS + 1)
