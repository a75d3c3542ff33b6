"""Lines of a script as they stand there, read to the one constructor call of a schedule.

Assignments, imports, what stands around the schedule, names that hold literals and arithmetic are
understood; nothing is evaluated but literals and their arithmetic.
"""

import ast
from collections.abc import Callable, Mapping
from typing import NamedTuple

from lrtui.schedules.invalid import Invalid
from lrtui.schedules.lines.arithmetic import Folder, Piece, dotted
from lrtui.schedules.lines.around import Finder, Found
from lrtui.schedules.lines.statements import check_size, in_one_line, statements
from lrtui.schedules.number_text import read_number

_NEVER_WORKED_OUT = (
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.IfExp),
    *(ast.Compare, ast.BoolOp, ast.JoinedStr, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom),
)
"""What is no arithmetic, whatever its names hold."""

_CHANGES = ("load_state_dict", "add_param_group")
"""What else changes the rates of an optimizer or a schedule."""

__all__ = [
    "Piece",
    "ReadLine",
    "check_size",
    "in_one_line",
    "read_line",
    "typed_value",
    "unknown_in",
]


class ReadLine(NamedTuple):
    """The schedule of a line."""

    call: ast.Call
    """Its constructor, with names and arithmetic replaced."""
    text: str
    """What its places count in."""
    used: frozenset[str]
    """The names given with -p that stand in the line."""
    notes: tuple[str, ...]
    per_epoch: str
    """What says that its steps are epochs; empty: nothing."""


def read_line(text: str, given: Mapping[str, str], is_schedule: Callable[[str], bool]) -> ReadLine:
    """The schedule that a line, or several, makes.

    Args:
        text: as a person copied it from a script.
        given: values of names in it, as a person typed them.
        is_schedule: whether a dotted name is the constructor of a schedule.

    Raises:
        Invalid: it is no Python, makes no schedule, or does more than can be told from its text.
    """
    cleaned, body = statements(text)
    reader = _Reader(cleaned, given, Finder(is_schedule, cleaned))
    for statement in body:
        reader.take(statement)
    return reader.line(text)


