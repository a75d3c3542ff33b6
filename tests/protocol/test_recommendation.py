"""The one rate that is recommended."""

import numpy as np
import pytest

from lrtui.protocol.range_test import RangeTest
from lrtui.protocol.recommendation import Suggestion, has_diverged, recommend
from lrtui.schedules.arrays import Float32s

VALLEY, STEEP = Suggestion("valley", 0.4, "the middle"), Suggestion("steepest", 0.8, "the fall")


def test_the_first_suggestion_halved_until_it_holds() -> None:
    tried = []

    def diverges(rate: float) -> bool:
        tried.append(rate)
        return rate > 0.15

    found = recommend([VALLEY, STEEP], 1.0, 8, diverges)

    assert found is not None
    assert tried == [0.4, 0.2, 0.1]
    assert (found.rate, found.refused) == (0.1, (0.4, 0.2))
    assert found.why == (
        "1/4 of valley: held for 500 steps on 8 seeds it did not diverge, as it did at 0.4, 0.2"
    )


def test_half_of_the_divergence_where_all_suggestions_lie_above() -> None:
    found = recommend([], 1.0, 1, lambda rate: False)

    assert found is not None
    assert found.rate == 0.5
    assert found.why.startswith("divergence, half the rate from which it diverges; held for 500")
    assert "on 1 seed it" in found.why


def test_nothing_to_begin_with_stopped_or_never_holding() -> None:
    assert recommend([], None, 8, lambda rate: False) is None
    assert recommend([VALLEY], None, 8, lambda rate: None) is None
    assert recommend([VALLEY], None, 8, lambda rate: True) is None


def test_a_suggestion_from_which_on_it_diverges_is_not_offered() -> None:
    rates = np.geomspace(1e-4, 1, 30, dtype=np.float32)
    losses = np.linspace(3, 1, 30, dtype=np.float32)
    free = RangeTest(rates, losses, 30)
    bounded = RangeTest(rates, losses, 30, divergence=sorted(s.rate for s in free.suggestions)[1])
    none = RangeTest(rates, losses, 30, divergence=1e-6)

    assert {one.name for one in free.suggestions} > {one.name for one in bounded.suggestions}
    assert all(one.rate < (bounded.divergence or 0) for one in bounded.suggestions)
    assert none.suggestions == ()
    assert none.trouble == "every rate that the sweep suggests is one at which training diverges"


FALLING = np.linspace(2, 1, 500, dtype=np.float32)
RISING = np.linspace(1, 1.2, 500, dtype=np.float32)
EXPLODING = np.geomspace(1, 1e6, 500, dtype=np.float32)
BROKEN = np.where(np.arange(500) == 9, np.float32(np.nan), FALLING)


@pytest.mark.parametrize(
    ("losses", "fresh", "diverged"),
    [
        (FALLING, True, False),
        (BROKEN, True, True),
        (RISING, True, True),
        (RISING, False, False),
        (EXPLODING, False, True),
    ],
)
def test_what_diverges(losses: Float32s, fresh: bool, diverged: bool) -> None:
    assert has_diverged(losses, fresh=fresh) == diverged
