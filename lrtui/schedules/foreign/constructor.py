"""A constructor of another library: its arguments as they stand in a line, and what it becomes.

A table file of a library holds one function a constructor, with its name and with the arguments,
order and defaults of the original. It returns the schedule of ours with the same rates.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from types import ModuleType
from typing import Any, Protocol, TypeVar, get_type_hints

from msgspec import Struct

from lrtui.schedules.base import Schedule
from lrtui.schedules.foreign.optimizers import Group, Optimizer, read_optimizer
from lrtui.schedules.parameters import Invalid, LearningRate, Parameter, parameter_of

Make = TypeVar("Make", bound=Callable[..., Any])


class Reader(Protocol):
    """What reads the values of a line. It is given by whoever reads the line."""

    def value(self, parameter: Parameter, node: ast.expr) -> Any:
        """The value of an argument, checked."""

    def source(self, node: ast.expr) -> str:
        """The piece of the line that a node was read from."""

    def note(self, text: str) -> None:
        """Note what a reader of the line should know of the schedule."""

    def others(self, schedules: Iterable[Schedule]) -> None:
        """Keep the schedules of the optimizer's other groups of parameters."""


class Line(Struct):
    """One line while it is read, for one of the optimizer's groups of parameters."""

    reader: Reader
    group: Group
    library: ModuleType
    """The table of the outermost constructor: those within are looked for there."""


class Kind:
    """How an argument is read that is no plain value. It annotates the argument."""

    def read(self, name: str, node: ast.expr, line: Line) -> Any:
        """The value of the argument `name`."""
        raise NotImplementedError


class Bundle:
    """Arguments that several constructors have in common, one after another.

    A subclass is a dataclass of them; it annotates the one argument that stands for them all.
    """


class Constructor:
    """A constructor of another library.

    Args:
        name: what it is called there.
        make: the function of the library's table.
        library: the library's table.
        becomes: the schedules of ours that it gives, the usual one first.
    """

    def __init__(
        self,
        name: str,
        make: Callable[..., Any],
        library: ModuleType,
        becomes: tuple[type[Schedule], ...],
    ) -> None:
        self.name, self.make, self.library, self.becomes = name, make, library, becomes

    def __call__(self, call: ast.Call, line: Line) -> Any:
        """What the table's function returns for the arguments of a call.

        Raises:
            Invalid: the original refuses them, or ours has no such schedule.
        """
        given = {
            name: self._read(name, node, line) for name, node in self._nodes(call, line).items()
        }
        try:
            return self.make(**self._bundled(given))
        except Invalid as fault:
            if fault.name == self.name or fault.name.partition(":")[0] in self.signature:
                raise
            raise Invalid(self.name, f"gives no schedule ({fault})", _source(call, line)) from None

    @cached_property
    def signature(self) -> Mapping[str, inspect.Parameter]:
        """What it takes, in its order."""
        found: dict[str, inspect.Parameter] = {}
        for name, one in inspect.signature(self.make).parameters.items():
            bundle = self._bundles.get(name)
            parts = inspect.signature(bundle).parameters.values() if bundle else (one,)
            found |= {part.name: part.replace(kind=one.kind) for part in parts}
        return found

    def takes(self, call: ast.Call) -> bool:
        """Whether the arguments of a call could be its own, by their names and number."""
        signature = self.signature
        by_position = [one for one in signature.values() if one.kind is not one.KEYWORD_ONLY]
        names = {one.arg for one in call.keywords} - ({"lr"} if self.takes_optimizer else set())
        given = {one.name for one in by_position[: len(call.args)]} | names
        required = {name for name, one in signature.items() if one.default is one.empty}
        if len(call.args) > len(by_position) or not required <= given <= {*signature}:
            return False
        first = call.args[0] if call.args else None
        return not (isinstance(first, ast.Constant) and by_position[0].name == "optimizer")

    @property
    def alone(self) -> type[Schedule]:
        """The schedule of ours that its name alone means, with our defaults.

        Raises:
            Invalid: it hangs on the arguments.
        """
        if len(self.becomes) > 1:
            raise Invalid("schedule", "must be given with its arguments", self.name)
        return self.becomes[0]

    @property
    def takes_optimizer(self) -> bool:
        """Whether its rate is that of an optimizer."""
        return "optimizer" in self.signature

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Its arguments that are plain values."""
        return {
            name: parameter_of(name, hint, None)
            for name, hint in self._hints.items()
            if name in self.signature and name not in self._kinds
        }

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        """How the others are read."""
        return {
            name: kind
            for name, hint in self._hints.items()
            for kind in getattr(hint, "__metadata__", ())
            if isinstance(kind, Kind)
        }

    @cached_property
    def _hints(self) -> dict[str, Any]:
        hints = dict(self._written)
        for bundle in self._bundles.values():
            hints |= get_type_hints(bundle, include_extras=True)
        return hints

    @cached_property
    def _written(self) -> dict[str, Any]:
        """What the function's own arguments are annotated with."""
        return get_type_hints(self.make, include_extras=True)

    @cached_property
    def _bundles(self) -> dict[str, type[Bundle]]:
        return {
            name: hint
            for name, hint in self._written.items()
            if isinstance(hint, type) and issubclass(hint, Bundle)
        }

    def _bundled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments, those of a bundle in it."""
        found = dict(given)
        for name, bundle in self._bundles.items():
            fields = inspect.signature(bundle).parameters
            found[name] = bundle(**{one: found.pop(one) for one in fields if one in found})
        return found

    def _nodes(self, call: ast.Call, line: Line) -> dict[str, ast.expr]:
        """The arguments of a call by name, in the order of the original."""
        by_position = [
            name for name, one in self.signature.items() if one.kind is not one.KEYWORD_ONLY
        ]
        if len(call.args) > len(by_position):
            many = "s" if len(by_position) != 1 else ""
            allowed = f"takes at most {len(by_position)} argument{many}"
            raise Invalid(self.name, allowed, len(call.args))
        given: dict[str, ast.expr] = {}
        named = [*zip(by_position, call.args, strict=False)]
        named += [(one.arg or "**", one.value) for one in call.keywords]
        for name, node in named:
            if name == "lr" and self.takes_optimizer and name not in self.signature:
                line.group.rate = line.reader.value(parameter_of("lr", LearningRate, None), node)
                line.group.assumed = False
                continue
            if name not in self.signature or isinstance(node, ast.Starred):
                received = _source(node, line) if isinstance(node, ast.Starred) else name
                raise Invalid(
                    self.name, f"takes the arguments {', '.join(self.signature)}", received
                )
            if name in given:
                raise Invalid(name, "must be given once", _source(node, line))
            given[name] = node
        for name, one in self.signature.items():
            if one.default is one.empty and name not in given:
                raise Invalid(self.name, f"must be given {name}", _source(call, line))
        return {name: given[name] for name in self.signature if name in given}

    def _read(self, name: str, node: ast.expr, line: Line) -> Any:
        if kind := self._kinds.get(name):
            return kind.read(name, node, line)
        return line.reader.value(self.parameters[name], node)


def becomes(*classes: type[Schedule]) -> Callable[[Make], Make]:
    """Marks a function of a table as a constructor, and says which schedules of ours it gives."""

    def mark(make: Make) -> Make:
        make.becomes = classes  # type: ignore[attr-defined]
        return make

    return mark


@cache
def constructors(library: ModuleType) -> dict[str, Constructor]:
    """The constructors of a library's table, by name."""
    found = {
        name: Constructor(name, make, library, make.becomes)
        for name, make in vars(library).items()
        if hasattr(make, "becomes")
    }
    aliases: Mapping[str, str] = getattr(library, "ALIASES", {})
    for alias, name in aliases.items():
        original = found[name]
        found[alias] = Constructor(alias, original.make, library, original.becomes)
    return found


