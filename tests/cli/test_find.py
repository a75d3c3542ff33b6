"""``lrtui find``: against a link that plays a script, and once in the real worker."""

import csv
import io
import signal
from collections.abc import Callable

import numpy as np
import pytest

from lrtui.cli.commands import find as find_command
from lrtui.protocol import (
    Broken,
    Event,
    FindRate,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Stop,
    pack,
)
from lrtui.protocol.range_test import Sweep
from lrtui.protocol.recommendation import Recommendation
from tests.cli.calls import call, refused
from tests.cli.scripted import Script, ScriptedLink

READY = Ready(1, "2.21.0", "3.15.1", ["CPU:0"], 2, 10, 10**9)
SWEEP = Sweep(1e-4, 1.0, 30)
RATES = np.geomspace(1e-4, 1, 30)
LOSSES = np.linspace(3, 1, 30)
RECOMMENDED = Recommendation(0.01, "valley", "the middle", seeds=8, refused=(0.02,))
FOUND = RangeTestEnded(SWEEP, pack(RATES), pack(LOSSES), 0.5, recommendation=RECOMMENDED)
ARGUMENTS = ("find", "--low", "1e-4", "--high", "1", "--steps", "30")


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ScriptedLink]:
    def play(*first: Event | str | signal.Signals, after_stop: Script = ()) -> ScriptedLink:
        link = ScriptedLink({FindRate: first, Stop: after_stop})
        monkeypatch.setattr(find_command, "opener", lambda *_: link.opened)
        return link

    return play


Plays = Callable[..., ScriptedLink]


def test_a_plot_over_rates_and_a_line_a_suggestion(plays: Plays) -> None:
    link = plays(
        READY,
        RangeTestSteps(0, pack(RATES), pack(LOSSES)),
        RangeTestSteps(30, b"", b"", 0.5),
        FOUND,
    )
    result = call(*ARGUMENTS, "--task", "sine")
    assert result.exit_code == 0
    assert result.stderr == ""
    (sent,) = link.sent
    assert isinstance(sent, FindRate)
    assert sent.settings.task == "sine"
    assert sent.sweep == SWEEP
    lines = result.stdout.splitlines()
    assert max(map(len, lines[:-2])) <= 80
    axis = next(line for line in lines if "1e-4" in line).split()
    assert axis == ["1e-4", "3e-4", "1e-3", "3e-3", "1e-2", "3e-2", "0.1", "0.3", "1"]
    rows = {line.split()[1]: float(line.split()[2]) for line in lines[-8:-3]}
    assert set(rows) == {"valley", "steepest", "minimum/10", "slide", "divergence"}
    assert rows["divergence"] == 0.5
    assert "it did not diverge up to 1; --high R" in lines[-3]
    assert lines[-2] == (
        "recommended: 0.01 (1/2 of valley: held for 500 steps on 8 seeds it did not diverge, "
        "as it did at 0.02)"
    )
    assert lines[-1] == "(trained at once)"


def test_csv_and_json(plays: Plays) -> None:
    plays(READY, FOUND)
    rows = list(csv.DictReader(io.StringIO(call(*ARGUMENTS, "--format", "csv").stdout)))
    assert np.array([row["loss"] for row in rows], "f4").tobytes() == pack(LOSSES)
    plays(READY, FOUND)
    assert '"tensorflow": "2.21.0"' in call(*ARGUMENTS, "--format", "json").stdout


def test_no_suggestion_is_a_failure_that_is_explained(plays: Plays) -> None:
    plays(READY, RangeTestEnded(SWEEP, pack(RATES), pack(np.ones(30))))
    result = call(*ARGUMENTS)
    assert result.exit_code == 1
    assert "it did not diverge" in result.stdout
    assert result.stderr == "lrtui find: no suggestion: the loss never falls, up to the rate 1.0\n"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ([Broken("no TensorFlow")], "no TensorFlow"),
        ([READY, "killed by SIGKILL"], "killed by SIGKILL"),
        ([READY, RangeTestEnded(SWEEP, error="optimizer must be ...")], "optimizer must be ..."),
        ([signal.SIGINT], "interrupted"),
    ],
)
def test_what_goes_wrong_is_one_line(plays: Plays, script: Script, says: str) -> None:
    plays(*script)
    result = call(*ARGUMENTS)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"lrtui find: {says}\n"


def test_ctrl_c_prints_what_there_is(plays: Plays) -> None:
    part = RangeTestEnded(SWEEP, pack(RATES[:20]), pack(LOSSES[:20]), stopped=True)
    begun = RangeTestSteps(0, pack(RATES[:20]), pack(LOSSES[:20]))
    link = plays(READY, begun, signal.SIGINT, after_stop=[part])
    result = call(*ARGUMENTS)
    assert result.exit_code == 1
    assert isinstance(link.sent[-1], Stop)
    assert "valley" in result.stdout
    assert result.stderr.splitlines() == [
        "lrtui find: stopping; once more: at once",
        "lrtui find: interrupted after 20 of 30 steps",
    ]


def test_wrong_calls() -> None:
    assert (
        refused("find", "--low", "0")
        == "lrtui find: --low must be a finite number >= 1e-30. Received: 0"
    )
    assert "--high must be above low, 1. Received: 0.5" in refused(
        "find", "--low", "1", "--high", "0.5"
    )
    assert "--steps must be" in refused("find", "--steps", "3")
    for meaningless in ("--epochs", "--drive", "--plateau-patience", "--validation-share"):
        line = refused("find", meaningless, "1")
        assert "No such option" in line
        assert meaningless in line


def test_in_the_real_worker() -> None:
    result = call("find", "--task", "sine", "--low", "1e-3", "--high", "1e3", "--steps", "40")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    told = [line.split() for line in lines[lines.index("") + 2 :]]
    assert [told[0][1], told[-3][1]] == ["valley", "divergence"]
    rates = [float(rate) for _, _, rate, *_ in told[:-2]]
    assert all(1e-4 <= rate <= rates[-1] <= 1e3 for rate in rates)
    assert told[-2][0] == "recommended:"
    assert float(told[-2][1]) < rates[-1]
    assert lines[-1] == "(trained at once)"
