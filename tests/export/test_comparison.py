"""A comparison as CSV, JSON and in words, read back by what people read them with."""

import csv
import io
import json
import math

import pytest

from lrtui.export.comparison import comparison_csv, comparison_json, comparison_text
from lrtui.protocol import Settings
from lrtui.runs.comparison import Comparison, Difference, Outcome, Spread, Standing
from tests.export.test_history import refuse

NAN = float("nan")
FAST = Standing(
    "decay_rate 0.5",
    "ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)",
    (Outcome(3, False, 0.1, 0.05, 4), Outcome(4, False, 0.3, 0.3, None)),
)
WILD = Standing("decay_rate 9.0", "Constant(9.0)", (Outcome(3, True, NAN, NAN, None),))


def a_comparison(*differences: Difference, level: float = 0.95) -> Comparison:
    return Comparison("val_loss", 0.2, (FAST, WILD), FAST.name, differences, level)


WILDLY = Difference(WILD.name, Spread.of([]), NAN)


def test_csv() -> None:
    first, second = csv.DictReader(io.StringIO(comparison_csv(a_comparison(WILDLY))))
    assert float(first.pop("final_sd")) == pytest.approx(math.sqrt(0.02))
    assert float(first.pop("best_sd")) == pytest.approx(math.sqrt(0.03125))
    assert first == {
        "name": "decay_rate 0.5",
        "schedule": FAST.schedule,
        **{"runs": "2", "diverged": "0", "measure": "val_loss"},
        **{"final": "0.2", "best": "0.175"},
        **{"reached": "1", "steps_to": "4.0", "steps_to_sd": ""},
    }
    assert [second[key] for key in ("runs", "diverged", "final", "reached")] == ["1", "1", "", "0"]


def test_json_is_json_and_has_every_run() -> None:
    text = comparison_json(
        a_comparison(WILDLY), Settings(seed=3), {"keras": "3.15.1"}, trained="at once"
    )
    whole = json.loads(text, parse_constant=refuse)
    assert whole["versions"] == {"keras": "3.15.1"}
    assert (whole["trained"], whole["tuning"]) == ("at once", None)
    assert whole["settings"]["seed"] == 3
    assert (whole["measure"], whole["to_loss"], whole["lowest"]) == ("val_loss", 0.2, FAST.name)
    fast, wild = whole["schedules"]
    assert fast["final"] == {"count": 2, "mean": 0.2, "sd": pytest.approx(math.sqrt(0.02))}
    assert [run["seed"] for run in fast["runs"]] == [3, 4]
    assert [run["steps_to"] for run in fast["runs"]] == [4, None]
    assert wild["runs"] == [
        {"seed": 3, "diverged": True, "final": "nan", "best": None, "steps_to": None}
    ]
    assert whole["differences"][0]["verdict"] == "not compared"


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (WILDLY, "not compared, there is no seed on which neither diverged"),
        (
            Difference("b", Spread(1, 0.25, NAN), NAN),
            "higher by 0.25 on 1 seed, which says nothing of the spread: more seeds are needed",
        ),
        (Difference("b", Spread(4, 0.0, 0.0), 0.0), "the very same numbers on 4 seeds"),
        (
            Difference("b", Spread(5, 0.25, 0.1), 0.5),
            "higher by 0.25 over 5 seeds (-0.25 to 0.75): "
            "within the spread, no difference is shown",
        ),
        (
            Difference("b", Spread(5, -0.25, 0.1), 0.125),
            "lower by 0.25 over 5 seeds (-0.375 to -0.125): a difference",
        ),
    ],
)
def test_in_words(difference: Difference, words: str) -> None:
    lacking, first, second, *rest = comparison_text(a_comparison(difference))
    assert lacking == f"{WILD.name}: only 1 of 2 runs were done"
    assert first == "lowest mean val_loss: decay_rate 0.5"
    assert second == f"{difference.other}: {words}"
    explained = ["(in brackets: 95 % t interval of the difference seed by seed)"]
    assert rest == (explained if difference.over.count > 1 else [])


def test_of_several_the_words_say_that_all_pairs_are_meant() -> None:
    said = comparison_text(a_comparison(Difference("b", Spread(5, 0.2, 0.1), 0.1), level=0.98))
    assert said[-1].endswith(
        "98 % t interval of the difference seed by seed, so that 95 % holds for all pairs)"
    )


def test_where_all_diverged_that_is_said() -> None:
    nothing = Comparison("val_loss", None, (WILD, WILD), None, (), 0.95)
    assert comparison_text(nothing) == ["every run diverged: there is nothing to compare"]
