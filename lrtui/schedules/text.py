"""A schedule from text: a name, a constructor expression, a Keras config, a saved model's path, or
the source of one's own.

Nothing is ever evaluated: the text is parsed to a syntax tree, and only a call with literal
arguments, or with such calls where a schedule is made of others, is accepted.
"""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from lrtui.schedules.base import MAX_NESTED, MAX_SCHEDULES, Schedule
from lrtui.schedules.catalogue import find, is_name
from lrtui.schedules.parameters import Described, Invalid, Parameter, parameters
from lrtui.schedules.quantities.described import reader_of
from lrtui.schedules.reading import Reading
from lrtui.schedules.user_schedule import UserSchedule, is_source

# What else can be read (PyTorch's constructors, saved models) is imported where it is met: most
# texts name a schedule of ours, and the first frame waits for them.
if TYPE_CHECKING:
    from lrtui.schedules.foreign import Constructor

MAX_CHARACTERS = 20_000
MAX_DEPTH = 50
MAX_OPERATORS = 256

_NAME = re.compile(r"[A-Za-z][\w.-]*")
_OPERATOR = r"(?<![eE])[-+]|[*/%&|^~<>@]|\b(?:if|and|or|in|is|for|await)\b"
_MEANT_AS_SOURCE = re.compile(r"^[^({]*\.py(:|$)")


def parse(text: str, overrides: Mapping[str, str] | None = None) -> Schedule:
    """The schedule that a text describes; :func:`read` without its notes.

    Raises:
        Invalid: the text is not understood, or a value is not allowed.
    """
    return read(text, overrides).schedule


def read(text: str, overrides: Mapping[str, str] | None = None) -> Reading:
    """The schedule that a text describes, and notes on what was assumed to read it.

    Args:
        text: ``exponential``, ``ExponentialDecay`` or, as in a training script,
            ``keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)``,
            ``OneCycleLR(optimizer, max_lr=0.1, total_steps=1000)``,
            ``optax.cosine_decay_schedule(0.1, 1000)``; or the JSON of
            ``keras.optimizers.schedules.serialize``; or the path of a saved ``.keras`` model;
            or ``mymodule.py:name``, which is only named here: nothing of that file is read.
        overrides: parameters as a person typed them, which win over those in the text.

    Raises:
        Invalid: the text is not understood, or a value is not allowed.
    """
    notes: list[str] = []
    cls, given = _described(text.strip(), notes)
    known = {parameter.name: parameter for parameter in parameters(cls)}
    for name, typed in (overrides or {}).items():
        given[name] = _known(cls.__name__, known, name).read(typed)
    return Reading(cls(**given), tuple(dict.fromkeys(notes)))


@reader_of(Schedule)
def _nested_schedule(text: str) -> Schedule:
    """A schedule that stands alone in a form or a file, without parameters beside it."""
    return parse(text)


def _described(text: str, notes: list[str]) -> tuple[type[Schedule], dict[str, Any]]:
    """The class and the arguments that a text names."""
    if is_source(text) or _MEANT_AS_SOURCE.search(text):
        return UserSchedule, {"source": text}
    if text.endswith(".keras"):
        from lrtui.schedules.keras_files import from_archive

        return _apart(from_archive(text))
    if text.startswith("{") and len(text) <= MAX_CHARACTERS:
        from lrtui.schedules.keras_files import from_config

        return _apart(from_config(text))
    if _NAME.fullmatch(text):
        name = text.rpartition(".")[2]
        foreign = _foreign(name)
        return (foreign.returns if foreign else find(name, _names_elsewhere())), {}
    return _call(_tree(text), text, notes)


def _apart(schedule: Schedule) -> tuple[type[Schedule], dict[str, Any]]:
    names = (parameter.name for parameter in parameters(type(schedule)))
    return type(schedule), {name: getattr(schedule, name) for name in names}


def _foreign(name: str) -> "Constructor | None":
    if is_name(name):
        return None
    from lrtui.schedules.foreign import FOREIGN, UNSUPPORTED

    if name in UNSUPPORTED:
        raise Invalid("schedule", UNSUPPORTED[name], name)
    return FOREIGN.get(name)


def _names_elsewhere() -> Iterator[str]:
    from lrtui.schedules.foreign import FOREIGN

    yield from FOREIGN


def _tree(text: str) -> ast.expr:
    refusal = Invalid("schedule", "must be a name or a constructor expression", text)
    if not text or len(text) > MAX_CHARACTERS or _too_many_signs(text):
        raise refusal
    if _too_deep(text):
        raise Invalid("schedule", f"must nest at most {MAX_NESTED} deep", text)
    if (brackets := text.count("(")) > 2 * MAX_SCHEDULES:
        raise Invalid("schedule", f"must hold at most {MAX_SCHEDULES} schedules", brackets)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise refusal from None
    calls = sum(isinstance(node, ast.Call) for node in ast.walk(tree))
    if calls > MAX_SCHEDULES:
        raise Invalid("schedule", f"must hold at most {MAX_SCHEDULES} schedules", calls)
    return tree


def _too_deep(text: str) -> bool:
    depth = 0
    for character in text:
        depth = max(0, depth + (character in "([{") - (character in ")]}"))
        if depth > MAX_DEPTH:
            return True
    return False


