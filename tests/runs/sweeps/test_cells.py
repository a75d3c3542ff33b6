"""The cells of a sweep: every combination once, coarse to fine, what cannot be is said."""

import numpy as np

from lrtui.protocol import Settings
from lrtui.runs.sweeps.axes import read_axis
from lrtui.runs.sweeps.cells import SweepRequest, cells_of, coarse_to_fine
from lrtui.schedules import parse


def sweep_of(*over: str, schedules: tuple[str, ...] = ("exponential",)) -> SweepRequest:
    chosen = [parse(text) for text in schedules]
    axes = tuple(read_axis(text, chosen) for text in over)
    return SweepRequest(tuple(map(str, chosen)), axes, (0, 1), Settings())


def test_every_place_once_and_the_first_ones_far_apart() -> None:
    places = coarse_to_fine((1, 16, 16))

    assert sorted(places) == [(0, row, column) for row in range(16) for column in range(16)]
    first = np.array(places[:9])[:, 1:]
    assert {tuple(one) for one in first} <= {(a, b) for a in (0, 8) for b in (0, 8)} | {
        (a, b) for a in (0, 4, 8, 12) for b in (0, 4, 8, 12)
    }
    assert np.ptp(first, axis=0).min() >= 8


def test_all_schedules_from_the_first_round_on() -> None:
    assert {place[0] for place in coarse_to_fine((3, 16))[:6]} == {0, 1, 2}


def test_a_cell_is_its_schedule_and_its_settings() -> None:
    cells = cells_of(sweep_of("decay_rate=0.5,0.9", "highest_rate=0.1,1", "batch_size=8,16"))
    cell = next(one for one in cells if one.place == (0, 1, 1, 0))

    assert cell.schedule == parse("ExponentialDecay(1.0, decay_steps=1000, decay_rate=0.9)")
    assert cell.settings == Settings(batch_size=8)
    assert len(cells) == 8


def test_values_that_cannot_be_together_are_a_cell_that_says_so() -> None:
    """Keras' rule: a plateau looks at the validation loss."""
    cells = cells_of(sweep_of("validation_share=0,0.2", "plateau_patience=2,3"))

    refused = [cell.place for cell in cells if cell.refused]
    assert refused == [(0, 0, 0), (0, 0, 1)]
    assert "validation" in next(cell.refused for cell in cells if cell.refused)


def test_a_parameter_that_one_of_the_schedules_lacks_changes_the_others() -> None:
    sweep = sweep_of("decay_rate=0.5,0.9", schedules=("exponential", "Constant(0.1)"))

    schedules = {cell.place: str(cell.schedule) for cell in cells_of(sweep)}
    assert schedules[1, 0] == schedules[1, 1] == "Constant(0.1)"
    assert schedules[0, 0] != schedules[0, 1]
