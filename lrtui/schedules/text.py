"""A schedule from text: a short name, a class name, or a constructor expression.

Nothing is ever evaluated: the text is parsed to a syntax tree, and only a call with literal
arguments is accepted.
"""

import ast
import re
import warnings
from collections.abc import Mapping
from typing import Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.catalogue import find
from lrtui.schedules.parameters import Invalid, Parameter, parameters

MAX_CHARACTERS = 20_000
MAX_DEPTH = 50

_NAME = re.compile(r"[A-Za-z][\w.-]*")


def parse(text: str, overrides: Mapping[str, str] | None = None) -> Schedule:
    """The schedule that a text describes.

    Args:
        text: ``exponential``, ``ExponentialDecay`` or, as in a training script,
            ``keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)``.
        overrides: parameters as a person typed them, which win over those in the text.

    Raises:
        Invalid: the text is not understood, or a value is not allowed.
    """
    text = text.strip()
    overrides = overrides or {}
    given: dict[str, Any]
    if _NAME.fullmatch(text):
        cls, given = find(text.rpartition(".")[2]), {}
    else:
        cls, given = _call(_tree(text), text)
    known = {parameter.name: parameter for parameter in parameters(cls)}
    for name, typed in overrides.items():
        given[name] = _known(cls, known, name).read(typed)
    return cls(**given)


def _tree(text: str) -> ast.expr:
    refusal = Invalid("schedule", "must be a name or a constructor expression", text)
    if not text or len(text) > MAX_CHARACTERS or _too_deep(text):
        raise refusal
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise refusal from None


def _too_deep(text: str) -> bool:
    """Whether the parser could be led astray: nested brackets, or a long row of signs."""
    depth = 0
    for character in text:
        depth = max(0, depth + (character in "([{") - (character in ")]}"))
        if depth > MAX_DEPTH:
            return True
    signs = re.search(r"[-+~](?:\s*[-+~]){8}|(?:\bnot\s+){8}", text)
    return signs is not None or len(re.findall(r"\blambda\b", text)) >= 8


def _call(tree: ast.expr, text: str) -> tuple[type[Schedule], dict[str, Any]]:
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, (ast.Name, ast.Attribute)):
        raise Invalid("schedule", "must be a name or a constructor expression", text)
    cls = find(tree.func.id if isinstance(tree.func, ast.Name) else tree.func.attr)
    known = {parameter.name: parameter for parameter in parameters(cls)}
    # Keras' own `name` argument, by position or by keyword, says nothing about the rate.
    positional = [arg for arg in tree.args if not _is_text(arg)]
    if len(positional) > len(known):
        many = "s" if len(known) > 1 else ""
        raise Invalid(cls.__name__, f"takes at most {len(known)} argument{many}", len(positional))
    given = {
        name: _value(parameter, arg, text)
        for (name, parameter), arg in zip(known.items(), positional, strict=False)
    }
    for keyword in tree.keywords:
        if keyword.arg == "name" and _is_text(keyword.value):
            continue
        parameter = _known(cls, known, keyword.arg or "**")
        if parameter.name in given:
            raise Invalid(parameter.name, "must be given once", _source(keyword.value, text))
        given[parameter.name] = _value(parameter, keyword.value, text)
    return cls, given


def _known(cls: type[Schedule], known: Mapping[str, Parameter], name: str) -> Parameter:
    if name not in known:
        raise Invalid(cls.__name__, f"takes the arguments {', '.join(known)}", name)
    return known[name]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _source(node: ast.expr, text: str) -> str:
    return ast.get_source_segment(text, node) or "…"


def _value(parameter: Parameter, node: ast.expr, text: str) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        allowed = f"{parameter.allowed}, written out"
        raise Invalid(parameter.name, allowed, _source(node, text)) from None
    return parameter.check(value)
