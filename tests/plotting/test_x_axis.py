"""What stands below a plot: epochs, the part of a training, the rates of a sweep."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lrtui.plotting.drawing import plot
from lrtui.plotting.x_axis import Epochs, Percent, Rates, Steps, XAxis
from tests.plotting import reading
from tests.schedules.strategies import patient

CELLS = 71


def labels(axis: XAxis, start: int, stop: int) -> str:
    return " ".join(label for _, label in axis.ticks(start, stop, CELLS))


@pytest.mark.parametrize(
    ("axis", "start", "stop", "expected"),
    [
        (Steps(), 0, 20_000, "0 2k 4k 6k 8k 10k 12k 14k 16k 18k 20k"),
        (Epochs(64), 0, 1280, "0 2 4 6 8 10 12 14 16 18 20"),
        (Epochs(64), 128, 192, "2 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 2.9 3"),
        (Epochs(64), 130, 132, "2.04 2.06"),
        (Epochs(1), 0, 10, "0 1 2 3 4 5 6 7 8 9 10"),
        (Epochs(1000), 0, 10**9, "0 200k 400k 600k 800k 1M"),
        (Percent(1280), 0, 1280, "0% 20% 40% 60% 80% 100%"),
        (Percent(1280), 0, 128, "0% 1% 2% 3% 4% 5% 6% 7% 8% 9% 10%"),
        (Percent(1000), 500, 502, "50% 50.1% 50.2%"),
        (Percent(3), 0, 1, "0%"),
        (Rates(1e-6, 10, 1000), 0, 1000, "1e-6 1e-5 1e-4 1e-3 1e-2 0.1 1 10"),
        (Rates(1e-4, 1e-2, 201), 0, 201, "1e-4 2e-4 5e-4 1e-3 2e-3 5e-3 1e-2"),
        (Rates(1e-6, 10, 1000), 300, 302, "1.27e-4 1.28e-4 1.29e-4 1.3e-4"),
        (Rates(1e-3, 1, 1), 0, 1, "1e-3 3e-3 1e-2 3e-2 0.1 0.3 1"),
    ],
)
def test_labels(axis: XAxis, start: int, stop: int, expected: str) -> None:
    assert labels(axis, start, stop) == expected


def test_epochs_are_named_and_stand_where_they_begin() -> None:
    picture = plot(80, 5, [], start=0, stop=1280, x_axis=Epochs(64))
    assert picture.rows[-1].startswith("epochs  0 ")
    assert reading.x_labels(picture)[71 // 2] == "10"
    assert not plot(80, 5, [], start=0, stop=1280).rows[-1].startswith("epochs")


def test_a_decade_stands_where_the_sweep_is_there() -> None:
    # 8 decades from 1e-6 to 100 in 801 steps: a decade is 100 of them.
    ticks = {label: at for at, label in Rates(1e-6, 100, 801).ticks(0, 801, 120)}
    assert [ticks[f"1e-{power}"] for power in (6, 5, 4, 3, 2)] == [0, 100, 200, 300, 400]
    assert ticks["0.1"] == 500
    assert (ticks["1"], ticks["10"], ticks["100"]) == (600, 700, 800)


@pytest.mark.parametrize(("low", "high", "total"), [(0, 1, 9), (2, 1, 9), (1e-3, 1, 0), (1, 1, 9)])
def test_what_is_no_sweep(low: float, high: float, total: int) -> None:
    with pytest.raises(ValueError, match=r"a sweep must go .* Received: "):
        Rates(low, high, total)


def assert_in_place(axis: XAxis, start: int, stop: int, width: int) -> None:
    """Each label stands in the cell of the step that it names."""
    picture = plot(width, 6, [], start=start, stop=stop, x_axis=axis)
    cells = width - 9
    for cell, label in reading.x_labels(picture).items():
        if isinstance(axis, Epochs):
            step = reading.number(label) * axis.steps_per_epoch
        elif isinstance(axis, Percent):
            step = float(label.rstrip("%")) / 100 * axis.total
        else:
            assert isinstance(axis, Rates)
            decades = np.log10(axis.high / axis.low)
            step = np.log10(float(label) / axis.low) / decades * max(1, axis.total - 1)
        place = (step - start) / (stop - start) * cells
        assert cell - 0.51 <= place <= cell + 1.01, label


@patient
@given(data=st.data(), width=st.integers(16, 200), total=st.integers(1, 10**9))
def test_a_label_stands_where_it_says(data: st.DataObject, width: int, total: int) -> None:
    start = data.draw(st.integers(0, total - 1))
    stop = data.draw(st.integers(start + 1, total))
    assert_in_place(Epochs(data.draw(st.integers(1, 10**6))), start, stop, width)
    assert_in_place(Percent(total), start, stop, width)


@patient
@given(
    data=st.data(),
    width=st.integers(16, 200),
    total=st.integers(2, 10**5),
    low=st.floats(1e-9, 1),
    ratio=st.floats(1.5, 1e9),
)
def test_a_rate_stands_where_the_sweep_has_it(
    data: st.DataObject, width: int, total: int, low: float, ratio: float
) -> None:
    axis = Rates(low, low * ratio, total)
    start = data.draw(st.integers(0, total - 1))
    stop = data.draw(st.integers(start + 1, total))
    # Labels of five digits tell rates apart no closer.
    assume(axis.rate(stop) / axis.rate(start) > 1.001)
    assert_in_place(axis, start, stop, width)
    assert axis.ticks(start, stop, width - 9), "an axis without a single label"
