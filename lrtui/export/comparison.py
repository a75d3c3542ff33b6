"""A comparison of schedules as CSV, as JSON, and in words.

Numbers are written as they read back. JSON has no NaN: what there is none of is null (empty in
CSV), what is not finite is the text "nan", "inf" or "-inf".
"""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence

import msgspec

from lrtui.export.numbers import shortest
from lrtui.protocol import Settings
from lrtui.runs.comparison import CONFIDENCE, Comparison, Difference, Spread, Standing
from lrtui.runs.tuning import Tuned

_COLUMNS = (
    *("name", "schedule", "runs", "diverged", "measure", "final", "final_sd"),
    *("best", "best_sd", "reached", "steps_to", "steps_to_sd"),
)


def comparison_csv(comparison: Comparison) -> str:
    """A row a schedule: name, schedule, runs, diverged, measure, and mean and sd over the seeds.

    `measure` is what final and best are: val_loss or loss. `reached` and `steps_to` are empty
    where no loss to be reached was asked for.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in comparison.standings:
        counts = [one.name, one.schedule, len(one.outcomes), one.diverged, comparison.measure]
        reached = [one.steps_to.count, *_pair(one.steps_to)]
        writer.writerow(
            [
                *(*counts, *_pair(one.final), *_pair(one.best)),
                *(reached if comparison.to_loss is not None else ["", "", ""]),
            ]
        )
    return out.getvalue()


def comparison_json(
    comparison: Comparison,
    settings: Settings,
    versions: Mapping[str, str] | None = None,
    *,
    trained: str,
    tuning: Mapping[str, object] | None = None,
) -> str:
    """The table, each run, and the differences from the lowest, as one indented JSON object.

    Args:
        comparison: what is written.
        settings: that all runs share, but for the seed, which is the first one's.
        versions: of what trained.
        trained: how, ``at once`` or ``model.fit``.
        tuning: of :func:`tuning_values`; None: nothing was tuned.
    """
    whole = {
        "versions": dict(versions or {}),
        "trained": trained,
        "tuning": tuning,
        "settings": msgspec.structs.asdict(settings),
        "measure": comparison.measure,
        "to_loss": comparison.to_loss,
        "schedules": [_standing(one) for one in comparison.standings],
        "lowest": comparison.lowest,
        "confidence": comparison.level,
        "differences": [
            {
                "other": one.other,
                **_spread(one.over),
                "half_width": _number(one.half_width),
                "verdict": one.verdict,
            }
            for one in comparison.differences
        ],
    }
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


def tuning_values(tuned: Mapping[str, Tuned], seeds: Sequence[int]) -> dict[str, object]:
    """What was tried to find each schedule's rate, for :func:`comparison_json`.

    Args:
        tuned: by the names of the schedules.
        seeds: all that were used.
    """
    return {
        "seeds": list(seeds),
        "found": [
            {
                "name": name,
                "learning_rate": one.best.rate if one.best is not None else None,
                "at_end": one.at_end,
                "tried": [
                    {"learning_rate": tried.rate, "final": [_number(v) for v in tried.losses]}
                    for tried in one.tried
                ],
            }
            for name, one in tuned.items()
        ],
    }


def comparison_text(comparison: Comparison) -> list[str]:
    """Which schedule is lowest, and of each other whether that can be told from chance."""
    lowest = next((one for one in comparison.standings if one.name == comparison.lowest), None)
    lacking = _lacking(comparison)
    if lowest is None and lacking:
        return [*lacking, "there is no seed that all were trained with: nothing is ranked"]
    if lowest is None:
        return ["every run diverged: there is nothing to compare"]
    said = [f"lowest mean {comparison.measure}: {lowest.name}"]
    if lowest.diverged:
        said[0] += f", though it diverged on {lowest.diverged} of {_seeds(len(lowest.outcomes))}"
    said += [f"{one.other}: {_difference(one)}" for one in comparison.differences]
    if any(one.over.count > 1 for one in comparison.differences):
        interval = f"{100 * comparison.level:.3g} % t interval of the difference seed by seed"
        several = f", so that {100 * CONFIDENCE:.0f} % holds for all pairs"
        said.append(f"(in brackets: {interval}{several if comparison.level > CONFIDENCE else ''})")
    return [*lacking, *said]


def _lacking(comparison: Comparison) -> list[str]:
    """The schedules that were trained less often than others: a worker died, or it was stopped."""
    counts = {one.name: len(one.outcomes) for one in comparison.standings}
    most = max(counts.values())
    return [
        f"{name}: only {count} of {most} runs were done"
        for name, count in counts.items()
        if count < most
    ]


def _difference(one: Difference) -> str:
    seeds = _seeds(one.over.count)
    if one.verdict == "not compared":
        return "not compared, there is no seed on which neither diverged"
    if one.verdict == "same numbers":
        return f"the very same numbers on {seeds}"
    by = f"{'lower' if one.over.mean < 0 else 'higher'} by {abs(one.over.mean):.3g}"
    if one.verdict == "too few seeds":
        return f"{by} on {seeds}, which says nothing of the spread: more seeds are needed"
    low, high = one.over.mean - one.half_width, one.over.mean + one.half_width
    interval = f"{by} over {seeds} ({low:.3g} to {high:.3g})"
    if one.verdict == "differs":
        return f"{interval}: a difference"
    return f"{interval}: within the spread, no difference is shown"


def _seeds(count: int) -> str:
    return f"{count} seed{'' if count == 1 else 's'}"


def _standing(one: Standing) -> dict[str, object]:
    return {
        "name": one.name,
        "schedule": one.schedule,
        "diverged": one.diverged,
        "final": _spread(one.final),
        "best": _spread(one.best),
        "steps_to": _spread(one.steps_to),
        "runs": [
            {
                "seed": run.seed,
                "diverged": run.diverged,
                "final": shortest(run.final) if not math.isfinite(run.final) else run.final,
                "best": _number(run.best),
                "steps_to": run.steps_to,
            }
            for run in one.outcomes
        ],
    }


def _spread(one: Spread) -> dict[str, float | None]:
    return {"count": one.count, "mean": _number(one.mean), "sd": _number(one.deviation)}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _pair(one: Spread) -> list[str]:
    return ["" if math.isnan(value) else shortest(value) for value in (one.mean, one.deviation)]
