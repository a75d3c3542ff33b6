"""What people have written, in its smallest form: the right rates, or words that fit.

The rates are worked out by the formulas of the libraries; the libraries themselves are asked in a
group of its own. Rates of steps 0, 1, 2, ... or of the steps that are named.
"""

import math

import pytest

from lrtui.schedules import Invalid, parse
from lrtui.schedules.text import read


def cosine(high: float, low: float, done: float) -> float:
    return low + (high - low) * (1 + math.cos(math.pi * done)) / 2


def tanh(rate: float, done: float) -> float:
    """timm's, from -7 to 3."""
    return rate / 2 * (1 - math.tanh(-7 * (1 - done) + 3 * done))


RATES = {
    "StepLR(optimizer, 30)": {0: 0.1, 30: 0.01},
    "StepLR(optimizer=SGD(params, lr=0.5), step_size=3)": [0.5, 0.5, 0.5, 0.05],
    "StepLR(SGD(params, 0.5), step_size=3)": [0.5, 0.5, 0.5, 0.05],
    "StepLR(Adam(params), step_size=3)": [0.001, 0.001, 0.001, 0.0001],
    "StepLR(torch.optim.RMSprop([{'params': a, 'lr': 0.3}], lr=0.7), 2)": [0.3, 0.3, 0.03],
    "StepLR(Adam([dict(params=a), dict(params=b)], 0.3), 2)": [0.3, 0.3, 0.03],
    "get_linear_schedule_with_warmup(optimizer=SGD(params, lr=2.0), num_warmup_steps=2, "
    "num_training_steps=6)": [0, 1, 2, 1.5, 1],
    "SequentialLR(SGD(p, lr=0.5), [ConstantLR(o, 0.5, 2), StepLR(o, 9)], [2])": [
        0.25,
        0.25,
        0.5,
        0.5,
    ],
    "ConstantLR(o, 0.5, total_iters=0)": [0.05] * 9,
    "CosineAnnealingLR(o, T_max=10)": {10: 0, 15: 0.05, 20: 0.1, 30: 0},
    "ChainedScheduler([ConstantLR(o, factor=0.1, total_iters=2), ExponentialLR(o, gamma=0.9)])": [
        0.01,
        0.009,
        0.081,
        0.0729,
    ],
    "SequentialLR(o, [CyclicLR(o, 0.01, 0.05, 2), StepLR(o, 9)], [4])": {2: 0.05, 4: 0.01},
    "SequentialLR(o, [OneCycleLR(o, 1.0, 10), StepLR(o, 9)], [10])": {10: 0.04},
    "StepLR(optimizer, step_size=30, last_epoch=29)": {0: 0.01, 29: 0.01, 30: 0.001},
    "CyclicLR(o, 0.01, 0.1, 9, 9, 'triangular', 1.0, None, 'cycle', True, 0.8, 0.9)": {
        0: 0.01,
        9: 0.1,
    },
    "CyclicLR(o, 0.01, 0.1, 9, base_momentum=0.8, max_momentum=0.9, scale_fn=None)": {9: 0.1},
    "optax.exponential_decay(0.1, 10, 0.0, end_value=0.5)": [0.1] * 12,
    # A note of ours once said 0.2 for step 1: optax 0.2.8 itself warms up to the peak, 0.1, also
    # where a floor lies above that.
    "optax.warmup_exponential_decay_schedule(0.0, 0.1, 2, 10, 0.5, end_value=0.4)": [0, 0.05, 0.4],
    "optax.cosine_onecycle_schedule(4, 1.0, 0.2)": {0: 1.0, 4: 4e-6},
    "optax.linear_schedule(0.1, 0.0, 0)": [0.1] * 3,
    "optax.linear_schedule(0.1, 0.0, 4, -1)": [0.1, 0.075, 0.05, 0.025, 0],
    "optax.piecewise_constant_schedule(0.5, {0: 0.5})": [0.25, 0.25],
    "optax.piecewise_constant_schedule(0.5, None)": [0.5, 0.5],
    "optax.warmup_cosine_decay_schedule(0.0, 0.1, 2, 6, end_value=0.2)": {1: 0.05, 4: 0.15, 6: 0.2},
    "optax.warmup_cosine_decay_schedule(0.0, 0.1, 2, 6, exponent=2.0)": {2: 0.1, 4: 0.025, 6: 0},
    "get_scheduler('linear', optimizer=o, num_warmup_steps=0, num_training_steps=1000)": {
        0: 0.1,
        500: 0.05,
        1010: 0,
    },
    "get_cosine_with_hard_restarts_schedule_with_warmup(o, 10, 100, 2)": {
        10: 0.1,
        54: 0.1 * math.sin(math.pi / 2 / 45) ** 2,
        55: 0.1,
        100: 0,
    },
    "get_polynomial_decay_schedule_with_warmup(o, 10, 100, lr_end=1e-7, power=2.0)": {
        5: 0.05,
        55: 0.025 + 0.75e-7,
        101: 1e-7,
    },
    "get_cosine_with_min_lr_schedule_with_warmup(o, 10, 100, min_lr=0.001)": {
        55: 0.0505,
        100: 0.001,
        190: 0.1,
    },
    "get_cosine_schedule_with_warmup(o, 10, 100, num_cycles=1.5)": {40: 0, 70: 0.1, 100: 0},
    # timm goes on with its curve where the warmup ends; its multi-step drops a step early.
    "CosineLRScheduler(o, t_initial=100, lr_min=1e-5, warmup_t=5, warmup_lr_init=1e-6)": {
        0: 1e-6,
        1: 1e-6 + (0.1 - 1e-6) / 5,
        4: 1e-6 + 4 * (0.1 - 1e-6) / 5,
        5: cosine(0.1, 1e-5, 0.05),
        50: cosine(0.1, 1e-5, 0.5),
        99: cosine(0.1, 1e-5, 0.99),
        100: 1e-5,
        120: 1e-5,
    },
    "CosineLRScheduler(o, 10, warmup_t=5, warmup_prefix=True)": {4: 0.08, 5: 0.1, 10: 0.05, 15: 0},
    "CosineLRScheduler(o, 10, cycle_mul=2.0, cycle_decay=0.5, cycle_limit=2)": {
        5: 0.05,
        10: 0.05,
        20: 0.025,
        30: 0,
    },
    "PolyLRScheduler(o, 10, power=2.0, warmup_t=2)": {1: 0.05, 2: 0.064, 5: 0.025, 10: 0},
    "TanhLRScheduler(o, 10)": {0: tanh(0.1, 0), 5: tanh(0.1, 0.5), 9: tanh(0.1, 0.9), 10: 0},
    "StepLRScheduler(o, decay_t=10, decay_rate=0.5, warmup_t=2)": {1: 0.05, 11: 0.1, 12: 0.05},
    "MultiStepLRScheduler(o, [5, 10], 0.5)": {3: 0.1, 4: 0.05, 8: 0.05, 9: 0.025},
    "WSDLRScheduler(o, 20, 10, decay_fn='linear', warmup_t=5)": {4: 0.08, 14: 0.1, 20: 0.05, 25: 0},
    "tfa.optimizers.Triangular2CyclicalLearningRate(1e-4, 1e-2, step_size=2000)": {
        0: 1e-4,
        1000: 0.00505,
        2000: 0.01,
        4000: 1e-4,
        6000: 1e-4 + 0.0099 / 2,
        10_000: 1e-4 + 0.0099 / 4,
    },
    "WarmUp(initial_learning_rate=5e-5, decay_schedule_fn=PolynomialDecay(5e-5, 900, 0.0), "
    "warmup_steps=100)": {0: 0, 50: 2.5e-5, 99: 4.95e-5, 100: 5e-5 * 8 / 9, 450: 2.5e-5, 900: 0},
    # The warmup of Bolts is at its end a step sooner.
    "LinearWarmupCosineAnnealingLR(o, warmup_epochs=10, max_epochs=40)": {
        0: 0,
        3: 0.1 / 3,
        9: 0.1,
        10: 0.1,
        25: 0.05,
        40: 0,
    },
    "lr_schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 1000, 0.96)": {
        500: 0.097979590
    },
    "CosineDecay(0.1, 1000),": {0: 0.1, 500: 0.05, 1000: 0},
    "CosineDecay(0.1, 1000);": {0: 0.1, 500: 0.05, 1000: 0},
    "learning_rate=CosineDecay(0.1, 1000),": {0: 0.1, 500: 0.05, 1000: 0},
    "Adam(learning_rate=tf.keras.optimizers.schedules.ExponentialDecay(0.1, 1000, 0.96))": {
        1000: 0.096
    },
    "optax.adam(optax.cosine_decay_schedule(1e-3, 1000))": {0: 1e-3, 500: 5e-4, 1000: 0},
    "steps = 100 * 10\ns = CosineDecay(1e-1, steps)": {0: 0.1, 500: 0.05, 1000: 0},
    "PolynomialDecay(1e-3, decay_steps=100 * 10)": {500: 5.5e-4, 1000: 1e-4},
    "PolynomialDecay(1/10, int(1e3))": {0: 0.1, 500: 0.05005},
    "PolynomialDecay(10**-1, 1000)": {0: 0.1, 500: 0.05005},
}


