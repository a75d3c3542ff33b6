"""A schedule of one's own as a value: its text, its samples, its picture. No file is ever run."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lrtui.schedules import Invalid, notes, parse, read
from lrtui.schedules.envelope import envelope
from lrtui.schedules.landmarks import landmarks
from lrtui.schedules.user_schedule import UserSchedule, user_sources, with_samples

RATES = np.array([0.1, 0.2, 0.3, 0.2, 0.2, np.nan, np.inf, 0.4, -0.1], np.float32)
SAMPLED = UserSchedule("mine.py:warm", RATES.tobytes())


@pytest.mark.parametrize(
    "text",
    ["mymodule.py:name", "./some folder/x.py:Name.attribute", "/a/b.py:f", "~/it's (mine).py:f"],
)
def test_its_text_is_its_source(text: str) -> None:
    schedule = parse(f" {text} ")
    assert isinstance(schedule, UserSchedule)
    assert str(schedule) == schedule.source == text
    assert parse(str(schedule)) == schedule


@pytest.mark.parametrize(
    "text",
    [
        "Warmup('my.py:f', steps=50)",
        "Floor('my.py:f', minimum=0.02)",
        "Sequence([Constant(0.1), 'my.py:f'], boundaries=[100])",
    ],
)
def test_within_others_it_is_a_string(text: str) -> None:
    schedule = parse(text)
    assert user_sources(schedule) == ("my.py:f",)
    assert parse(str(schedule)) == schedule
    assert str(schedule) == text


@pytest.mark.parametrize(
    "text",
    ["mymodule.py", "mymodule.py:", "my.py:a b", "my.py:1", "my.py:f.", "x.py:" + "a" * 9999],
)
def test_half_a_source_is_told_what_is_missing(text: str) -> None:
    with pytest.raises(Invalid, match=r"as in mymodule\.py:name"):
        parse(text)


def test_naming_a_file_does_not_run_it(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    schedule = parse(f"{tmp_path / 'mine.py'}:f")
    assert np.isnan(schedule([0, 1])).all()
    assert not (tmp_path / "ran").exists()


def test_its_rates_are_the_samples_and_beyond_them_nothing() -> None:
    np.testing.assert_array_equal(SAMPLED(np.arange(9)), RATES)
    assert np.isnan(SAMPLED([9, 10, 10**12])).all()
    assert SAMPLED([[0], [2]]).shape == (2, 1)
    assert not SAMPLED.rates.flags.writeable


def test_samples_are_filled_in_wherever_it_stands() -> None:
    warm = with_samples(parse("Warmup('mine.py:warm', steps=2)"), {"mine.py:warm": RATES.tobytes()})
    np.testing.assert_allclose(warm([0, 1, 2, 3, 4]), [0, 0.05, 0.1, 0.2, 0.3], rtol=1e-6)
    assert str(warm) == "Warmup('mine.py:warm', steps=2)"
    falling = parse("exponential")
    assert with_samples(falling, {"mine.py:warm": b""}) is falling


values = st.floats(0, 1, width=32, allow_subnormal=False) | st.sampled_from([0.5, np.nan, np.inf])


@given(arrays(np.float32, st.integers(1, 300), elements=values), st.integers(1, 40))
def test_its_picture_is_that_of_every_sample(rates: np.ndarray, stretches: int) -> None:
    stop = len(rates)
    low, high = envelope(UserSchedule("a.py:f", rates.tobytes()), 0, stop, stretches)
    for i in range(stretches):
        begin = min(i * stop // stretches, stop - 1)
        part = rates[begin : max((i + 1) * stop // stretches, begin + 1)]
        if np.isfinite(part).all():
            assert (low[i], high[i]) == (part.min(), part.max())
        else:
            assert not np.isfinite([low[i], high[i]]).all()


def test_a_rate_that_turns_at_every_step_costs_little_and_loses_no_peak() -> None:
    rates = np.where(np.arange(2_000_000) % 2, 0.1, 0.2).astype(np.float32)
    rates[1_234_567] = 0.9
    noisy = UserSchedule("a.py:f", rates.tobytes())
    assert len(noisy.corners(0, 2_000_000)) < 1 << 18
    low, high = envelope(noisy, 0, 2_000_000, 400)
    assert high.max() == np.float32(0.9)
    assert (low == np.float32(0.1)).all()


def test_landmarks_leave_out_what_is_no_rate() -> None:
    found = {mark.name: mark for mark in landmarks(SAMPLED, 9)}
    assert (found["peak"].step, found["lowest"].step) == (7, 8)
    assert found["lowest"].rate == np.float32(-0.1)
    assert landmarks(UserSchedule("mine.py:warm"), 9) == ()


def test_rates_that_ruin_a_training_are_noted() -> None:
    told = " ".join(notes(SAMPLED, 9))
    assert "The rate of step 5 is nan" in told
    assert "below 0 from step 8 on" in told
    assert notes(UserSchedule("mine.py:warm", RATES[:5].tobytes()), 5) == ()
    assert notes(UserSchedule("mine.py:warm"), 5) == ()


FUNCTIONS = """
raise SystemExit("nothing here is run")

def by_step(step):
    return 0.1

def by_epoch(epoch):
    return 0.1

def as_keras(epoch, lr):
    return lr

class Callable:
    def __call__(self, epoch):
        return 0.1

    def method(self, step):
        return 0.1

line = lambda epoch: 0.1
ready = Callable()
"""


@pytest.mark.parametrize(
    ("name", "per_epoch", "given"),
    [
        ("by_step", False, False),
        ("by_epoch", True, False),
        ("as_keras", True, True),
        ("Callable", True, False),
        ("Callable.method", False, False),
        ("line", True, False),
        ("ready", False, False),  # not plain to see
        ("absent", False, False),
    ],
)
def test_a_function_says_by_its_arguments_that_it_counts_epochs(
    name: str, per_epoch: bool, given: bool, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(FUNCTIONS)
    source = f"{tmp_path}/mine.py:{name}"
    guessed = read(source)
    assert (str(guessed.schedule) == f"PerEpoch('{source}')") is per_epoch
    assert any("counts epochs" in note for note in guessed.notes) is per_epoch
    assert any("is given the rate before" in note for note in guessed.notes) is given
    assert str(read(source, unit="step").schedule) == source
    asked = read(source, {"steps_per_epoch": "10"}, unit="epoch")
    assert str(asked.schedule) == f"PerEpoch('{source}', steps_per_epoch=10)"
    assert parse(source).name == name  # type: ignore[attr-defined]  # as it stands in a run
