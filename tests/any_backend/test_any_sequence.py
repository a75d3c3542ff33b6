"""Any sequence of what scripts do, by two attachments to one model, against plain Python.

After each act the model trains two steps: by as much as the weight fell, that is the rate that
both tell, and the one that is expected. All rates are powers of two, so that all of it is exact.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lrtui import Steering
from tests.any_backend.oracle import GuideStep, OwnLoss, Weights, compiled, fit, sequential

RATES = st.sampled_from([0.0, 0.25, 0.5])
ACTS = st.one_of(
    st.tuples(st.just("compile"), st.tuples(RATES, st.booleans())),
    st.tuples(st.just("reset"), st.one_of(st.none(), RATES)),
    st.tuples(st.just("set"), RATES),
    st.tuples(st.just("scale"), st.sampled_from([0.5, 2.0])),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("save and load"), st.none()),
)


def constant_schedule(rate: float) -> Any:
    return keras.optimizers.schedules.PiecewiseConstantDecay([10**6], [rate, rate])


class Expected:
    """The rate that the next step must use, of a model built with a float or with that schedule."""

    def __init__(self, own: float) -> None:
        self.compile(own)

    def compile(self, own: float) -> None:
        self.own = own
        self.undo()

    def undo(self) -> None:
        self.source: float | None = None
        self.set(None)

    def reset(self, to: float | None) -> None:
        self.source = self.source if to is None else to
        self.set(None)

    def set(self, held: float | None) -> None:
        self.held, self.scale = held, 1.0

    @property
    def rate(self) -> float:
        given = [one for one in (self.held, self.source, self.own) if one is not None]
        return given[0] * self.scale


def act(model: Any, by: Steering, what: str, value: Any, expected: Expected, folder: Path) -> None:
    match what:
        case "compile":
            own, as_schedule = value
            compiled(model, constant_schedule(own) if as_schedule else own)
            expected.compile(own)
        case "reset":
            by.reset(value)
            expected.reset(value)
        case "set":
            by.set_rate(value)
            expected.set(value)
        case "scale":
            by.scale(value)
            expected.scale *= value
        case "undo":
            by.undo()
            expected.undo()
        case _:
            model.save_weights(folder / "model.weights.h5")
            model.load_weights(folder / "model.weights.h5")


@settings(
    max_examples=5,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    made=st.sampled_from([sequential, OwnLoss, GuideStep]),
    acts=st.lists(st.tuples(ACTS, st.booleans()), min_size=4, max_size=7),
)
def test_tells_no_untruth(tmp_path_factory: Any, made: Any, acts: Any) -> None:
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("saved")
    model, expected = compiled(made(), 0.125), Expected(0.125)
    both = Steering(model), Steering(model)
    told: list[float] = []
    for (what, value), second in [(("scale", 1.0), False), *acts]:
        act(model, both[second], what, value, expected, folder)
        weights = Weights()
        fit(model, 2, weights)
        moved = weights.moved if made is sequential else weights.moved[-1:]  # built when it trains
        np.testing.assert_array_equal(moved, expected.rate, f"{what} {value}")
        told += [expected.rate] * 2
        for one in both:
            assert one.rate == expected.rate
            assert one.steps == len(told)
            np.testing.assert_array_equal(one.read(0, len(told)).rates, told)
    for one in both:
        one.detach()
    weights = Weights()
    fit(model, 2, weights)
    np.testing.assert_array_equal(weights.moved, expected.own)