def _too_many_signs(text: str) -> bool:
    """Whether the parser could be led astray, or kept busy, by rows of what it nests.

    A constructor expression has no operators but the signs of numbers.
    """
    signs = re.search(r"[-+~](?:\s*[-+~]){8}|(?:\bnot\s+){8}", text)
    operators = sum(1 for _ in islice(re.finditer(_OPERATOR, text), MAX_OPERATORS + 1))
    lambdas = len(re.findall(r"\blambda\b", text))
    return signs is not None or operators > MAX_OPERATORS or lambdas >= 8


def _call(tree: ast.expr, text: str, notes: list[str]) -> tuple[type[Schedule], dict[str, Any]]:
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, (ast.Name, ast.Attribute)):
        raise Invalid("schedule", "must be a name or a constructor expression", text)
    name = tree.func.id if isinstance(tree.func, ast.Name) else tree.func.attr
    if foreign := _foreign(name):
        return _apart(_made_elsewhere(foreign, tree, text, notes))
    cls = find(name, _names_elsewhere())
    known = {parameter.name: parameter for parameter in parameters(cls)}
    # Keras' own `name` argument, by position or by keyword, says nothing about the rate.
    takes_text = any(one.type is str or one.nested for one in known.values())
    positional = [arg for arg in tree.args if takes_text or not _is_text(arg)]
    keywords = [one for one in tree.keywords if not (one.arg == "name" and _is_text(one.value))]
    return cls, _arguments(cls.__name__, known, known, positional, keywords, text, notes)


def _made_elsewhere(
    foreign: "Constructor", tree: ast.Call, text: str, notes: list[str]
) -> Schedule:
    """The schedule that a constructor of another library means."""
    positional, rate = list(tree.args), None
    keywords = [one for one in tree.keywords if one.arg not in foreign.silent]
    if foreign.after_optimizer:
        if positional and isinstance(positional[0], (ast.Name, ast.Attribute, ast.Call)):
            rate = _rate_of(positional.pop(0))
        if "lr" not in {one.arg for one in keywords} and rate is not None:
            keywords.append(rate)
    known = foreign.parameters
    open_to = [name for name in known if name not in foreign.by_keyword]
    given = _arguments(foreign.name, known, open_to, positional, keywords, text, notes)
    for name in foreign.required:
        if name not in given:
            raise Invalid(foreign.name, f"must be given {name}", ast.get_source_segment(text, tree))
    made = foreign.make(**given)
    if isinstance(made, Schedule):
        return made
    notes += made.notes
    return made.schedule


def _rate_of(optimizer: ast.expr) -> ast.keyword | None:
    """The rate that an optimizer is made with where it is made in the same line."""
    if not isinstance(optimizer, ast.Call):
        return None
    return next((one for one in optimizer.keywords if one.arg == "lr"), None)


def _arguments(
    name: str,
    known: Mapping[str, Parameter],
    open_to: Iterable[str],
    positional: list[ast.expr],
    keywords: list[ast.keyword],
    text: str,
    notes: list[str],
) -> dict[str, Any]:
    """The values given, by argument. Those in `open_to` may be given by position."""
    names = list(open_to)
    if len(positional) > len(names):
        many = "s" if len(names) != 1 else ""
        raise Invalid(name, f"takes at most {len(names)} argument{many}", len(positional))
    given = {
        one: _value(known[one], node, text, notes)
        for one, node in zip(names, positional, strict=False)
    }
    for keyword in keywords:
        parameter = _known(name, known, keyword.arg or "**")
        if parameter.name in given:
            raise Invalid(parameter.name, "must be given once", _source(keyword.value, text))
        given[parameter.name] = _value(parameter, keyword.value, text, notes)
    return given


def _known(cls: str, known: Mapping[str, Parameter], name: str) -> Parameter:
    if name not in known:
        raise Invalid(cls, f"takes the arguments {', '.join(known)}", name)
    return known[name]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _own(node: ast.expr) -> UserSchedule | None:
    """A schedule of one's own stands within another as a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_source(node.value):
        return UserSchedule(node.value)
    return None


def _source(node: ast.expr, text: str) -> str:
    return ast.get_source_segment(text, node) or "…"


def _value(parameter: Parameter, node: ast.expr, text: str, notes: list[str]) -> Any:
    if issubclass(parameter.type, Described):
        return parameter.check(_nested(parameter, node, text, notes))
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        allowed = f"{parameter.allowed}, written out"
        raise Invalid(parameter.name, allowed, _source(node, text)) from None
    return parameter.check_literal(value)


def _nested(parameter: Parameter, node: ast.expr, text: str, notes: list[str]) -> Any:
    """A schedule, or several, within another. A bare name is a variable of someone's script."""
    if parameter.many and isinstance(node, (ast.List, ast.Tuple)):
        return tuple(_nested(parameter, one, text, notes) for one in node.elts)
    if own := _own(node):
        return own
    if not isinstance(node, ast.Call):
        raise Invalid(parameter.name, f"{parameter.allowed}, written out", _source(node, text))
    try:
        cls, given = _call(node, text, notes)
        return cls(**given)
    except Invalid as fault:
        raise fault.inside(parameter.name) from None
