"""Random lines as people write them: a call, its arguments by position or by name, in any order."""

import os
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

LINES = 200
"""Random lines for each constructor."""

many = settings(
    max_examples=LINES,
    # The same ones each time: no run of CI is left to chance; others are looked for by hand.
    derandomize="LRTUI_OTHER_LINES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

Arguments = Mapping[str, st.SearchStrategy[str]]
"""The source of each argument, in the order of the original."""


def written(values: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """Values as a person writes them: ``0.001`` also as ``1e-3``."""
    return st.tuples(values, st.booleans()).map(lambda pair: _number(*pair))


def _number(value: Any, scientific: bool) -> str:
    if isinstance(value, float) and scientific and value:
        short = f"{value:.17e}"
        digits, _, exponent = short.partition("e")
        text = f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
        return text if float(text) == value else repr(value)
    return repr(value)


steps = written(st.integers(1, 50))
counts = written(st.integers(0, 50))
rates = written(st.floats(1e-5, 2) | st.sampled_from([0.1, 0.001, 1.0]))
# What is 0 in float32, in which Keras trains, is refused where PyTorch takes it: not drawn here.
# Nor is what float32 makes 1 of: a phase that ends a hair before the last step is one of none.
fractions = written(st.floats(1e-30, 1 - 1e-6) | st.sampled_from([0.0, 0.1, 0.5, 1.0]))
factors = written(st.floats(0.1, 1.0) | st.sampled_from([0.1, 0.5, 0.9, 1.0]))
flags = written(st.booleans())


@st.composite
def calls(
    draw: st.DrawFn,
    name: str,
    required: Arguments,
    optional: Arguments | None = None,
    by_name: Arguments | None = None,
) -> str:
    """A call with all required arguments and any of the others.

    Args:
        draw: hypothesis'.
        name: what is called.
        required: in their order.
        optional: that follow them.
        by_name: that are only given by name.
    """
    optional, by_name = optional or {}, by_name or {}
    order = [*required, *optional]
    by_position = draw(st.integers(0, len(order)))
    texts = [draw({**required, **optional}[one]) for one in order[:by_position]]
    named = [one for one in order[by_position:] if one in required or draw(st.booleans())]
    named += [one for one in by_name if draw(st.booleans())]
    for one in draw(st.permutations(named)):
        texts.append(f"{one}={draw({**required, **optional, **by_name}[one])}")
    comma = draw(st.sampled_from(["", ","])) if texts else ""
    space = draw(st.sampled_from([", ", ",", ",\n    "]))
    return f"{name}({space.join(texts)}{comma})"


def lists(of: st.SearchStrategy[str], low: int = 1, high: int = 4) -> st.SearchStrategy[str]:
    """A list of them, in its source."""
    return st.lists(of, min_size=low, max_size=high).map(lambda many: f"[{', '.join(many)}]")


def rising(low: int, high: int, most: int = 4) -> st.SearchStrategy[str]:
    """A list of different steps, rising."""
    return st.lists(st.integers(low, high), max_size=most, unique=True).map(
        lambda many: repr(sorted(many))
    )
