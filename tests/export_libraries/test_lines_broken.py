"""Lines broken by accident: never a curve that the library would not draw."""

import contextlib
import time
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.schedules import Invalid, read
from tests.export_libraries import (
    test_lines_keras,
    test_lines_optax,
    test_lines_timm,
    test_lines_torch,
    test_lines_transformers,
)
from tests.export_libraries.breaking import broken
from tests.export_libraries.comparing import assert_no_other_than
from tests.export_libraries.spelling import calls, many, rates

STEPS = 60


def lines_of(module: ModuleType, before: dict[str, Any]) -> st.SearchStrategy[str]:
    """A call of any of its constructors."""

    def of(name: str) -> st.SearchStrategy[str]:
        required, *others = module.CONSTRUCTORS[name]
        return calls(name, {**before, **required}, *others)

    return st.sampled_from([*module.CONSTRUCTORS]).flatmap(of)


OPTIMIZER = {"optimizer": rates.flatmap(test_lines_torch.spelt)}
within = test_lines_torch.within([*test_lines_torch.CONSTRUCTORS])
composed = st.lists(within, min_size=1, max_size=3).map(
    lambda many: f"SequentialLR(o, [{', '.join(many)}], {[*range(3, 3 * len(many), 3)]})"
) | st.lists(within, min_size=1, max_size=2).map(
    lambda many: f"ChainedScheduler([{', '.join(many)}])"
)

LIBRARIES: dict[str, tuple[st.SearchStrategy[str], Callable[[str, int], Sequence[float]]]] = {
    "keras": (
        st.sampled_from([*test_lines_keras.CONSTRUCTORS]).flatmap(test_lines_keras.one),
        test_lines_keras.by_keras,
    ),
    "torch": (lines_of(test_lines_torch, {}) | composed, test_lines_torch.by_torch),
    "transformers": (
        lines_of(test_lines_transformers, OPTIMIZER),
        test_lines_transformers.by_transformers,
    ),
    "timm": (lines_of(test_lines_timm, OPTIMIZER), test_lines_timm.by_timm),
    "optax": (lines_of(test_lines_optax, {}), test_lines_optax.by_optax),
}


def seconds_to_read(line: str) -> float:
    """Of this process' own time; the least of three where it is much, so that no pause counts."""
    spent: list[float] = []
    while len(spent) < 3 and min(spent, default=1) > 0.05:
        before = time.process_time()
        with contextlib.suppress(Invalid):
            read(line)
        spent.append(time.process_time() - before)
    return min(spent)


@pytest.mark.parametrize("library", LIBRARIES)
def test_broken_lines(library: str) -> None:
    lines, theirs = LIBRARIES[library]

    @settings(many, max_examples=500)
    @given(broken(lines))
    def check(line: str) -> None:
        assert_no_other_than(line, theirs, STEPS)
        assert seconds_to_read(line) < 0.05

    check()
