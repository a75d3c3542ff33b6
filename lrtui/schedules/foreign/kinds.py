"""Kinds of arguments that other libraries have."""

import ast
from collections.abc import Mapping
from typing import Annotated, Any

from lrtui.schedules.family.cosine_annealing_restarts import WholeMultiplier
from lrtui.schedules.foreign.constructor import Kind, Line
from lrtui.schedules.foreign.optimizers import Group
from lrtui.schedules.parameters import Invalid, LearningRate, Steps, WarmupSteps, parameter_of
from lrtui.schedules.quantities import Number, NumberPairs

Whole = Annotated[int, Number("steps", low=-(10**12), high=10**12)]
"""Steps where the library takes 0 and less as well."""
Pairs = Annotated[
    tuple[float, ...], NumberPairs(low=-1e12, high=1e12, example="{300: 0.1, 600: 0.1}")
]
"""A dict of steps and factors, as a row: step, factor, step, factor."""

_LAST_EPOCH = parameter_of("last_epoch", Annotated[int, Number(low=-1, high=10**12)], None)


class _Ignored(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """Whatever stands there."""
        return None


Ignored = Annotated[Any, _Ignored()]
"""Says nothing about the rate."""


_WORKED_OUT = (ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare)


class _StepItself(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """Nothing.

        Raises:
            Invalid: it is something that is worked out of the step, or one step alone.
        """
        if isinstance(node, ast.Constant) or any(
            isinstance(one, _WORKED_OUT) for one in ast.walk(node)
        ):
            allowed = "must be the step itself: with another number the curve is another"
            raise Invalid(name, allowed, line.reader.source(node))


StepItself = Annotated[Any, _StepItself()]
"""The variable that counts the steps."""


class _Verbose(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """Nothing; older versions take a truth value, newer ones none at all."""
        if not isinstance(node, ast.Constant) or node.value not in (True, False, "deprecated"):
            raise Invalid(name, "must be True or False", line.reader.source(node))


Verbose = Annotated[Any, _Verbose()]
"""Whether a library says what it does."""


class _NoText(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """Nothing; a text is refused, which would end the training."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            raise Invalid(name, "must be a number", line.reader.source(node))


IgnoredNumber = Annotated[Any, _NoText()]
"""Says nothing about the rate either, but is worked with."""


class _Name(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """Nothing; a number is refused, which is meant for something else."""
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            raise Invalid(name, "must be a text", line.reader.source(node))


NameOfIt = Annotated[Any, _Name()]
"""What something is called."""


class Nothing(Kind):
    """None; anything else is refused, with the reason."""

    def __init__(self, allowed: str) -> None:
        self._allowed = allowed

    def read(self, name: str, node: ast.expr, line: Line) -> None:
        """None.

        Raises:
            Invalid: it is anything else.
        """
        if not (isinstance(node, ast.Constant) and node.value is None):
            raise Invalid(name, self._allowed, line.reader.source(node))


NoFunction = Annotated[None, Nothing("must be left out: save the function and open file.py:name")]
"""Nothing of a line is ever run."""


class _PerGroup(Kind):
    """One value, or a list of one for each group of parameters."""

    def __init__(self, of: Any) -> None:
        self._of = of

    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """The value for the line's group.

        Raises:
            Invalid: there are not as many as groups.
        """
        if isinstance(node, (ast.List, ast.Tuple)):
            count = line.group.count
            if len(node.elts) != count:
                many = "s" if count != 1 else ""
                allowed = f"must be {count} value{many}, one for each parameter group"
                raise Invalid(name, allowed, line.reader.source(node))
            node = node.elts[line.group.index]
        return line.reader.value(parameter_of(name, self._of, None), node)


GroupRate = Annotated[Any, _PerGroup(LearningRate)]


class _WithPoint(Kind):
    """A rate that is written with a point: TensorFlow works with the others in its type."""

    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """The rate.

        Raises:
            Invalid: it has no point.
        """
        if isinstance(node, ast.Constant) and type(node.value) is int:
            allowed = "must be written with a point, as in 1.0: TensorFlow refuses it without"
            raise Invalid(name, allowed, node.value)
        return line.reader.value(parameter_of(name, LearningRate, None), node)


RateWithPoint = Annotated[Any, _WithPoint()]


class _Counted(Kind):
    """A whole number that is written without a point: PyTorch looks at its type."""

    def __init__(self, of: Any) -> None:
        self._of = of

    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """The number.

        Raises:
            Invalid: it has a point.
        """
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            allowed = "must be written without a point: PyTorch takes no other"
            raise Invalid(name, allowed, line.reader.source(node))
        return line.reader.value(parameter_of(name, self._of, None), node)


CountedSteps = Annotated[Any, _Counted(Steps)]
CountedWarmupSteps = Annotated[Any, _Counted(WarmupSteps)]
MaybeCountedSteps = Annotated[Any, _Counted(Steps | None)]
CountedMultiplier = Annotated[Any, _Counted(WholeMultiplier)]


class _LastEpoch(Kind):
    """The step after which a schedule goes on, -1 for a new one."""

    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """The step.

        Raises:
            Invalid: the optimizer is made in the line: PyTorch finds no initial_lr in it then.
        """
        last = line.reader.value(_LAST_EPOCH, node)
        if last >= 0 and line.group.new:
            allowed = "must be -1 with a new optimizer: one that was trained has another rate"
            raise Invalid(name, allowed, last)
        return last


LastEpoch = Annotated[Any, _LastEpoch()]


class _GivenOptimizer(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> Group:
        """The group of parameters that the line is read for."""
        return line.group


GivenOptimizer = Annotated[Any, _GivenOptimizer()]
"""The optimizer: the :class:`Group` of it that the line is read for."""


class _Node(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> ast.expr | None:
        """The node itself; None where it says None."""
        return None if isinstance(node, ast.Constant) and node.value is None else node


Node = Annotated[Any, _Node()]
"""Handed on unread, to another constructor."""


class _Entries(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> dict[str, ast.expr]:
        """The entries, unread.

        Raises:
            Invalid: it is no dict whose keys are texts.
        """
        if isinstance(node, ast.Constant) and node.value is None:
            return {}
        return entries(name, node, line)


Entries = Annotated[Any, _Entries()]
"""A dict of another constructor's arguments."""


class _ManyEntries(Kind):
    def read(self, name: str, node: ast.expr, line: Line) -> tuple[list[dict[str, ast.expr]], Line]:
        """The entries of each, unread, and the line that they stand in."""
        if not isinstance(node, (ast.List, ast.Tuple)) or not node.elts:
            raise Invalid(name, "must be dicts, written out", line.reader.source(node))
        return [entries(name, one, line) for one in node.elts], line


ManyEntries = Annotated[Any, _ManyEntries()]
"""A list of such dicts."""


def entries(name: str, node: ast.expr, line: Line) -> dict[str, ast.expr]:
    """The entries of ``{"warmup_steps": 10}`` or ``dict(warmup_steps=10)``, unread.

    Raises:
        Invalid: it is neither.
    """
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict" and not node.args:
        named = {one.arg: one.value for one in node.keywords}
        if None not in named:
            return {key or "": value for key, value in named.items()}
    if isinstance(node, ast.Dict):
        keys = [one.value if isinstance(one, ast.Constant) else None for one in node.keys]
        if all(isinstance(key, str) for key in keys):
            return dict(zip(map(str, keys), node.values, strict=True))
    raise Invalid(name, "must be a dict of arguments, written out", line.reader.source(node))


def call_of(given: Mapping[str, ast.expr]) -> ast.Call:
    """A call with these arguments, for another constructor to read."""
    words = [ast.keyword(name, value) for name, value in given.items()]
    first = next(iter(given.values()), ast.Constant(None))
    return ast.copy_location(ast.Call(ast.Name("dict"), [], words), first)
