"""Every schedule, for every library: the exported code gives the rates that are shown.

The code is run as it stands. Steps follow one another from 0 past every corner.
"""

import pytest
from hypothesis import given, settings

from lrtui.schedules import Schedule, catalogue
from tests.export_libraries.drawing import schedules
from tests.export_libraries.running import RUNNERS, assert_same
from tests.export_libraries.spelling import many

few = settings(many, max_examples=12)


@pytest.mark.parametrize("to", RUNNERS)
@pytest.mark.parametrize("cls", catalogue().values(), ids=lambda cls: str(cls.__name__))
def test_the_code_gives_the_rates_that_are_shown(cls: type[Schedule], to: str) -> None:
    @few
    @given(schedules(cls))
    def check(schedule: Schedule) -> None:
        assert_same(schedule, RUNNERS[to](schedule))

    assert_same(cls(), RUNNERS[to](cls()))
    check()
