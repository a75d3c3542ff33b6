"""A schedule at another highest rate."""

import numpy as np
import pytest
from hypothesis import assume, given

from lrtui.schedules import Invalid, Schedule, parse
from lrtui.schedules.family.scaled import Scaled
from lrtui.schedules.rescale import at_highest_rate, highest_rate, same_rates
from tests.schedules.strategies import any_schedule, patient


@patient
@given(schedule=any_schedule())
def test_all_rates_are_multiplied(schedule: Schedule) -> None:
    steps = np.arange(300)
    rates = schedule(steps)
    assume(1e-6 < rates.max() < 1e6)

    scaled = at_highest_rate(schedule, 0.03, 300)

    expected = rates.astype(np.float64) * (0.03 / rates.max())
    np.testing.assert_allclose(scaled(steps), expected, rtol=2e-5, atol=1e-12)
    assert highest_rate(scaled, 300) == pytest.approx(0.03, rel=2e-5)


def test_it_stays_what_a_person_would_write() -> None:
    assert str(at_highest_rate(parse("CosineDecay(0.1, 500)"), 0.3, 500)) == (
        "CosineDecay(0.3, decay_steps=500)"
    )
    assert str(at_highest_rate(parse("OneCycle(0.1, 500)"), 3.0, 500)) == (
        "OneCycle(3.0, total_steps=500)"
    )
    noam = parse("Noam(512, 400)")
    assert at_highest_rate(noam, 0.01, 900) == Scaled(noam, factor=4.52548)
    twice = at_highest_rate(parse("Scaled(Constant(0.4), 0.5)"), 0.1, 5)
    assert twice == Scaled(parse("Constant(0.4)"), factor=0.25)


def test_nothing_makes_zero_higher() -> None:
    with pytest.raises(Invalid, match="must have a finite rate above 0 to be tuned"):
        at_highest_rate(parse("Constant(0)"), 0.1, 10)


def test_the_same_rates_in_other_words() -> None:
    steps = np.arange(400)
    one = parse("CosineDecay(0.1, 400)")(steps)
    assert same_rates(one, parse("Scaled(CosineDecay(0.3, 400), 0.333333333)")(steps))
    assert same_rates(one, parse("CosineAnnealing(0.1, 400)")(steps))
    assert not same_rates(one, parse("CosineDecay(0.1, 401)")(steps))
    assert not same_rates(one, parse("CosineDecay(0.10001, 400)")(steps))