@pytest.mark.parametrize(("line", "expected"), RATES.items())
def test_the_rates_of_a_line(line: str, expected: dict[int, float] | list[float]) -> None:
    steps = expected if isinstance(expected, dict) else dict(enumerate(expected))
    schedule = parse(line)
    for step, rate in steps.items():
        assert float(schedule(step)) == pytest.approx(rate, rel=1e-5, abs=1e-9), step


@pytest.mark.parametrize(
    "line",
    [
        "CyclicLR(o, 0.01, 0.1, 9, cycle_momentum=False)",
        "CyclicLR(o, 0.01, 0.1, 9, base_momentum=0.8, max_momentum=0.9)",
        "CyclicLR(o, 0.01, 0.1, 9, scale_fn=None, scale_mode='cycle')",
        "CyclicLR(o, 0.01, 0.1, 9, None, 'triangular', 1.0, None, 'cycle', True, 0.8, 0.9, -1)",
    ],
)
def test_what_says_nothing_of_the_rate_is_left_out(line: str) -> None:
    assert parse(line) == parse("CyclicLR(o, 0.01, 0.1, 9)")


REFUSED = {
    "LinearLR(o, 0.0)": "start_factor must be above 0. Received: 0.0",
    'CosineDecay("1e-3", 1000)': "initial_learning_rate must be a finite number >= 0.",
    "Constant('0.05')": "learning_rate must be a finite number >= 0. Received: '0.05'",
    "PolynomialDecay('0.1', '1000')": "initial_learning_rate must be a finite number >= 0.",
    "keras.optimizers.schedules.CosineDecay(0.1)": "CosineDecay must be given decay_steps",
    "ExponentialDecay(0.1, 1000)": "ExponentialDecay must be given decay_rate",
    "PiecewiseConstantDecay([100, 200])": "PiecewiseConstantDecay must be given values",
    "PolynomialDecay(args.lr, decay_steps=n)": "args.lr is not known here: give it with -p args",
    "Adam(...)": "Adam is an optimizer with a fixed rate: open Constant(RATE)",
    "SGD(...)": "SGD is an optimizer with a fixed rate: open Constant(RATE)",
    "TrainingArguments(...)": "TrainingArguments makes its schedule itself: write that, as in get_",
    "LearningRateScheduler(lambda e: ...)": "a function is opened from its file: save it, and open",
    "model.h5": ".h5 is not read: load the model in Keras and save it as .keras",
}


@pytest.mark.parametrize(("line", "words"), REFUSED.items())
def test_refused_in_words_that_fit(line: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(line)
    assert words in str(refusal.value)
    assert "did you mean" not in str(refusal.value)
