"""Lines as they stand in scripts: what they mean, or which words refuse them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Invalid, parse, read
from lrtui.schedules.lines import in_one_line
from tests.schedules.strategies import patient

COSINE = "CosineDecay(0.1, decay_steps=1000)"
EXPONENTIAL = "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.96)"

AROUND = {
    "an assignment": "lr_schedule = {}",
    "an assignment to an attribute": "self.schedule = {}",
    "an assignment with a type": "schedule: LearningRateSchedule = {}",
    "a comma": "{},",
    "a semicolon": "{};",
    "a comma and a comment": "{},  # the schedule",
    "a keyword": "learning_rate={}",
    "a keyword and a comma": "learning_rate={},",
    "several keywords": "learning_rate={}, beta_1=0.9",
    "an entry of a dict": '"learning_rate": {},',
    "a dict": '{{"optimizer": opt, "lr_scheduler": {}}}',
    "a return": "return {}",
    "backticks": "`{}`",
    "quotes": '"{}"',
    "a fence": "```python\n{}\n```",
    "a prompt": ">>> schedule = {}",
    "a notebook's prompt": "In [12]: schedule = {}",
    "brackets": "({})",
    "an indent": "        lr = {}\n",
    "an import": "import tensorflow as tf\nlr = {}",
    "line ends of another system": "lr = (\r\n    {}\r\n)",
    "an optimizer": "Adam(learning_rate={})",
    "an optimizer by position": "keras.optimizers.SGD({}, momentum=0.9)",
    "an optimizer with a namespace": "opt = tf.keras.optimizers.AdamW(weight_decay=0.1, lr={})",
    "compile": "model.compile(optimizer=keras.optimizers.Adam({}), loss='mse')",
    "a wrapped optimizer": "keras.optimizers.LossScaleOptimizer(Adam({}))",
    "an optimizer in the next line": "lr = {}\nopt = Adam(learning_rate=lr)\nmodel.compile(opt)",
    "optax": "optax.adam({})",
    "optax's chain": "optax.chain(optax.clip_by_global_norm(1.0), optax.adamw({}))",
    "optax's scale_by_schedule": "chain(scale_by_adam(), scale_by_schedule({}), scale(-1.0))",
    "optax's inject_hyperparams": "optax.inject_hyperparams(optax.adam)(learning_rate={})",
    "what it is used for": "lr = {}\nmodel.fit(x, y)\nprint(lr(0))",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_what_stands_around_a_schedule_is_left_out(around: str) -> None:
    assert str(parse(around.format("CosineDecay(0.1, 1000)"))) == COSINE
    exponential = "tf.keras.optimizers.schedules.ExponentialDecay(\n  0.1, 1000, 0.96)"
    assert str(parse(around.format(exponential))) == EXPONENTIAL


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("100 * 10", "1000"),
        ("10**3", "1000"),
        ("int(1e3)", "1000"),
        ("int(0.5 * 2000)", "1000"),
        ("5000 // 5", "1000"),
        ("round(999.6)", "1000"),
        ("(30 + 20) * 20", "1000"),
        ("max(1000, 5)", "1000"),
        ("2e3 / 2", "1000"),
        ("-(-1000)", "1000"),
        ("1_000", "1000"),
        ("1007 % 1007 + 1000", "1000"),
    ],
)
def test_arithmetic_of_literals_is_worked_out(line: str, value: str) -> None:
    assert parse(f"CosineDecay(0.1, {line})") == parse(f"CosineDecay(0.1, {value})")


@pytest.mark.parametrize(
    ("line", "rate"),
    [
        ("1/10", 0.1),
        ("10**-1", 0.1),
        ("1e-3 * 100", 0.1),
        ("float('0.1')", 0.1),
        ("0.3 - 0.2", 0.1),
    ],
)
def test_arithmetic_is_python_s(line: str, rate: float) -> None:
    assert parse(f"Constant({line})")(0) == pytest.approx(rate)


def test_lists_are_worked_out_as_well() -> None:
    line = "PiecewiseConstantDecay([30 * 10, 600] + [900], [1 / 10] * 2 + [1e-2, 1e-3])"
    assert parse(line) == parse("PiecewiseConstantDecay([300, 600, 900], [0.1, 0.1, 0.01, 0.001])")


@pytest.mark.parametrize(
    "lines",
    [
        "steps = 100 * 10\ns = CosineDecay(1e-1, steps)",
        "epochs, n = 10, 100\ns = CosineDecay(0.1, epochs * n)",
        "lr = 0.1; s = CosineDecay(lr, 1000)",
        "args.lr = 0.1\ncfg['steps'] = 1000\nCosineDecay(args.lr, cfg['steps'])",
        "n = 10\nn *= 100\nCosineDecay(0.1, n)",
        "n: int = 1000\nCosineDecay(0.1, decay_steps=n)",
        "base = 1e-1\npeak = base\nCosineDecay(peak, 1000)",
    ],
)
def test_names_that_hold_literals(lines: str) -> None:
    assert str(parse(lines)) == COSINE


def test_what_is_assigned_at_once_is_worked_out_before_any_name_is_bound() -> None:
    assert str(parse("a, b = 0.1, 1000\na, b = b, a\nCosineDecay(b, a)")) == COSINE
    line = "optimizer, s = SGD(p, lr=0.5), StepLR(optimizer, 3)"
    assert str(parse(line)) == "StepDecay(0.1, step_size=3)"  # of another optimizer
    assert "is assumed" in read(line).notes[0]


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("CosineDecay(args.lr, n)", {"args.lr": "0.1", "n": "1000"}),
        ("CosineDecay(lr, decay_steps=len(data) * 10)", {"lr": "0.1", "len(data)": "100"}),
        ("CosineDecay(0.1, decay_steps)", {"decay_steps": "1k"}),
        ("CosineDecay(cfg['lr'], 1000)", {'cfg["lr"]': "1/10"}),
        ("n = 5\nCosineDecay(0.1, n)", {"n": "1000"}),
        ("CosineDecay(0.1, n)", {"n": "10 * 100", "alpha": "0.0"}),
        ("CosineDecay(0.1)", {"decay_steps": "1000"}),
    ],
)
def test_names_given_beside_the_line(line: str, given: dict[str, str]) -> None:
    assert str(parse(line, given)) == COSINE


REFUSED = {
    # A text where a number belongs; a missing argument.
    "PolynomialDecay(0.1, '1000')": "decay_steps must be an integer from 1 to 1e12.",
    "ExponentialDecay(0.1, 1000, 'x')": "decay_rate must be a finite number from 0 to 1e6.",
    "CosineDecay()": "CosineDecay must be given initial_learning_rate.",
    "InverseTimeDecay(0.1, 1000)": "InverseTimeDecay must be given decay_rate.",
    "PolynomialDecay(0.1)": "PolynomialDecay must be given decay_steps.",
    "CosineDecayRestarts(0.1)": "CosineDecayRestarts must be given first_decay_steps.",
    "Warmup(CosineDecay(0.1), 10)": "CosineDecay must be given decay_steps.",
    # Keras works with the rates in the type of the first: 1, 0, 0, 0, ... with a rate of 1.
    "ExponentialDecay(1, 1000, 0.96)": "initial_learning_rate must be written with a point, as",
    "lr = 1\nPolynomialDecay(lr, 1000)": "initial_learning_rate must be written with a point, as",
    "PiecewiseConstantDecay([9], [1, 0.5])": "values must be written with a point, as in",
    "CosineDecay(0.1, 1000, alpha=0.1, alpha=0.2)": "alpha must be given once. Received: Cosine",
    "n=9), CosineDecay(0.1, 1000": "must be a name or a constructor expression",
    # Keras' fourth argument is the name.
    "CosineDecay(0.1, 1000, 0.0, 0.2, 100)": "name must be a text, argument 4 of Keras'.",
    # Names that hold nothing.
    "CosineDecay(0.1, 10 * n)": "n is not known here: give it with -p n=VALUE",
    "CosineDecay(0.1, len(x))": "len(x) is not known here: give it with -p 'len(x)'=VALUE",
    "CosineDecay(0.1, **kwargs)": "kwargs",
    "CosineDecay(*args)": "args",
    "optimizer = Adam(learning_rate=schedule)": "Adam holds schedule, which is not known here",
    "schedule = CosineDecay": "CosineDecay is not known here: paste the line that makes it",
    # What has no curve, or is none.
    "Adam(0.1)": "Adam is an optimizer with a fixed rate: open Constant(0.1)",
    "SGD(params, lr=0.1)": "SGD is an optimizer with a fixed rate: open Constant(0.1)",
    "optax.adam(1e-3)": "adam is an optimizer with a fixed rate: open Constant(0.001)",
    "model.compile(optimizer='adam')": "compile holds no schedule",
    "TrainingArguments('out', learning_rate=5e-5)": "TrainingArguments makes its schedule itself",
    "LearningRateScheduler(lambda e: 0.1 * 0.9**e)": "a function is opened from its file: save it",
    "LearningRateScheduler(schedule)": "a function is opened from its file: save it",
    "lambda step: 0.1": "a function is opened from its file: save it, and open file.py:name",
    "def f(e):\n    return 0.1": "save what does more in a file, and open file.py:name",
    "learning_rate = 0.1": "a number is no schedule: a fixed rate is Constant(0.1)",
    "for n in (1, 2): CosineDecay(0.1, n)": "a line must only make a schedule",
    # What would change the curve.
    "Scale(CosineDecay(0.1, 10), 2)": "Scale is neither a schedule nor an optimizer",
    "chain(adam(CosineDecay(0.1, 10)), scale(0.1))": "scale may change the rates",
    "chain(sgd(0.1), scale_by_schedule(CosineDecay(1.0, 10)))": "sgd has a rate of its own, which",
    "chain(scale_by_schedule(CosineDecay(1.0, 10)), scale_by_learning_rate(0.1))": (
        "scale_by_learning_rate has a rate of its own, which scales the schedule's"
    ),
    "s = CosineDecay(0.1, 10)\nopt = Adam(s)\nopt.learning_rate = 0.5": "opt is changed after",
    "opt = SGD(p, 0.1)\ns = StepLR(opt, 3)\nopt.load_state_dict(x)": "opt is changed after it was",
    "opt = SGD(p, 0.1)\nopt.add_param_group(x)\nStepLR(opt, 3)": "opt is changed after it was",
    "opt = SGD(p, 0.1)\nsetattr(opt, 'lr', 1.0)\nStepLR(opt, 3)": "opt is changed after it was",
    "tf.train.exponential_decay(0.1, n * 128, 100, 0.96)": "global_step must be the step itself",
    "n = step // 10\ntf.train.cosine_decay(0.1, n, 100)": "global_step must be the step itself",
    "tf.train.piecewise_constant(2 * step, [5], [0.1, 0.2])": "x must be the step itself",
    "get_lr(2 * it)": "it must be the step itself: with another number the curve is another",
    "Adam(1e-3, decay=1e-4)": "at every step: open InverseTimeDecay(0.001, 1, 0.0001) to see that",
    "SGD(CosineDecay(0.1, 10), decay=1e-4)": "SGD has a decay besides, which scales the schedule",
    '{"scheduler": StepLR(o, 3), "interval": "epoch", "frequency": 2}': "frequency must be 1",
    "paddle.optimizer.lr.LinearWarmup(0.1, 50, 0.0, 0.2)": "LinearWarmup is paddle's, whose lines",
    "LinearWarmup(0.1, 50, 0.0, 0.2)": "name must be a text. Received: 0.2",
    "m = [3, 6]\nm.append(8)\nMultiStepLR(SGD(p, 0.1), m)": "m is changed after it was made",
    "m = [3, 6]\nm[1] = 8\nMultiStepLR(SGD(p, 0.1), m)": "m is changed after it was made",
    "m = [3]\nn = m\nn[0] = 8\nMultiStepLR(SGD(p, 0.1), m)": "n is changed after it was made",
    "g = [{'params': p}]\ng[0]['lr'] = 0.5\nStepLR(SGD(g, 0.1), 3)": "g is changed after it was",
    "g = {'a': [3]}\ng['a'].append(4)\nStepLR(SGD(p, 0.1), 3)": "g is changed after it was made",
    "StepLR(SGD([{'params': p, 'lr': 0.5}] + o, 0.1), 3)": "params must be a list of the groups",
    "s = CosineDecay(0.1, 10)\nlr = s(step) * 0.5": "lr is worked out of a schedule",
    "s = CosineDecay(0.1, 10)\ns = wrap(s)": "wrap is neither a schedule nor an optimizer",
    "lr = CosineDecay(0.1, 10)\nAdam(0.1)": "Adam is an optimizer with a fixed rate",
    "[CosineDecay(0.1, 10), CosineDecay(0.2, 10)]": "the line holds several schedules",
    # Numbers that cannot be.
    "CosineDecay(0.1, 9**9**9)": "the line must hold numbers that can be worked out.",
    "CosineDecay(0.1, 10**10**10)": "the line must hold numbers that can be worked out.",
    "CosineDecay(0.1, 2**64**64 // 2**64)": "the line must hold numbers that can be worked out.",
    "CosineDecay(1 / 0, 10)": "the line must hold numbers that can be worked out. Received: 1 / 0",
    "CosineDecay((-1)**0.5, 10)": "the line must hold numbers that can be worked out.",
    "CosineDecay(0.1, [1] * 10**12)": "must be shorter once its names are replaced",
    "a = [1] * 9999\nb = a + a\nc = b + b\nd = c + c\nCosineDecay(0.1, d)": "must be shorter once",
    "CosineDecay(0.1, 1000": "must close each bracket (one is missing)",
    "CosineDecay(0.1, 1000))": "must close each bracket (one is too many)",
    "CosineDecay(0.1," + " " * 10_000 + "1000)": "must be a line of at most 10000 characters",
    # What no value of a name could help.
    "CosineDecay(0.1, [n for n in x][0])": "from 1 to 1e12, written out",
    "CosineDecay(0.1, 10 if x else 20)": "from 1 to 1e12, written out",
    "Adam": "Adam is an optimizer with a fixed rate: open Constant(RATE)",
    "optax.sgd": "sgd is an optimizer with a fixed rate: open Constant(RATE)",
    "TrainingArguments": "TrainingArguments is no schedule: paste the line with the schedule",
    # Another meaning is not suggested, a mistyped name is.
    "Trainer(model)": "`lrtui list` shows them all",
    "CosineDeacy(0.1, 1000)": "did you mean CosineDecay?",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:50])
def test_refused_in_words_that_fit(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(text)
    assert REFUSED[text] in str(refusal.value)
    assert len(str(refusal.value)) < 300


def test_keras_takes_a_name_before_what_follows() -> None:
    line = 'CosineDecay(0.1, 1000, 0.0, "mine", 0.2, 100)'
    assert parse(line) == parse("CosineDecay(0.1, 1000, warmup_target=0.2, warmup_steps=100)")


def test_a_short_name_has_our_defaults_and_keras_has_its_own() -> None:
    assert str(parse("cosine")) == COSINE
    assert str(parse("CosineDecay")) == COSINE
    ends = parse("PolynomialDecay(0.1, 100)")
    assert ends([100]) == pytest.approx(0.0001)  # Keras' default end


def test_an_optimizer_within_another_has_the_rate() -> None:
    reading = read("StepLR(accelerator.prepare(SGD(p, lr=0.5)), 3)")
    assert str(reading.schedule) == "StepDecay(0.5, step_size=3)"
    assert reading.notes == ()


def test_groups_that_are_made_alike_have_their_rate() -> None:
    line = "StepLR(SGD([{'params': p, 'lr': 0.5} for p in model.parts()], lr=0.1), 3)"
    assert str(parse(line)) == "StepDecay(0.5, step_size=3)"


def test_what_the_rest_of_a_text_does_to_the_rates_is_said() -> None:
    stepped = read("s = StepLR(SGD(p, 0.1), 3)\ns.step()")
    assert stepped.notes == ("s.step() is not counted: the curve begins at the first step.",)
    both = read("o = SGD(p, 0.1)\nw = LinearLR(o, 0.1)\ns = StepLR(o, 3)")
    assert both.notes[0].endswith("not w; on one optimizer they change each other's.")


def test_a_length_of_epochs_asks_for_the_unit() -> None:
    with pytest.raises(Invalid, match="is for a schedule of epochs: give --unit epoch, too"):
        read(COSINE, {"steps_per_epoch": "10"})


def test_a_config_says_that_epochs_are_counted() -> None:
    reading = read('{"scheduler": StepLR(SGD(p, 0.1), 3), "interval": "epoch", "frequency": 1}')
    assert str(reading.schedule) == "PerEpoch(StepDecay(0.1, step_size=3))"
    assert "The interval of the config counts epochs" in reading.notes[0]
    steps = read('dict(scheduler=StepLR(SGD(p, 0.1), 3), interval="step")')
    assert str(steps.schedule) == "StepDecay(0.1, step_size=3)"


@pytest.mark.parametrize("around", ["optax.rmsprop({}, decay=0.9)", "SGD({}, decay=0.0)"])
def test_a_decay_that_leaves_the_rate_alone(around: str) -> None:
    assert str(parse(around.format(COSINE))) == COSINE


def test_of_several_schedules_the_last_is_read_and_that_is_said() -> None:
    reading = read("a = CosineDecay(0.5, 10)\nb = CosineDecay(0.1, 1000)")
    assert str(reading.schedule) == COSINE
    assert reading.notes == ("Several schedules are in the text: the last one is read, not a.",)
    assert read("CosineDecay(0.1, 1000)").notes == ()


@pytest.mark.parametrize(
    ("lines", "one"),
    [
        ("CosineDecay(0.1, 1000)\n", "CosineDecay(0.1, 1000)"),
        ("CosineDecay(\n    0.1,  # the rate\n    1000,\n)\n", "CosineDecay( 0.1, 1000, )"),
        ("n = 10 # steps\ns = CosineDecay(0.1, n)", "n = 10; s = CosineDecay(0.1, n)"),
        (">>> n = 10;\n>>> CosineDecay(0.1, n)", "n = 10; CosineDecay(0.1, n)"),
        ("```python\ns = f('#1')\n```", "s = f('#1')"),
        ("s = \\\n  CosineDecay(0.1, 10)", "s = CosineDecay(0.1, 10)"),
        ("0.1, 0.01", "0.1, 0.01"),
    ],
)
def test_lines_are_put_into_one_for_a_field(lines: str, one: str) -> None:
    assert in_one_line(lines) == one


def test_rates_that_are_all_whole_numbers_are_as_they_are() -> None:
    assert parse("PiecewiseConstantDecay([9], [2, 1])")([9, 10]).tolist() == [2, 1]


WHOLE = (
    "steps = 100 * 10\nlr = keras.optimizers.schedules.ExponentialDecay("
    "initial_learning_rate=0.1, decay_steps=steps, decay_rate=0.96, staircase=True)\n"
    "opt = Adam(learning_rate=lr)"
)


@pytest.mark.parametrize("end", range(0, len(WHOLE), 3))
def test_a_text_cut_anywhere_never_means_another_curve(end: int) -> None:
    try:
        schedule = parse(WHOLE[:end])
    except Invalid:
        return
    assert schedule in (parse(WHOLE), parse("ExponentialDecay(0.1, 1000, 0.96, True)"))


CHARACTERS = st.text(st.sampled_from("CosineDecay(0.1,=)[]*-+'\"\n#lr e9{}:;%<"), max_size=60)


@given(CHARACTERS, st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
@patient
def test_any_text_is_read_or_refused(text: str, start: int, stop: int) -> None:
    with contextlib.suppress(Invalid):
        read(WHOLE[:start] + text + WHOLE[stop:])
