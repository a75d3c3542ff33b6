"""Lines broken by accident: cut, their arguments swapped, quoted, dropped or doubled."""

import ast
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

Pieces = list[str]


@st.composite
def broken(draw: st.DrawFn, lines: st.SearchStrategy[str]) -> str:
    """One of the lines after one or two accidents."""
    line = draw(lines)
    for _ in range(draw(st.integers(1, 2))):
        line = draw(st.sampled_from(ACCIDENTS))(draw, line)
    return line


def _cut(draw: st.DrawFn, line: str) -> str:
    """Without its beginning, its end, or a piece in its midst."""
    first = draw(st.integers(0, len(line)))
    last = draw(st.sampled_from([first, len(line)]) | st.integers(first, len(line)))
    return line[:first] + line[last:] if draw(st.booleans()) else line[first:last]


def _with_arguments(change: Callable[[st.DrawFn, Pieces], Pieces]) -> Callable[..., str]:
    """An accident to the arguments of a call in the line, whichever."""

    def accident(draw: st.DrawFn, line: str) -> str:
        every = [one for one in _nodes(line) if isinstance(one, ast.Call)]
        calls = [one for one in every if one.args or one.keywords]
        if not calls:
            return line
        call = draw(st.sampled_from(calls))
        pieces = [_source(line, one) for one in [*call.args, *call.keywords]]
        name, whole = _source(line, call.func), _source(line, call)
        return line.replace(whole, f"{name}({', '.join(change(draw, pieces))})", 1)

    return accident


def _nodes(line: str) -> Sequence[ast.AST]:
    try:
        return list(ast.walk(ast.parse(line.strip())))
    except (SyntaxError, ValueError):
        return []


def _source(line: str, node: ast.AST) -> str:
    return ast.get_source_segment(line.strip(), node) or ""


def _place(draw: st.DrawFn, pieces: Pieces) -> int:
    return draw(st.integers(0, len(pieces) - 1))


def _swap(draw: st.DrawFn, pieces: Pieces) -> Pieces:
    one, other = _place(draw, pieces), _place(draw, pieces)
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return pieces


def _swap_values(draw: st.DrawFn, pieces: Pieces) -> Pieces:
    """The names stay where they are: ``step_size=0.1, gamma=30``."""
    one, other = _place(draw, pieces), _place(draw, pieces)
    if one == other:
        return pieces
    names = [piece.rpartition("=")[0] if "=" in piece.partition("(")[0] else "" for piece in pieces]
    values = [
        piece[len(name) + 1 :] if name else piece for name, piece in zip(names, pieces, strict=True)
    ]
    values[one], values[other] = values[other], values[one]
    return [f"{name}={value}" if name else value for name, value in zip(names, values, strict=True)]


def _quote(draw: st.DrawFn, pieces: Pieces) -> Pieces:
    place = _place(draw, pieces)
    name, equals, value = pieces[place].partition("=")
    pieces[place] = f"{name}={value!r}" if equals and name.isidentifier() else repr(pieces[place])
    return pieces


def _drop(draw: st.DrawFn, pieces: Pieces) -> Pieces:
    del pieces[_place(draw, pieces)]
    return pieces


def _double(draw: st.DrawFn, pieces: Pieces) -> Pieces:
    return [*pieces, pieces[_place(draw, pieces)]]


ACCIDENTS = (
    _cut,
    *map(_with_arguments, (_swap, _swap_values, _quote, _drop, _double)),
)