class _Reader:
    """Takes one statement after the other."""

    def __init__(self, text: str, given: Mapping[str, str], finder: Finder) -> None:
        self._text = text
        self._finder = finder
        self._folder = Folder(text)
        self._made: list[tuple[str, ast.expr]] = []
        """What the statements make, each with the name that it gets."""
        self._calls: set[str] = set()
        """The names that stand for what was called."""
        self._held: set[str] = set()
        """The names that stand for a list or a dict."""
        self._stepped: set[str] = set()
        """The names whose ``step()`` is called."""
        self._given = {_normal(name): typed for name, typed in given.items()}
        self._names = {_normal(name): name for name in given}
        for name, typed in self._given.items():
            self._folder.bind(name, typed_value(typed))

    def take(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                return
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.AugAssign(target=target, op=op, value=value):
                work = ast.copy_location(ast.BinOp(target, op, value), statement)
                self._assign(target, work)
            case ast.Expr(value=value):
                self._check_change(value)
                self._made.append(("", self._folder.fold(value)))
            case _:
                allowed = "must only make a schedule; save what does more in a file, and open"
                piece = ast.get_source_segment(self._text, statement) or self._text
                received = Piece(piece.splitlines()[0])
                raise Invalid("a line", f"{allowed} file.py:name", received)

    def _assign(self, target: ast.expr, value: ast.expr, *, folded: bool = False) -> None:
        match target, value:
            case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
                # Python works out all of them before the first name is bound.
                parts = [self._folder.fold(part) for part in values]
                for one, part in zip(targets, parts, strict=True):
                    self._assign(one, part, folded=True)
                return
        name = dotted(target)
        root = name.partition(".")[0].partition("[")[0]
        if not name or (root != name and root in self._calls | self._held):
            piece = ast.get_source_segment(self._text, target) or "…"
            allowed = "is changed after it was made, which is not followed: leave that out"
            raise Invalid(root or "the line", allowed, Piece(piece))
        if name in self._given:
            self._folder.used.add(name)
            return
        if isinstance(value, (ast.BinOp, ast.UnaryOp)) and self._asks_schedule(value):
            allowed = "is worked out of a schedule, which is not followed: open that by itself"
            raise Invalid(name, allowed, self._piece(value))
        held = self._folder.bind(name, value, folded=folded)
        self._made.append((name, held))
        self._calls.discard(name)
        self._held.discard(name)
        if isinstance(held, ast.Call):
            self._calls.add(name)
        elif not isinstance(held, (ast.Constant, ast.Name, ast.Attribute)):
            self._held.add(name)

    def _check_change(self, value: ast.expr) -> None:
        """Refuse a call that changes what was made: ``optimizer.load_state_dict(state)``."""
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="step")):
                self._stepped.add(name)
                return
            case ast.Call(func=ast.Attribute(value=of, attr=attr)):
                name = dotted(of).partition(".")[0].partition("[")[0]
                changes = attr in _CHANGES or name in self._held or not isinstance(of, ast.Name)
            case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=name), *_]):
                changes = True
            case _:
                return
        if changes and name in self._calls | self._held:
            allowed = "is changed after it was made, which is not followed: leave that out"
            raise Invalid(name, allowed, self._piece(value))

    def _asks_schedule(self, value: ast.expr) -> bool:
        """Whether a schedule that was made before is asked for a rate in it."""
        asked = {dotted(one.func) for one in ast.walk(value) if isinstance(one, ast.Call)}
        made = dict(self._made)
        return any(self._finder.makes(made[name]) for name in asked & self._calls)

    def _piece(self, node: ast.expr) -> Piece:
        return Piece(ast.get_source_segment(self._text, node) or "…")

    def line(self, text: str) -> ReadLine:
        """The schedule of what was taken: the last one that nothing else is made of."""
        found: list[tuple[str, Found]] = []
        fault: Invalid | None = None
        for place, (name, tree) in enumerate(self._made):
            if name in self._folder.used and place < len(self._made) - 1:
                continue  # it stands in what follows
            try:
                one = self._finder.find(tree)
            except Invalid as refusal:
                fault = refusal
                continue
            if one:
                found.append((name, one))
                fault = None  # what is made before a schedule, and not used, has nothing to say
        if fault:
            raise fault
        name, last = found[-1] if found else ("", self._unknown(text))
        notes = []
        if len(found) > 1:
            others = ", ".join(other or "one without a name" for other, _ in found[:-1])
            note = f"Several schedules are in the text: the last one is read, not {others}"
            shared = any(_same_optimizer(one.call, last.call) for _, one in found[:-1])
            notes.append(
                f"{note}; on one optimizer they change each other's." if shared else note + "."
            )
        if name in self._stepped:
            notes.append(f"{name}.step() is not counted: the curve begins at the first step.")
        used = frozenset(self._names[one] for one in self._given if one in self._folder.used)
        return ReadLine(last.call, self._text, used, tuple(notes), last.per_epoch)

    def _unknown(self, text: str) -> Found:
        """A call whose name is no schedule's, which whoever knows the names refuses."""
        last = self._made[-1][1] if self._made else None
        if isinstance(last, ast.Call) and dotted(last.func):
            return Found(last)
        if isinstance(last, ast.Constant) and isinstance(last.value, (int, float)):
            allowed = f"is no schedule: a fixed rate is Constant({last.value})"
            raise Invalid("a number", allowed, Piece(text.strip()))
        if last is not None and (name := dotted(last)):
            allowed = "is not known here: paste the line that makes it, too"
            raise Invalid(name, allowed, Piece(text.strip()))
        raise Invalid("schedule", "must be a name or a constructor expression", text)


def _same_optimizer(one: ast.Call, other: ast.Call) -> bool:
    """Whether two schedules are made with the same first argument, which is no number."""
    return bool(one.args and other.args) and (
        not isinstance(one.args[0], ast.Constant)
        and ast.dump(one.args[0]) == ast.dump(other.args[0])
    )


def unknown_in(node: ast.expr) -> str:
    """The first name or call in a tree that has no value; empty: none, or values would not help."""
    if any(isinstance(one, _NEVER_WORKED_OUT) for one in ast.walk(node)):
        return ""
    for one in ast.walk(node):
        if isinstance(one, (ast.Name, ast.Attribute, ast.Subscript)) and dotted(one):
            return dotted(one)
        if isinstance(one, ast.Call):
            return ast.unparse(one)
    return ""


def _normal(name: str) -> str:
    """A name as the syntax tree writes it: ``args['lr']`` for ``args["lr"]``."""
    try:
        return ast.unparse(ast.parse(name.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return name.strip()


def typed_value(text: str) -> ast.expr:
    """A value as a person types it: ``10k``, ``1e-3``, ``100 * 10``; else a text."""
    try:
        return ast.Constant(read_number(text.strip()))
    except (ValueError, OverflowError):
        pass
    try:
        check_size(text)
        return ast.parse(text.strip(), mode="eval").body
    except (Invalid, SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Constant(text)
