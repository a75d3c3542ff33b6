"""A range test as CSV, a row a step, and as JSON.

Rates and losses read back as the very same float32. JSON has no NaN and no infinity: such a number
is the text "nan", "inf" or "-inf"; what there is none of is null.
"""

import json
from collections.abc import Mapping

import msgspec

from lrtui.export.numbers import in_json, shortest
from lrtui.protocol import Settings
from lrtui.protocol.range_test import RangeTest, Sweep
from lrtui.protocol.recommendation import HELD_STEPS, Recommendation


def range_csv(test: RangeTest) -> str:
    """A row a step of the sweep: step, learning_rate, loss, smoothed."""
    columns = zip(test.rates.tolist(), test.losses.tolist(), test.smoothed.tolist(), strict=True)
    rows = [
        f"{step},{shortest(rate)},{shortest(loss)},{smoothed:.9g}"
        for step, (rate, loss, smoothed) in enumerate(columns)
    ]
    return "\n".join(["step,learning_rate,loss,smoothed", *rows, ""])


def range_json(
    test: RangeTest,
    settings: Settings,
    sweep: Sweep,
    versions: Mapping[str, str],
    *,
    trained: str,
) -> str:
    """Suggestions, divergence and every step, as one indented JSON object.

    Args:
        test: what was found.
        settings: of the training.
        sweep: what was tried.
        versions: of what trained.
        trained: how, ``at once`` or ``model.fit``.
    """
    whole = {
        "versions": dict(versions),
        "trained": trained,
        "settings": msgspec.structs.asdict(settings),
        "sweep": msgspec.structs.asdict(sweep),
        "suggestions": [
            {"name": one.name, "learning_rate": one.rate, "meaning": one.meaning}
            for one in test.suggestions
        ],
        "recommendation": _recommendation(test.recommendation),
        "trouble": test.trouble,
        "divergence": test.divergence,
        "diverged_at": test.diverged_at,
        "learning_rates": [float(shortest(rate)) for rate in test.rates.tolist()],
        "losses": [in_json(loss) for loss in test.losses.tolist()],
        "smoothed": [in_json(loss) for loss in test.smoothed.tolist()],
    }
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


def _recommendation(one: Recommendation | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "learning_rate": one.rate,
        "why": one.why,
        "seeds": one.seeds,
        "steps": HELD_STEPS,
        "diverged": list(one.refused),
    }
