"""Lines of fastai, beside fastai itself and beside its formulas.

Its module of schedules is loaded by itself, its Learner is played. It works out the place in a
training in float32: what it says itself is held to as much, the formulas to all digits.
"""

import functools
import math
from typing import Any

import numpy as np
import pytest
import torch
from fastcore import all as fastcore
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import parse, read
from lrtui.schedules.foreign import constructors, load
from tests.export_libraries.alone import alone
from tests.export_libraries.comparing import refused
from tests.export_libraries.formulas import half_cosine, same
from tests.export_libraries.spelling import calls, counts, many, rates, written

NEAR = 2e-5
"""Of the largest rate: float32 moves the place in a phase of a twentieth by a millionth, and the
rate by so much where it rises a thousandfold within it."""
LENGTH = 7
"""Steps of an epoch."""


class Learner:
    """What fastai's own fits with, without a model: notes the rate of each step."""

    lr, moms = 1e-3, (0.95, 0.85, 0.95)

    def __init__(self) -> None:
        self.opt = self
        self.hypers = [{"lr": 0.0}, {"lr": 0.0}]
        self.rates: list[float] = []

    def set_hyper(self, name: str, value: Any) -> None:
        if isinstance(value, slice):
            first = value.start or value.stop / 10
            value = [first, value.stop]
        for group, one in zip(self.hypers, np.broadcast_to(value, 2), strict=True):
            group[name] = float(one)

    def freeze(self) -> None:
        pass

    unfreeze = freeze

    def fit(self, n_epoch: int, *, cbs: Any, start_epoch: int = 0, **_: Any) -> None:
        (scheduler,) = cbs
        scheduler.opt = self
        for epoch in range(start_epoch, n_epoch):
            place = epoch / n_epoch
            for _step in range(LENGTH):
                scheduler._update_val(place)
                self.rates.append(self.hypers[-1]["lr"])
                place += 1 / (n_epoch * LENGTH)


class Callback:
    def __add__(self, others: list[Any]) -> list[Any]:
        return [self, *others]


FASTAI = alone(
    "fastai.callback.schedule",
    fastai__basics={
        **{name: vars(fastcore)[name] for name in ("L", "patch", "delegates", "docs", "mk_class")},
        **{"store_attr": fastcore.store_attr, "functools": functools, "math": math, "np": np},
        **{"torch": torch, "tensor": torch.tensor, "partial": functools.partial},
        **{"Callback": Callback, "Learner": Learner, "Recorder": type("Recorder", (), {})},
    },
    fastai__callback__tracker={"SaveModelCallback": object},
)
SCHEDULES = vars(FASTAI)
EPOCHS = written(st.integers(1, 5))
DIVISORS = written(st.floats(1, 300) | st.sampled_from([10.0, 25.0]))
FINAL = written(st.floats(1, 1000) | st.just(1e5))
PARTS = written(st.floats(0.05, 0.95) | st.sampled_from([0.1, 0.25, 0.3, 0.5]))
RATE = (
    rates
    | rates.map(lambda rate: f"slice({rate})")
    | rates.map(lambda rate: f"slice(1e-6, {rate})")
)
BESIDE = {"wd": st.just("0.1"), "cbs": st.just("None"), "reset_opt": st.just("True")}
MOMENTA = {"moms": st.just("(0.95, 0.85, 0.95)")}
START = {"start_epoch": counts}
FITS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "fit_one_cycle": (
        {"n_epoch": EPOCHS},
        {
            **{"lr_max": RATE, "div": DIVISORS, "div_final": FINAL, "pct_start": PARTS},
            **{"wd": BESIDE["wd"], **MOMENTA, "cbs": BESIDE["cbs"]},
            **{"reset_opt": BESIDE["reset_opt"], **START},
        },
    ),
    "fit_flat_cos": (
        {"n_epoch": EPOCHS},
        {"lr": RATE, "div_final": FINAL, "pct_start": PARTS, **BESIDE, **START},
    ),
    "fit_sgdr": (
        {"n_cycles": written(st.integers(1, 3)), "cycle_len": written(st.integers(1, 3))},
        {
            **{"lr_max": RATE, "cycle_mult": written(st.integers(1, 3)), "cbs": BESIDE["cbs"]},
            **{"reset_opt": BESIDE["reset_opt"], "wd": BESIDE["wd"], **START},
        },
    ),
    "fine_tune": (
        {"epochs": EPOCHS},
        {
            **{"base_lr": rates, "freeze_epochs": EPOCHS, "lr_mult": DIVISORS},
            **{"pct_start": PARTS, "div": DIVISORS},
        },
    ),
}
"""What they take, in its order."""


def assert_fitted_alike(line: str) -> None:
    """Each step of the training has fastai's rate, or both refuse the line."""
    learner = Learner()
    try:
        eval(f"learn.{line}", {"learn": learner})
    except (AssertionError, ZeroDivisionError):
        learner.rates = []
    written = f"learn.{line[:-1].rstrip().rstrip(',')}, steps_per_epoch={LENGTH})"
    if not learner.rates:
        refused(written)
        return
    ours = parse(written)
    found = ours(np.arange(len(learner.rates)))
    bound = NEAR * max(learner.rates)
    np.testing.assert_allclose(found, learner.rates, 0, bound, err_msg=f"{line}: {ours}")


