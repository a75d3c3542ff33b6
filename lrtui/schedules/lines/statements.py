"""The text of a line, or of several, as statements: cleaned of what stands around them, and parsed.

Bounded before it is parsed: the parser itself could be kept busy, or made to recurse too deep.
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Sequence as Many
from itertools import islice

from lrtui.schedules.base import MAX_NESTED
from lrtui.schedules.invalid import Invalid

MAX_CHARACTERS = 10_000
"""A longer text is no line of a script."""
MAX_WRITTEN = 4_000_000
"""A longer text is no schedule that this program has written."""
_MAX_DEPTH = 50
_MAX_OPERATORS = 256

_OPERATOR = r"(?<![eE])[-+]|[*/%&|^~<>@]|\b(?:if|and|or|in|is|for|await)\b"
_OPERATOR_SIGNS = "-+*/%&|^~<>@"
_OPERATOR_WORDS = ("if", "and", "or", "in", "is", "for", "await")
_EXPONENTS = ("e-", "e+", "E-", "E+")
_PROMPT = re.compile(r"^(?:>>> ?|\.\.\. ?|In ?\[\d*\]: ?|\$ )", re.MULTILINE)
_FENCE = re.compile(r"^\s*```.*$", re.MULTILINE)
_ENTRY = re.compile(r"^(?:'\w+'|\"\w+\"):\s*")
"""The key of a dict's entry, cut out of its dict."""
_COMMENT = re.compile(r"^((?:[^#'\"]|'[^']*'|\"[^\"]*\")*)#.*$")
_QUOTES = ("`", '"', "'")


def statements(text: str) -> tuple[str, list[ast.stmt]]:
    """The statements of a text, and the cleaned text in which their places count.

    Raises:
        Invalid: it is too long, nested too deep, or no Python.
    """
    check_size(text)
    cleaned = _cleaned(text)
    _check_shape(cleaned, text)
    if (body := _parsed(cleaned)) is not None:
        return cleaned, body
    cut_out = f"dict({cleaned})"  # several keyword arguments, cut out of a call
    match _parsed(cut_out):
        case [ast.Expr(value=ast.Call(func=ast.Name("dict")))] as body:
            return cut_out, body
    raise Invalid("schedule", _not_python(cleaned), text)


def in_one_line(text: str) -> str:
    """Lines of a script as one line that means the same, for a field that holds only one.

    Line ends within brackets become blanks, others semicolons; comments are left out.
    """
    pieces, depth = [], 0
    joined = re.sub(r"\\\s*\n", " ", text)  # a backslash goes on in the next line
    for line in _PROMPT.sub("", _FENCE.sub("", joined)).splitlines():
        bare = " ".join(_COMMENT.sub(r"\1", line).split())
        if not bare:
            continue
        pieces.append(bare)
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        if depth <= 0 and bare[-1] not in ":,;":
            pieces[-1] += ";"
    return " ".join(pieces).removesuffix(";")


def expression(text: str) -> ast.expr:
    """The one expression of a text that this program has written, of any length.

    Raises:
        Invalid: it is something else.
    """
    refusal = Invalid("schedule", "must be a name or a constructor expression", text)
    if len(text) > MAX_WRITTEN:
        raise refusal
    _check_shape(text, text)
    match _parsed(text):
        case [ast.Expr(value=tree)]:
            return tree
    raise refusal


def _parsed(text: str) -> list[ast.stmt] | None:
    """The statements of a text; None: it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def check_size(text: str) -> None:
    """Refuse what is no line.

    Raises:
        Invalid: it is empty or too long.
    """
    if not text.strip():
        raise Invalid("schedule", "must be a name or a constructor expression", text)
    if len(text.encode(errors="replace")) > MAX_CHARACTERS:
        allowed = f"must be a line of at most {MAX_CHARACTERS} characters; save what is longer in a"
        raise Invalid("schedule", f"{allowed} file and open file.py:name", text)


def _cleaned(text: str) -> str:
    """Without prompts, fences, quotes around it, and the comma or semicolon after it."""
    text = _FENCE.sub("", text.replace("\r\n", "\n").expandtabs())
    text = textwrap.dedent(_PROMPT.sub("", text.strip("\n"))).strip()
    while len(text) > 2 and text[0] == text[-1] and text[0] in _QUOTES:
        text = text[1:-1].strip()
    text = text.rstrip(",; \n")
    if entry := _ENTRY.match(text):
        text = text[entry.end() :]
    return text.removeprefix("return ").removeprefix("yield ").strip()


def _not_python(text: str) -> str:
    opened = sum(text.count(one) for one in "([{") - sum(text.count(one) for one in ")]}")
    if opened and "(" in text:
        return f"must close each bracket ({'one is missing' if opened > 0 else 'one is too many'})"
    return "must be a name or a constructor expression"


def _many(text: str, signs: str, most: int, less: Many[str] = (), words: Many[str] = ()) -> bool:
    """Whether there may be so many signs or words: counted a hundred times faster than matched."""
    found = sum(map(text.count, (*signs, *words)))
    return found - sum(map(text.count, less)) >= most


def _check_shape(text: str, given: str) -> None:
    """Refuse rows of what nests, which would lead the parser astray, or keep it busy."""
    signs = _many(text, "-+~", 9) or text.count("not") >= 8
    signs = signs and re.search(r"[-+~](?:\s*[-+~]){8}|(?:\bnot\s+){8}", text) is not None
    operators = 0
    if _many(text, _OPERATOR_SIGNS, _MAX_OPERATORS, less=_EXPONENTS, words=_OPERATOR_WORDS):
        operators = sum(1 for _ in islice(re.finditer(_OPERATOR, text), _MAX_OPERATORS + 1))
    lambdas = text.count("lambda")
    if signs or operators > _MAX_OPERATORS or lambdas >= 8:
        raise Invalid("schedule", "must be a name or a constructor expression", given)
    depth = 0
    for bracket in re.findall(r"[][(){}]", text):
        depth = max(0, depth + (bracket in "([{") - (bracket in ")]}"))
        if depth > _MAX_DEPTH:
            raise Invalid("schedule", f"must nest at most {MAX_NESTED} deep", given)
