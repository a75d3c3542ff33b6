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
ARGUMENTS = frozenset(
    """
    params lr momentum dampening weight_decay nesterov maximize foreach differentiable fused betas
    eps amsgrad capturable decoupled_weight_decay momentum_decay rho lambd alpha t0 lr_decay
    initial_accumulator_value centered etas step_sizes max_iter max_eval tolerance_grad
    tolerance_change history_size line_search_fn beta2_decay d ns_coefficients ns_steps adjust_lr_fn
    """.split()  # noqa: SIM905
)
"""Of any class of ``torch.optim``."""
_NUMBERS = ("lr", "momentum", "dampening", "weight_decay", "eps", "alpha", "rho", "lr_decay")
_PAIRS = frozenset({"Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Rprop", "SparseAdam"})
"""Those whose third argument is a pair of numbers."""
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
    new: bool = False
    """Whether it is made in the line, so that no schedule has had it yet."""
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
        Group(
            rate,
            optimizer.default,
            assumed=not optimizer.groups,
            optimizer=optimizer.name,
            new=bool(optimizer.groups),
            index=index,
            count=len(rates),
        )
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
    if known:
        _check(name, node, reader)
    given = next((one.value for one in node.keywords if one.arg == "lr"), None)
    if given is None and known and len(node.args) > 1:
        given = node.args[1]
    if any(one.arg is None for one in node.keywords) and given is None:
        raise Invalid("optimizer", "must show its lr", reader.source(node))
    if given is None and not known:
        held = _held_optimizer(node)
        return Optimizer(name) if held is None else read_optimizer(held, reader)
    default = DEFAULT_RATES[name] if given is None else _rate(given, reader)
    rates = [default if one is None else _rate(one, reader) for one in _groups(node, reader)]
    return Optimizer(name, tuple(rates), default)


def _held_optimizer(node: ast.Call) -> ast.Call | None:
    """The optimizer in ``accelerator.prepare(SGD(params, lr=0.1))``; None: there is none."""
    match node.args[:1]:
        case [ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) as held]:
            return held if name in DEFAULT_RATES else None
    return None


def _check(name: str, node: ast.Call, reader: _Reader) -> None:
    """Refuse what no optimizer of PyTorch takes.

    Raises:
        Invalid: it has no parameters to train, or a text where a number belongs.
    """
    given = [one for one in node.args if not isinstance(one, ast.Starred)]
    unpacked = len(given) < len(node.args) or any(one.arg is None for one in node.keywords)
    named = {one.arg: one.value for one in node.keywords}
    params = given[0] if given else named.get("params")
    if params is None and not unpacked:
        raise Invalid(name, "must be given the parameters to train", reader.source(node))
    for key in named:
        if key is not None and key not in ARGUMENTS:
            raise Invalid(name, "must be given arguments of PyTorch's", key)
    others = [*given[1:], *(value for key, value in named.items() if key != "params")]
    if isinstance(params, ast.Constant) or any(_same_name(params, one) for one in others):
        raise Invalid("params", "must be the parameters to train", reader.source(node))
    numbers = [*given[1:3], *(named[one] for one in _NUMBERS if one in named)]
    for one in numbers:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            raise Invalid(name, "must be given numbers, not texts", reader.source(one))
    if name in _PAIRS and len(given) > 2 and isinstance(given[2], ast.Constant):
        raise Invalid(name, "must have a pair of numbers in the third place", reader.source(node))


def _same_name(one: ast.expr | None, other: ast.expr) -> bool:
    return isinstance(one, ast.Name) and isinstance(other, ast.Name) and one.id == other.id


_NONE = ast.Constant(None)


def _rate(node: ast.expr, reader: _Reader) -> float:
    rate: float = reader.value(parameter_of("lr", LearningRate, None), node)
    return rate


def _groups(node: ast.Call, reader: _Reader) -> list[ast.expr | None]:
    """Where the rate of each group stands; None: it has none of its own."""
    params = node.args[0] if node.args else None
    params = next((one.value for one in node.keywords if one.arg == "params"), params)
    match params:
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            entries = [_entries(one) for one in parts]
        case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part):
            entries = [_entries(part)]  # all of them are alike
        case _:
            entries = [None]
    groups = [one for one in entries if one is not None]
    if len(groups) < len(entries) or not groups:
        if params is not None and _shows_rate(params):
            allowed = "must be a list of the groups: a rate is in one of them"
            raise Invalid("params", allowed, reader.source(params))
        return [None]
    assert params is not None
    for one in groups:
        if None not in one and isinstance(one.get("params", _NONE), ast.Constant):
            raise Invalid("params", "must be in each parameter group", reader.source(params))
        if None in one and "lr" not in one:
            raise Invalid("params", "must show each group's lr", reader.source(params))
    return [one.get("lr") for one in groups]


def _shows_rate(node: ast.expr) -> bool:
    return any("lr" in (_entries(one) or ()) for one in ast.walk(node) if isinstance(one, ast.expr))


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
