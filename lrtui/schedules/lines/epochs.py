"""Whether a line counts epochs where this program counts steps, by the names in it."""

import ast
import re

_OF_STEPS = re.compile(r"step|batch|iter|loader|\blen\b", re.IGNORECASE)


def named_epochs(call: ast.Call, text: str) -> str:
    """The name in a call that says that its steps are epochs; empty: none, or others say steps.

    Args:
        call: the constructor of a schedule.
        text: what it was parsed from; its names are looked at before they are replaced.
    """
    segment = ast.get_source_segment(text, call)
    try:
        written = ast.parse(segment or "", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    functions = {id(one.func) for one in ast.walk(written) if isinstance(one, ast.Call)}
    found = ""
    for node in ast.walk(written):
        name = ""
        match node:
            case ast.keyword(arg="steps_per_epoch") | ast.BinOp(op=ast.Mult()):
                return ""
            case ast.keyword(arg=str(argument)) if argument != "last_epoch":
                # What the library calls its own argument says nothing of steps.
                name = "" if _OF_STEPS.search(argument) else argument
            case ast.Name(id=name) | ast.Attribute(attr=name) if id(node) not in functions:
                pass
        if _OF_STEPS.search(name):
            return ""
        if "epoch" in name.lower():
            found = found or name
    return found