@pytest.mark.parametrize("name", FITS)
def test_what_fits(name: str) -> None:
    @many
    @given(calls(name, *FITS[name]))
    def check(line: str) -> None:
        assert_fitted_alike(line)

    check()


ENDS = {"start": rates, "end": rates}
PLAIN: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("SchedCos", "SchedLin", "SchedExp", "SchedNo"), ENDS),
    "SchedPoly": {**ENDS, "power": written(st.floats(0.2, 4))},
    "combined_cos": {
        **{"pct": st.sampled_from(["0.1", "0.25", ".5", "0.3"]), "start": rates},
        **{"middle": rates, "end": rates},
    },
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_made(name: str) -> None:
    @many
    @given(calls(name, PLAIN[name]), st.integers(1, 5))
    def check(line: str, twenties: int) -> None:
        total = 20 * twenties
        made = eval(line, SCHEDULES)
        rates = [made(step / total) for step in range(total + 1)]
        ours = parse(f"{line[:-1].rstrip().rstrip(',')}, total_steps={total})")
        found = ours(np.arange(total + 1))
        np.testing.assert_allclose(found, rates, 0, NEAR * max(rates), err_msg=f"{line}: {ours}")

    check()


def test_the_rates_of_other_layers_are_told() -> None:
    line = "learn.fit_one_cycle(1, slice({}), steps_per_epoch=9)"
    assert "the first ones have 1e-05" in read(line.format("1e-5, 1e-3")).notes[0]
    assert "all others have a tenth" in read(line.format("1e-3")).notes[0]
    assert "must be slice(last) or slice(first, last)" in refused(line.format("1, 2, 3"))
    assert "must be below the 3 epochs" in refused(
        "learn.fit_one_cycle(3, 0.1, start_epoch=3, steps_per_epoch=9)"
    )


def test_all_are_looked_at() -> None:
    assert set(constructors(load("fastai"))) == {*FITS, *PLAIN}


# ---------------------------------------------------------------- its formulas


@many
@given(rates, st.integers(1, 6), st.integers(4, 20), st.floats(0.05, 0.95))
def test_fastai(rate: str, epochs: int, length: int, part: float) -> None:
    total, high = epochs * length, float(rate)

    def cosine(start: float, end: float, done: float) -> float:
        return start + (1 + math.cos(math.pi * (1 - done))) * (end - start) / 2

    def cycle(step: int) -> float:
        done = step / total
        if done < part:
            return cosine(high / 25, high, done / part)
        return cosine(high, high / 1e5, (done - part) / (1 - part))

    def flat(step: int) -> float:
        done = step / total
        return high if done < part else cosine(high, high / 1e5, (done - part) / (1 - part))

    given = f"{epochs}, {rate}, pct_start={part!r}, steps_per_epoch={length}"
    same(f"learn.fit_one_cycle({given})", cycle, total)
    same(f"learn.fit_flat_cos({given})", flat, total)
    line = f"combined_cos(0.25, {rate}, 0.5, 0.01, total_steps={4 * total})"
    same(
        line,
        lambda step: (
            cosine(high, 0.5, step / total)
            if step < total
            else cosine(0.5, 0.01, (step - total) / (3 * total))
        ),
        4 * total,
    )


@many
@given(rates, rates, st.integers(1, 60), st.floats(0.2, 4))
def test_fastai_s_plain_ones(start: str, end: str, total: int, power: float) -> None:
    first, last = float(start), float(end)
    given = f"{start}, {end}, total_steps={total}"
    count = total + 1
    same(
        f"SchedCos({given})", lambda step: last + (first - last) * half_cosine(step / total), count
    )
    same(f"SchedLin({given})", lambda step: first + step / total * (last - first), count)
    same(f"SchedExp({given})", lambda step: float(first * (last / first) ** (step / total)), count)
    same(f"SchedNo({given})", lambda step: first, count)
    same(
        f"SchedPoly({start}, {end}, {power!r}, total_steps={total})",
        lambda step: float(first + (last - first) * (step / total) ** power),
        count,
    )


@many
@given(rates, st.integers(1, 5), st.integers(1, 3), st.integers(2, 20), st.floats(0.05, 0.95))
def test_fastai_s_fine_tuning(
    rate: str, epochs: int, frozen: int, length: int, part: float
) -> None:
    """As its source has it: a cycle with 0.99 of rise, then one of half the rate."""

    def cosine(start: float, end: float, done: float) -> float:
        return start + (1 + math.cos(math.pi * (1 - done))) * (end - start) / 2

    def cycle(high: float, div: float, rise: float, done: float) -> float:
        if done < rise:
            return cosine(high / div, high, done / rise)
        return cosine(high, high / 1e5, (done - rise) / (1 - rise))

    def formula(step: int) -> float:
        if step < frozen * length:
            return cycle(float(rate), 25.0, 0.99, step / (frozen * length))
        return cycle(float(rate) / 2, 5.0, part, (step - frozen * length) / (epochs * length))

    line = (
        f"learn.fine_tune({epochs}, {rate}, {frozen}, pct_start={part!r}, steps_per_epoch={length})"
    )
    same(line, formula, (epochs + frozen) * length)
