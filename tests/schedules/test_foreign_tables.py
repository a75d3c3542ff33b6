"""Lines of libraries that are not installed for tests: whose a name is, and where the rate stands.

Random lines of them are held against their formulas beside those of the libraries themselves.
"""

import math

import pytest

from lrtui.schedules import Invalid, parse
from lrtui.schedules.foreign import find_constructor, load
from lrtui.schedules.text import read

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
        "StepLR(optim.SGD(p, 0.02), 30)",
        "get_constant_schedule(AdamW(params=p, lr=0.02))",
        "WarmupLR(SGD(p, 0.02), warmup_num_steps=5)",
        "StepScheduler('10ba', lr=0.02)",
        "learn.fit_flat_cos(5, 0.02, steps_per_epoch=10)",
        "Adam(learning_rate=CosineDecay(0.02, 100))",
        "optax.adam(learning_rate=optax.constant_schedule(0.02))",
        "Adam(tfa.optimizers.TriangularCyclicalLearningRate(0.0, 0.02, step_size=10))",
        "SGD(WarmUp(0.02, 0.02, 10))",
        "lr = tf.train.cosine_decay(0.02, step, 100)",
        "lr = get_lr(it, learning_rate=0.02, warmup_iters=10)",
    ],
)
def test_the_rate_that_the_optimizer_carries(line: str) -> None:
    assert parse(line)([0, 10]).max() == pytest.approx(0.02, rel=0.03)
    assert not any("is assumed" in note for note in read(line).notes)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("learn.fit_one_cycle(5, 0.1)", "fit_one_cycle must be given steps_per_epoch"),
        ("StepScheduler('10ep')", "steps_per_epoch must be given for 10ep"),
        ("CosineAnnealingScheduler()", 'max_duration must be given for "dur", as in "10ep"'),
        ("StepScheduler('10tok')", 'step_size must be a time in "ep", "ba" or "dur"'),
        ("LinearWarmupCosineAnnealingLR(o, 10, 10)", "max_epochs must be above warmup_epochs, 10"),
        (
            "tfa.optimizers.CyclicalLearningRate(0.1, 1.0, 9, f)",
            "scale_fn must be lambda x: 1.0 or lam",
        ),
        ("tf.compat.v1.train.noisy_linear_cosine_decay(0.1, s, 9)", "is random, another in every"),
        ("WarmUp(0.1, my_decay, 10)", "decay_schedule_fn must be a schedule, as in"),
    ],
)
def test_what_is_missing_is_named(line: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(line)
    assert message in str(refusal.value)


# ---------------------------------------------------------------- notes, and Composer's times


def test_that_deepspeed_begins_late_is_said() -> None:
    assert any("begins a step late" in one for one in read("WarmupLR(o)").notes)


def test_which_warmup_is_read_is_said() -> None:
    line = "WarmUp(5e-5, PolynomialDecay(5e-5, 900, 0.0), 100)"
    (note,) = read(line).notes
    assert "that of transformers begins after the warmup" in note


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