def name_of(call: ast.expr) -> str:
    """The last name of what is called: ``StepLR`` of ``lr_scheduler.StepLR(...)``; else empty."""
    func = call.func if isinstance(call, ast.Call) else None
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def optimizer_in(call: ast.Call, known: Mapping[str, Constructor], reader: Reader) -> Optimizer:
    """The optimizer that a line shows, in the call or in one within it; else an unknown one.

    Raises:
        Invalid: it shows several with different rates, or one whose rate cannot be read.
    """
    found = []
    for constructor, node in _optimizers(call, known):
        _check_brackets(constructor, node, reader)
        found.append(read_optimizer(node, reader))
    shown = [one for one in found if one.groups]
    for one in shown[1:]:
        if one.groups != shown[0].groups:
            raise Invalid("optimizer", "must be the same everywhere", str(one))
    return shown[0] if shown else Optimizer()


def _check_brackets(constructor: Constructor, node: ast.expr, reader: Reader) -> None:
    """Refuse an argument of the schedule that has come into the optimizer's brackets."""
    for one in node.keywords if isinstance(node, ast.Call) else []:
        if one.arg is not None and one.arg in constructor.signature:
            allowed = f"must be given to {constructor.name}, not to the optimizer"
            raise Invalid(one.arg, allowed, reader.source(node))


def _optimizers(
    call: ast.Call, known: Mapping[str, Constructor]
) -> Iterator[tuple[Constructor, ast.expr]]:
    """What stands where the constructors of a line are given their optimizer."""
    for node in ast.walk(call):
        constructor = known.get(name_of(node)) if isinstance(node, ast.Call) else None
        if constructor is None or not constructor.takes_optimizer:
            continue
        assert isinstance(node, ast.Call)
        place = [*constructor.signature].index("optimizer")
        given = [one.value for one in node.keywords if one.arg == "optimizer"]
        for one in (*given, *node.args[place : place + 1]):
            yield constructor, one


def _source(node: ast.expr, line: Line) -> str:
    return line.reader.source(node)
