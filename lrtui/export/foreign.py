"""The constructors of other libraries as data, and as a page of documentation.

``make docs`` writes the page; ``lrtui list --foreign`` prints the same.
"""

import inspect
from collections.abc import Iterator
from types import ModuleType

from lrtui.schedules.foreign import Constructor, constructors, libraries

HEAD = """# Lines of other libraries

Made from the tables in `lrtui/schedules/foreign/` by `make docs`; do not edit it here. A line of a
script with one of these opens as it stands there: `lrtui show 'StepLR(SGD(params, lr=0.5), 30)'`.
Keras' own classes are [schedules of lrtui](schedules.md) themselves.
"""


def entries(library: ModuleType) -> Iterator[tuple[str, str]]:
    """What a library has: each constructor with its arguments, and what comes of it.

    What of it is refused is said; those that have no curve come last, with the reason.
    """
    for constructor in constructors(library).values():
        classes = ", ".join(cls.__name__ for cls in constructor.becomes)
        refused = getattr(library, "REFUSED", {}).get(constructor.name)
        yield _signature(constructor), f"{classes}; refused: {refused}" if refused else classes
    for name, reason in library.WITHOUT_CURVE.items():
        yield name, f"none: it {reason}"


def _signature(constructor: Constructor) -> str:
    """``StepLR(optimizer, step_size, gamma=0.1)``."""
    written, keywords = [], False
    for name, one in constructor.signature.items():
        if one.kind is one.KEYWORD_ONLY and not keywords:
            written.append("*")
            keywords = True
        ignored = one.default is None and name not in constructor.parameters
        if one.default is inspect.Parameter.empty:
            written.append(name)
        else:
            written.append(f"{name}=…" if ignored else f"{name}={_number(one.default)}")
    return f"{constructor.name}({', '.join(written)})"


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else repr(value)


def page() -> str:
    """The page, in Markdown."""
    lines = [HEAD]
    for library in libraries():
        lines += [f"## {library.TITLE}", "", "| constructor | becomes |", "| --- | --- |"]
        for signature, becomes in entries(library):
            lines.append(f"| `{signature}` | {becomes} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(), end="")
