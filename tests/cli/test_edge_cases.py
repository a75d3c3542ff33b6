"""``lrtui show`` of what is odd: drawn or explained, in one line and without a traceback."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lrtui.cli.commands import show
from lrtui.schedules import Schedule
from lrtui.schedules.user_schedule import UserSchedule
from tests.cli.calls import call

DOTS = {chr(code) for code in range(0x2801, 0x2900)}


@pytest.mark.parametrize("options", [[], ["--log"], ["--from", "0", "--to", "1"]])
@pytest.mark.parametrize(
    ("schedule", "steps"),
    [
        ("Constant(0.1)", 1280),
        ("Constant(0)", 1280),
        ("cosine", 1),
        ("PiecewiseConstantDecay([500], [1e-38, 1e30])", 1000),
        ("ExponentialDecay(2e-38, 100, 0.5)", 1000),
        ("ExponentialDecay(1.0, 1, 10.0)", 1000),
        ("CosineDecayRestarts(0.1, 7, t_mul=1.0)", 10**9),
    ],
)
def test_it_is_drawn(schedule: str, steps: int, options: list[str]) -> None:
    result = call("show", schedule, "--steps", str(steps), *options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert set(result.stdout) & DOTS
    assert "start              0" in result.stdout


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("PiecewiseConstantDecay([], [0.1])", "boundaries must hold at least one step"),
        ("Constant(nan)", "learning_rate must be a finite number"),
        ("Constant(-0.1)", "learning_rate must be a finite number >= 0"),
        ("Constant(1e39)", "learning_rate must be a finite number"),
    ],
)
def test_it_is_explained(schedule: str, why: str) -> None:
    result = call("show", schedule)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("rates", "drawn", "note"),
    [
        ([np.nan, 0.1, np.inf, 0.2], True, "note: The rate of step 0 is nan"),
        ([np.nan] * 4, False, "note: The rate of step 0 is nan"),
        ([-1.0, -0.5, 0.0, 0.5], True, "note: The rate is below 0 from step 0 on"),
    ],
)
def test_rates_of_ones_own(
    rates: list[float], drawn: bool, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("")

    def sampled(schedules: Sequence[Schedule], steps: int) -> list[Schedule]:
        return [UserSchedule("mine.py:f", np.array(rates, "<f4").tobytes()) for _ in schedules]

    monkeypatch.setattr(show, "sample_if_needed", sampled)
    for options in ([], ["--log"]):
        result = call("show", "mine.py:f", "--steps", "4", *options)
        assert (result.exit_code, result.stderr) == (0, "")
        assert bool(set(result.stdout) & DOTS) is drawn
        assert note in result.stdout
