"""The rates that an optimizer of PyTorch is made with: by keyword, position, default, and group."""

import ast
from typing import Any, Protocol

from msgspec import Struct, field

from lrtui.schedules.parameters import Invalid, LearningRate, Parameter, parameter_of

OUR_RATE = 0.1
"""What is assumed, and said, where the rate stands in an optimizer that we are not shown."""

DEFAULT_RATES = {
    "ASGD": 0.01,
    "Adadelta": 1.0,
    "Adafactor": 0.01,
    "Adagrad": 0.01,
    "Adam": 0.001,
    "AdamW": 0.001,
    "Adamax": 0.002,
    "LBFGS": 1.0,
    "Muon": 0.001,
    "NAdam": 0.002,
    "RAdam": 0.001,
    "RMSprop": 0.01,
    "Rprop": 0.01,
    "SGD": 0.001,
    "SparseAdam": 0.001,
}
"""Of the classes of ``torch.optim``; in each the rate is the second argument."""
WITHOUT_MOMENTUM = frozenset({"ASGD", "Adadelta", "Adafactor", "Adagrad", "LBFGS", "Rprop"})


class _Reader(Protocol):
    def value(self, parameter: Parameter, node: ast.expr) -> Any: ...

    def source(self, node: ast.expr) -> str: ...


class Optimizer(Struct, frozen=True):
    """What a line shows of its optimizer; without groups it shows nothing."""

    name: str = ""
    groups: tuple[float, ...] = ()
    """The rate of each group of parameters."""
    default: float = OUR_RATE
    """The rate of a group that has none of its own."""

    def __str__(self) -> str:
        return f"{self.name} with lr={', '.join(map(str, self.groups))}"


class Group(Struct):
    """A group of parameters, as the schedulers that are made one after another change it."""

    rate: float
    """Its rate now: ``group["lr"]``."""
    default: float
    """What the optimizer was made with."""
    assumed: bool
    optimizer: str = ""
    """The optimizer's class, where it is known."""
    index: int = 0
    count: int = 1
    """Which group it is, of how many."""
    initial: float | None = None
    """What the first scheduler found: ``group["initial_lr"]``."""
    settings: dict[str, float] = field(default_factory=dict)
    """What schedulers keep in the group itself: the one that is made last has the last word."""
    used: bool = False
    """Whether a rate of the schedule comes from it."""

    def begin(self) -> float:
        """The rate that a scheduler bases its own on; the first one sets it."""
        if self.initial is None:
            self.initial = self.rate
            self.used = True
        return self.initial


def groups_of(optimizer: Optimizer) -> list[Group]:
    """The groups of an optimizer; one with our own rate if they are not shown."""
    rates = optimizer.groups or (OUR_RATE,)
    return [
        Group(rate, optimizer.default, not optimizer.groups, optimizer.name, index, len(rates))
        for index, rate in enumerate(rates)
    ]


def read_optimizer(node: ast.expr, reader: _Reader) -> Optimizer:
    """What an argument says of the optimizer. A variable says nothing.

    Raises:
        Invalid: it is no optimizer, or its rate is not written out.
    """
    if not isinstance(node, ast.Call):
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            return Optimizer()
        raise Invalid("optimizer", "must be an optimizer, or its name", reader.source(node))
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    known = name in DEFAULT_RATES
    given = next((one.value for one in node.keywords if one.arg == "lr"), None)
    if given is None and known and len(node.args) > 1:
        given = node.args[1]
    if any(one.arg is None for one in node.keywords) and given is None:
        raise Invalid("optimizer", "must show its lr", reader.source(node))
    if given is None and not known:
        return Optimizer(name)
    default = DEFAULT_RATES[name] if given is None else _rate(given, reader)
    rates = [default if one is None else _rate(one, reader) for one in _groups(node, reader)]
    return Optimizer(name, tuple(rates), default)


def _rate(node: ast.expr, reader: _Reader) -> float:
    rate: float = reader.value(parameter_of("lr", LearningRate, None), node)
    return rate


def _groups(node: ast.Call, reader: _Reader) -> list[ast.expr | None]:
    """Where the rate of each group stands; None: it has none of its own."""
    params = node.args[0] if node.args else None
    params = next((one.value for one in node.keywords if one.arg == "params"), params)
    if not isinstance(params, (ast.List, ast.Tuple)):
        return [None]
    entries = [_entries(one) for one in params.elts]
    groups = [one for one in entries if one is not None]
    if len(groups) < len(entries) or not groups:
        return [None]
    for one in groups:
        if None in one and "lr" not in one:
            raise Invalid("params", "must show each group's lr", reader.source(params))
    return [one.get("lr") for one in groups]


def _entries(node: ast.expr) -> dict[str | None, ast.expr] | None:
    """The entries of ``{"params": p, "lr": 0.1}`` or ``dict(params=p, lr=0.1)``; None: neither."""
    if isinstance(node, ast.Dict):
        return {
            str(key.value) if isinstance(key, ast.Constant) else None: value
            for key, value in zip(node.keys, node.values, strict=True)
        }
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict":
        return {one.arg: one.value for one in node.keywords}
    return None
