"""Lines of libraries that are not installed for tests, beside their formulas in plain Python.

Each formula is written down from the library's own, for one step at a time. PyTorch, optax,
transformers and timm are asked themselves, in a group of its own.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.schedules import Invalid, parse
from lrtui.schedules.foreign import constructors, find_constructor, load
from lrtui.schedules.text import read
from tests.export_libraries.spelling import (
    fractions,
    many,
    rates,
)

STEPS = 130

Formula = Callable[..., float]
few = settings(many, max_examples=60)


def same(line: str, formula: Callable[[int], float], count: int = STEPS) -> None:
    """The line has the rates of the formula."""
    expected = np.array([formula(step) for step in range(count)])
    found = np.asarray(parse(line)(np.arange(count)), np.float64)
    bound = 1e-6 * np.abs(expected).max() + 1e-30
    wrong = np.flatnonzero(~(np.abs(found - expected) <= bound))
    assert not len(wrong), (line, wrong[:5], found[wrong[:5]], expected[wrong[:5]])


def arguments_of(line: str) -> dict[str, Any]:
    """The values that a call gives by name."""
    return dict(eval(line.replace(line.partition("(")[0], "dict", 1)))


def by_name(name: str, arguments: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """A call with all of its arguments given by name."""
    return st.fixed_dictionaries(arguments).map(
        lambda given: f"{name}({', '.join(f'{key}={text}' for key, text in given.items())})"
    )


def half_cosine(done: float) -> float:
    return (1 + math.cos(math.pi * done)) / 2


# ---------------------------------------------------------------- Lightning Bolts


@few
@given(rates, st.integers(1, 30), st.integers(1, 60), st.floats(0, 0.1), st.floats(0, 0.1))
def test_bolts(rate: str, warmup: int, more: int, start: float, low: float) -> None:
    """As long as it is in its first half swing: after that it rises again."""
    high = float(rate)

    def formula(step: int) -> float:
        if step < warmup:
            return start + step * (high - start) / max(warmup - 1, 1)
        return low + (high - low) * half_cosine((step - warmup) / more)

    line = (
        f"LinearWarmupCosineAnnealingLR(SGD(p, lr={rate}), warmup_epochs={warmup}, "
        f"max_epochs={warmup + more}, warmup_start_lr={start!r}, eta_min={low!r})"
    )
    same(line, formula)


# ---------------------------------------------------------------- DeepSpeed


def deepspeed_rise(step: int, steps: int, kind: str) -> float:
    return math.log(step + 1) / math.log(steps) if kind == "log" else step / steps


@few
@given(rates, rates, st.integers(1, 40), st.integers(0, 80), st.sampled_from(["log", "linear"]))
def test_deepspeed(low: str, high: str, warmup: int, total: int, kind: str) -> None:
    steps, first, last = max(2, warmup), float(low), float(high)

    def risen(step: int) -> float:
        return first + (last - first) * deepspeed_rise(step, steps, kind)

    def constant(step: int) -> float:
        if step == 0:
            return first
        return risen(step - 1) if step - 1 < steps else last

    def decayed(step: int) -> float:
        if step <= steps:
            return constant(step)
        left = max(0.0, (total - step + 1) / max(1.0, total - steps))
        return first + (last - first) * left

    given = f"warmup_min_lr={low}, warmup_num_steps={warmup}, warmup_type={kind!r}"
    same(f"WarmupLR(o, {given}, warmup_max_lr={high})", constant)
    same(f"WarmupLR(SGD(p, {high}), {given})", constant)
    same(f"WarmupDecayLR(o, {total}, {given}, warmup_max_lr={high})", decayed)


@few
@given(rates, st.floats(0, 1), st.floats(0, 1), st.integers(1, 40), st.integers(0, 80))
def test_deepspeed_cosine(rate: str, low: float, end: float, warmup: int, total: int) -> None:
    steps, high = max(2, warmup), float(rate)

    def formula(step: int) -> float:
        if step == 0:
            return 0.0
        done = step - 1
        if done < steps:
            return high * (low + (1 - low) * deepspeed_rise(done, steps, "log"))
        part = min(1.0, (done - steps + 1) / max(1, total - steps))
        return high * (end + (1 - end) * half_cosine(part))

    line = f"WarmupCosineLR(Adam(p, lr={rate}), {total}, {low!r}, {warmup}, {end!r})"
    same(line, formula)


def test_that_deepspeed_begins_late_is_said() -> None:
    assert any("begins a step late" in one for one in read("WarmupLR(o)").notes)


# ---------------------------------------------------------------- TensorFlow Addons


def triangle(step: int, low: float, high: float, half: int, scale: float) -> float:
    cycle = math.floor(1 + step / (2 * half))
    x = abs(step / half - 2 * cycle + 1)
    return low + (high - low) * max(0.0, 1 - x) * scale


@few
@given(rates, rates, st.integers(1, 40), st.floats(0.9, 1))
def test_addons(low: str, high: str, half: int, gamma: float) -> None:
    first, last = float(low), float(high)
    given = f"{low}, maximal_learning_rate={high}, step_size={half}"
    same(
        f"tfa.optimizers.TriangularCyclicalLearningRate({given})",
        lambda step: triangle(step, first, last, half, 1.0),
    )
    same(
        f"Triangular2CyclicalLearningRate({given}, scale_mode='cycle', name='clr')",
        lambda step: triangle(step, first, last, half, 0.5 ** (step // (2 * half))),
    )
    same(
        f"ExponentialCyclicalLearningRate({given}, gamma={gamma!r})",
        lambda step: triangle(step, first, last, half, gamma**step),
    )


# ---------------------------------------------------------------- Models Garden


@few
@given(rates, rates, st.integers(1, 40), st.integers(1, 90), st.floats(0.3, 3))
def test_warmups_of_the_models_garden(
    first: str, rate: str, warmup: int, total: int, power: float
) -> None:
    decay = f"tf.keras.optimizers.schedules.PolynomialDecay({rate}, {total}, 0.0)"

    def decayed(step: int) -> float:
        return float(rate) * (1 - min(step, total) / total)

    def linear(step: int) -> float:
        low, high = float(first), decayed(warmup)
        return low + step / warmup * (high - low) if step < warmup else decayed(step)

    def polynomial(step: int) -> float:
        done = max(step, 1) / warmup
        return float(decayed(warmup) * done**power) if step < warmup else decayed(step)

    def official(step: int) -> float:
        return float(float(first) * (step / warmup) ** power) if step < warmup else decayed(step)

    same(f"LinearWarmup({decay}, {warmup}, {first})", linear)
    same(f"PolynomialWarmUp(after_warmup_lr_sched={decay}, warmup_steps={warmup}, "
         f"power={power!r})", polynomial)  # fmt: skip
    same(f"WarmUp({first}, {decay}, {warmup}, power={power!r})", official)
    same(f"LinearWarmup({rate}, {warmup}, 0.0)", lambda step: float(rate) * min(step / warmup, 1))


def test_which_warmup_is_read_is_said() -> None:
    line = "WarmUp(5e-5, PolynomialDecay(5e-5, 900, 0.0), 100)"
    (note,) = read(line).notes
    assert "that of transformers begins after the warmup" in note


@few
@given(rates, st.integers(1, 40), st.floats(0.3, 1), st.integers(0, 60), fractions)
def test_offsets_of_the_models_garden(
    rate: str, length: int, factor: float, offset: int, alpha: str
) -> None:
    high, low = float(rate), float(alpha)

    def cosine(step: int) -> float:
        done = min(step - offset, length) / length
        return high * ((1 - low) * half_cosine(done) + low)

    given = f"offset={offset}, initial_learning_rate={rate}, decay_steps={length}"
    same(f"CosineDecayWithOffset({given}, alpha={alpha})", cosine)
    same(
        f"PolynomialDecayWithOffset({given}, end_learning_rate=0.0, power=2.0)",
        lambda step: high * (1 - min(step - offset, length) / length) ** 2,
    )
    short = offset % 5
    same(
        f"ExponentialDecayWithOffset({short}, initial_learning_rate={rate}, "
        f"decay_steps={length}, decay_rate={factor!r})",
        lambda step: high * factor ** ((step - short) / length),
        20,
    )


def test_a_piecewise_one_with_an_offset() -> None:
    line = "PiecewiseConstantDecayWithOffset(offset=10, boundaries=[5, 9], values=[0.3, 0.2, 0.1])"
    assert parse(line)([0, 15, 16, 19, 20]).tolist() == pytest.approx([0.3, 0.3, 0.2, 0.2, 0.1])


@few
@given(rates, st.floats(-2, 0), st.integers(0, 40), st.integers(1, 9))
def test_powers_of_the_models_garden(rate: str, power: float, offset: int, tenths: int) -> None:
    high = float(rate)

    def law(step: int) -> float:
        return float(high * max(step, 1) ** power)

    def both(step: int) -> float:
        done = step - offset
        return max(0.0, law(done) * min(1.0, (100 - done) / (10 * tenths)))

    same(f"DirectPowerDecay({rate}, {power!r})", law)
    same(f"PowerAndLinearDecay({rate}, 100, {power!r}, {tenths / 10}, offset={offset})", both)
    same(
        f"PowerDecayWithOffset({rate}, {power!r}, {offset}, pre_offset_learning_rate=3.0)",
        lambda step: law(step - offset) if step > offset else 3.0,
    )


# ---------------------------------------------------------------- fastai


@few
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


def test_fastai_s_restarts_and_plain_ones() -> None:
    line = "learn.fit_sgdr(3, 1, 0.1, steps_per_epoch=10)"
    assert parse(line)([0, 5, 10, 20, 30]).tolist() == pytest.approx([0.1, 0.05, 0.1, 0.05, 0.1])
    assert parse("SchedPoly(0.1, 0.5, 2, total_steps=10)")(5) == pytest.approx(0.2)
    assert parse("SchedExp(0.1, 0.001, total_steps=10)")(5) == pytest.approx(0.01)
    assert parse("SchedLin(0.1, 0.0, total_steps=10)")(5) == pytest.approx(0.05)
    assert parse("SchedCos(0.1, 0.0, total_steps=10)")(5) == pytest.approx(0.05)
    assert parse("SchedNo(0.1, 0.1)")(5) == pytest.approx(0.1)


# ---------------------------------------------------------------- Composer


@few
@given(rates, st.integers(0, 30), st.integers(31, 90), st.floats(0, 1))
def test_composer(rate: str, warmup: int, total: int, low: float) -> None:
    high = float(rate)

    def risen(step: int) -> float:
        return high * step / warmup

    def after(step: int) -> float:
        return min(1.0, (step - warmup) / (total - warmup))

    def cosine(step: int) -> float:
        done = half_cosine(after(step)) if step >= warmup else 0.0
        return risen(step) if step < warmup else high * (low + (1 - low) * done)

    def linear(step: int) -> float:
        return risen(step) if step < warmup else high * (1 + after(step) * (low - 1))

    given = f"'{warmup}ba', t_max='{total}ba', alpha_f={low!r}, lr={rate}"
    same(f"CosineAnnealingWithWarmupScheduler({given})", cosine)
    same(f"LinearWithWarmupScheduler({given})", linear)


COMPOSER = {
    "StepScheduler('2ep', 0.5, steps_per_epoch=10, lr=0.4)": {0: 0.4, 19: 0.4, 20: 0.2, 40: 0.1},
    "MultiStepScheduler(['1ep', '25ba'], lr=1.0, steps_per_epoch=10)": {9: 1, 10: 0.1, 25: 0.01},
    "MultiStepWithWarmupScheduler('10ba', ['1ep', '0.5dur'], lr=1.0, steps_per_epoch=20, "
    "max_duration='4ep')": {5: 0.5, 10: 1, 19: 1, 20: 0.1, 40: 0.01},
    "ConstantScheduler(0.5, '10ba', lr=1.0)": {0: 0.5, 9: 0.5, 10: 1.0},
    "LinearScheduler(lr=1.0, max_duration='100ba')": {0: 1.0, 50: 0.5, 100: 0.0, 150: 0.0},
    "ExponentialScheduler(0.5, lr=1.0, steps_per_epoch=10)": {0: 1, 5: math.sqrt(0.5), 10: 0.5},
    "CosineAnnealingScheduler('0.5dur', lr=1.0, max_duration='2ep', steps_per_epoch=50)": {
        25: 0.5,
        50: 0.0,
        99: 0.0,
    },
    "CosineAnnealingWarmRestartsScheduler('10ba', 2, 0.2, lr=1.0)": {0: 1, 5: 0.6, 10: 1, 30: 1},
    "PolynomialScheduler(2.0, '100ba', lr=1.0)": {0: 1, 50: 0.25, 100: 0},
}


@pytest.mark.parametrize(("line", "expected"), COMPOSER.items())
def test_composer_s_times(line: str, expected: dict[int, float]) -> None:
    for step, rate in expected.items():
        assert float(parse(line)(step)) == pytest.approx(rate, abs=1e-7), step


# ---------------------------------------------------------------- Megatron, nanoGPT


@few
@given(rates, rates, st.integers(0, 30), st.integers(31, 90), st.integers(1, 30))
def test_megatron(low: str, high: str, warmup: int, total: int, cooldown: int) -> None:
    first, last = sorted((float(low), float(high)))
    steps = min(cooldown, total - warmup)

    def formula(step: int, style: str) -> float:
        if warmup and step <= warmup:
            return 0.0 + last * step / warmup
        if style == "constant":
            return last
        if step > total:
            return first
        if style == "inverse-square-root":
            return max(first, float(last * max(warmup, 1) ** 0.5 / max(step, 1) ** 0.5))
        done = (step - warmup) / (total - warmup)
        left = {"linear": 1 - done, "cosine": half_cosine(done)}.get(style)
        if left is None:
            cooled = step - (total - steps)
            left = 1.0 if cooled <= 0 else 1 - math.sqrt(cooled / steps)
        return first + left * (last - first)

    for style in ("constant", "linear", "cosine", "inverse-square-root", "WSD"):
        line = (
            f"OptimizerParamScheduler(optimizer, init_lr=0.0, max_lr={last!r}, min_lr={first!r}, "
            f"lr_warmup_steps={warmup}, lr_decay_steps={total}, lr_decay_style={style!r}, "
            f"start_wd=0.1, end_wd=0.1, wd_incr_steps=9, wd_incr_style='constant', "
            f"wsd_decay_steps={steps}, lr_wsd_decay_style='minus_sqrt')"
        )
        same(line, lambda step, style=style: formula(step, style))  # type: ignore[misc]


@few
@given(rates, st.integers(0, 30), st.integers(31, 90))
def test_nanogpt(rate: str, warmup: int, total: int) -> None:
    high = float(rate)

    def formula(step: int) -> float:
        if step < warmup:
            return high * (step + 1) / (warmup + 1)
        if step > total:
            return 6e-5
        return 6e-5 + half_cosine((step - warmup) / (total - warmup)) * (high - 6e-5)

    same(f"get_lr(it, {rate}, warmup_iters={warmup}, lr_decay_iters={total})", formula)


# ---------------------------------------------------------------- one name in two libraries


def test_the_library_is_known_by_what_stands_before_a_name_or_by_its_arguments() -> None:
    known = {
        "tf.compat.v1.train.exponential_decay": "tensorflow",
        "tf.train.exponential_decay": "tensorflow",
        "optax.exponential_decay": "optax",
        "exponential_decay": "optax",
    }
    for name, library in known.items():
        constructor = find_constructor(name)
        assert constructor is not None
        assert constructor.library is load(library)


def test_a_name_of_two_libraries_is_of_the_one_that_takes_the_arguments() -> None:
    assert str(
        parse("exponential_decay(0.1, global_step=step, decay_steps=100, decay_rate=0.9)")
    ) == ("ExponentialDecay(0.1, decay_steps=100, decay_rate=0.9)")
    assert str(parse("CyclicLR(base_lr=0.001, max_lr=0.006, step_size=2000.)")) == (
        "CyclicalRate(0.001, max_learning_rate=0.006, step_size_up=2000)"
    )
    assert str(parse("CyclicLR(optimizer, 0.001, 0.006, cycle_momentum=False)")) == (
        "CyclicalRate(0.001, max_learning_rate=0.006, step_size_up=2000)"
    )


# ---------------------------------------------------------------- the rate stands elsewhere


@pytest.mark.parametrize(
    "line",
    [
        "LinearWarmupCosineAnnealingLR(optimizer, 10, 40)",
        "WarmupCosineLR(optimizer, 100)",
        "WarmupLR(optimizer)",
        "StepScheduler('10ba')",
        "CosineAnnealingWithWarmupScheduler('10ba', '100ba')",
        "learn.fit_one_cycle(5, steps_per_epoch=10)",
        "CosineLRScheduler(optimizer, 100)",
    ],
)
def test_an_assumed_rate_is_said(line: str) -> None:
    assert any("is assumed" in note for note in read(line).notes)


@pytest.mark.parametrize(
    "line",
    [
        "LinearWarmupCosineAnnealingLR(Adam(p, lr=0.02), 10, 40)",
        "LinearWarmupCosineAnnealingLR(Adam(p, 0.02), 10, 40)",
        "LinearWarmupCosineAnnealingLR(optimizer=SGD([{'params': p, 'lr': 0.02}], 9), "
        "warmup_epochs=10, max_epochs=40)",
        "CosineLRScheduler(AdamW(p, 0.02), t_initial=40)",
    ],
)
def test_the_rate_that_the_optimizer_carries(line: str) -> None:
    assert parse(line)([0, 10]).max() == pytest.approx(0.02)
    assert not any("is assumed" in note for note in read(line).notes)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("learn.fit_one_cycle(5, 0.1)", "fit_one_cycle must be given steps_per_epoch"),
        ("StepScheduler('10ep')", "steps_per_epoch must be given for 10ep"),
        ("CosineAnnealingScheduler()", 'max_duration must be given for "dur", as in "10ep"'),
        ("StepScheduler('10tok')", 'step_size must be a time in "ep", "ba" or "dur"'),
        ("LRRangeTest(o)", "is a range test: `lrtui find` does one"),
        ("LinearWarmupCosineAnnealingLR(o, 10, 10)", "max_epochs must be above warmup_epochs, 10"),
        ("tfa.optimizers.CyclicalLearningRate(0.1, 1.0, 9, f)", "is scaled by a function of your"),
        ("tf.compat.v1.train.noisy_linear_cosine_decay(0.1, s, 9)", "is random, another in every"),
        ("WarmUp(0.1, my_decay, 10)", "decay_schedule_fn must be a schedule, as in"),
    ],
)
def test_what_is_missing_is_named(line: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(line)
    assert message in str(refusal.value)


def test_every_table_is_looked_at() -> None:
    """By the tests above: each constructor's name stands in this file."""
    text = open(__file__, encoding="utf-8").read()  # noqa: PTH123, SIM115
    for library in (
        "fastai",
        "tensorflow_addons",
        "models_garden",
        "lightning_bolts",
        "deepspeed",
        "composer",
        "language_models",
    ):
        missing = [name for name in constructors(load(library)) if f"{name}(" not in text]
        assert not missing
