"""Reads the text of an optimizer: a short name, or its constructor as in a script.

Read with ``ast``, literals only; nothing is evaluated and Keras is not imported, so both processes
read it. Whether Keras has such a class and such arguments only the training can tell.
"""

import ast
import math
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from lrtui.schedules import Invalid

MAX_CHARACTERS = 500

_NAME = re.compile(r"[A-Za-z]\w*")
_PREFIXES = ("", "keras.optimizers.", "tf.keras.optimizers.", "tensorflow.keras.optimizers.")
_EXAMPLE = "SGD(momentum=0.9, nesterov=True)"
_ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}


class OptimizerCall(Struct, frozen=True):
    """A class of ``keras.optimizers`` and what it is called with, besides the learning rate."""

    name: str
    """Of the class."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Keras' defaults of the main arguments, where they are known here."""
    note: str = ""
    """What is unusual in how it uses the rate; empty: nothing."""

    @property
    def main(self) -> dict[str, Any]:
        """The main arguments with the values that hold, and all others that are given."""
        return {**self.defaults, **self.arguments}

    def __str__(self) -> str:
        """Its constructor expression with all that :attr:`main` says."""
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.main.items())})"


NAMED: Mapping[str, OptimizerCall] = {
    "sgd": OptimizerCall("SGD", {}, {"momentum": 0.0, "nesterov": False}),
    "momentum": OptimizerCall("SGD", {"momentum": 0.9}, {"momentum": 0.0, "nesterov": False}),
    "nesterov": OptimizerCall(
        "SGD", {"momentum": 0.9, "nesterov": True}, {"momentum": 0.0, "nesterov": False}
    ),
    "rmsprop": OptimizerCall(
        "RMSprop", {}, {"rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False}
    ),
    "adam": OptimizerCall("Adam", {}, {**_ADAM, "amsgrad": False}),
    "adamw": OptimizerCall("AdamW", {}, {"weight_decay": 0.004, **_ADAM, "amsgrad": False}),
    "nadam": OptimizerCall("Nadam", {}, _ADAM),
    "adamax": OptimizerCall("Adamax", {}, _ADAM),
    "adagrad": OptimizerCall("Adagrad", {}, {"initial_accumulator_value": 0.1, "epsilon": 1e-7}),
    "lion": OptimizerCall("Lion", {}, {"beta_1": 0.9, "beta_2": 0.99}),
    "lamb": OptimizerCall("Lamb", {}, _ADAM),
    "adafactor": OptimizerCall(
        "Adafactor",
        {},
        {"beta_2_decay": -0.8, "epsilon_2": 1e-3, "clip_threshold": 1.0},
        "moves each weight tensor by at most 1/sqrt(step + 1) of its size, whatever the rate",
    ),
}
"""The optimizers that have a short name."""

COMPILED = "compiled"
"""The text of the optimizer that the model of a task of the user's own was compiled with."""

CHOICES = tuple(NAMED)
"""The short names, in the order of the arrow keys."""

_KNOWN = {one.name: one for one in NAMED.values()}


def read(text: str) -> OptimizerCall:
    """The optimizer that a text means.

    Args:
        text: ``adam``, ``adam(beta_1=0.8)``, ``SGD(momentum=0.9, nesterov=True)``,
            ``keras.optimizers.Ftrl``, or any other class of ``keras.optimizers`` by its name.

    Raises:
        Invalid: it is none of these, or sets the learning rate, which the schedule gives.
    """
    if text.strip() == COMPILED:
        return OptimizerCall(COMPILED)
    tree = _tree(text)
    call = tree if isinstance(tree, ast.Call) else ast.Call(tree, [], [])
    name = _name(call.func, text)
    ready = NAMED.get(name)
    if ready is None and not name[0].isupper():
        raise _refusal(text)
    if call.args:
        allowed = "must name its arguments (Keras' first is the learning rate, which the schedule"
        raise Invalid("optimizer", f"{allowed} gives), as in {_EXAMPLE}", text)
    given = {} if ready is None else dict(ready.arguments)
    seen: set[str] = set()
    for keyword in call.keywords:
        argument = _argument(keyword, seen, text)
        seen.add(argument)
        given[argument] = _literal(keyword.value, argument, text)
    name = name if ready is None else ready.name
    return replace(_KNOWN.get(name, OptimizerCall(name)), arguments=given)


def accepted(text: str) -> str:
    """The text without blanks around it, if :func:`read` understands it.

    Raises:
        Invalid: it does not.
    """
    text = text.strip()
    read(text)
    return text


def _tree(text: str) -> ast.expr:
    if not text or len(text) > MAX_CHARACTERS or not text.isprintable():
        raise _refusal(text)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _refusal(text) from None


def _refusal(text: str) -> Invalid:
    allowed = f"must be one of {', '.join(CHOICES)}, or a class of keras.optimizers"
    return Invalid("optimizer", f"{allowed}, as in {_EXAMPLE}", text)


def _name(node: ast.expr, text: str) -> str:
    dotted = ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
    prefix, dot, name = dotted.rpartition(".")
    if prefix + dot not in _PREFIXES or not _NAME.fullmatch(name):
        raise _refusal(text)
    return name


def _argument(keyword: ast.keyword, seen: set[str], text: str) -> str:
    if keyword.arg is None or keyword.arg in seen:
        raise Invalid("optimizer", f"must name each argument once, as in {_EXAMPLE}", text)
    if keyword.arg in ("learning_rate", "lr"):
        allowed = f"must leave out {keyword.arg}: the schedule gives the rate"
        raise Invalid("optimizer", allowed, text)
    return keyword.arg


def _literal(node: ast.expr, argument: str, text: str) -> Any:
    """Numbers, True, False, None, texts, and lists of them."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        value = node
    for one in value if isinstance(value, (list, tuple)) else [value]:
        known = one is None or isinstance(one, (bool, int, float, str))
        if not known or (isinstance(one, float) and not math.isfinite(one)):
            allowed = f"must give {argument} as a number, a text, True, False or None"
            raise Invalid("optimizer", allowed, text)
    return value
