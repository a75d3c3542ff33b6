"""Lines from training scripts of other libraries, opened as schedules of ours.

The rates are held against the libraries themselves in a group of its own.
"""

import subprocess
import sys

import pytest

from lrtui.schedules import Invalid, catalogue, parse
from lrtui.schedules.foreign import (
    LIBRARIES,
    constructors,
    find_constructor,
    load,
    names,
    without_curve,
)
from lrtui.schedules.notes import notes
from lrtui.schedules.text import read
from tests.schedules.checking import check

OPENED = {
    "OneCycleLR(optimizer, max_lr=0.1, total_steps=1000)": "OneCycle(0.1, total_steps=1000)",
    "OneCycleLR(opt, 0.1, epochs=10, steps_per_epoch=20, cycle_momentum=False)": (
        "OneCycle(0.1, total_steps=200)"
    ),
    "torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.5)": (
        "StepDecay(0.1, step_size=30, gamma=0.5)"
    ),
    "StepLR(self.optimizer, 30, verbose=True)": "StepDecay(0.1, step_size=30)",
    "StepLR(optimizer=make(), step_size=30, lr=0.5)": "StepDecay(0.5, step_size=30)",
    "StepLR(torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9), 30)": (
        "StepDecay(0.5, step_size=30)"
    ),
    "MultiStepLR(opt, [80, 30])": "MultiStepDecay(0.1, milestones=[80, 30])",
    "ConstantLR(opt, factor=0.5, total_iters=4)": (
        "Sequence([Constant(0.05), Constant(0.1)], boundaries=[4])"
    ),
    "LinearLR(opt, 0.5, 1.0, 20)": "LinearDecay(0.05, decay_steps=20, end_learning_rate=0.1)",
    "ExponentialLR(opt, gamma=0.9)": "StepDecay(0.1, step_size=1, gamma=0.9)",
    "PolynomialLR(opt, 50, 2.0)": (
        "PolynomialDecay(0.1, decay_steps=50, end_learning_rate=0.0, power=2.0)"
    ),
    "CosineAnnealingLR(opt, T_max=50, eta_min=0.01)": (
        "CosineSwing(0.1, decay_steps=50, end_learning_rate=0.01)"
    ),
    "CosineAnnealingWarmRestarts(opt, 50, T_mult=2)": (
        "CosineAnnealingRestarts(0.1, first_decay_steps=50, t_mul=2)"
    ),
    "CyclicLR(opt, 0.01, 0.1, step_size_up=5, mode='triangular2')": (
        "CyclicalRate(0.01, max_learning_rate=0.1, step_size_up=5, mode='triangular2')"
    ),
    "SequentialLR(opt, [LinearLR(opt, 0.5, total_iters=5), StepLR(opt, 9)], milestones=[5])": (
        "Sequence([LinearDecay(0.05, decay_steps=5, end_learning_rate=0.1), "
        "StepDecay(0.1, step_size=9)], boundaries=[5])"
    ),
    "optax.constant_schedule(0.5)": "Constant(0.5)",
    "optax.cosine_decay_schedule(init_value=0.1, decay_steps=1000, alpha=0.0)": (
        "CosineDecay(0.1, decay_steps=1000)"
    ),
    "optax.linear_schedule(0.1, 0.01, 100, transition_begin=5)": (
        "LinearDecay(0.1, decay_steps=100, end_learning_rate=0.01, decay_begin=5)"
    ),
    "optax.exponential_decay(0.1, 100, 0.5)": (
        "ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)"
    ),
    "optax.exponential_decay(0.1, 100, 0.5, end_value=0.01)": (
        "Floor(ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5))"
    ),
    "optax.warmup_cosine_decay_schedule(0.0, 0.1, 100, 1000, end_value=0.01)": (
        "CosineDecay(0.0, decay_steps=900, alpha=0.09999999999999999, warmup_target=0.1, "
        "warmup_steps=100)"
    ),
    "optax.piecewise_constant_schedule(0.5, {200: 0.5, 100: 0.5})": (
        "PiecewiseConstantDecay([99, 199], values=[0.5, 0.25, 0.125])"
    ),
    "optax.join_schedules([optax.constant_schedule(1.0), optax.constant_schedule(2.0)], [9])": (
        "Sequence([Constant(1.0), Constant(2.0)], boundaries=[9])"
    ),
    "get_linear_schedule_with_warmup(optimizer, 10, num_training_steps=100)": (
        "Warmup(LinearDecay(0.1, decay_steps=90), steps=10)"
    ),
    "transformers.get_wsd_schedule(optimizer, 10, 20, num_stable_steps=70, min_lr_ratio=0.5)": (
        "WarmupStableDecay(0.1, warmup_steps=10, stable_steps=70, decay_steps=20, "
        "decay_shape='cosine', alpha=0.5, warmup_learning_rate=0.05)"
    ),
}


@pytest.mark.parametrize(("theirs", "ours"), OPENED.items())
def test_opened_as(theirs: str, ours: str) -> None:
    assert str(parse(theirs)) == ours


@pytest.mark.parametrize("name", names())
def test_a_name_alone_opens_with_our_defaults_or_asks_for_arguments(name: str) -> None:
    constructor = find_constructor(name)
    assert constructor is not None
    if len(constructor.becomes) > 1:
        with pytest.raises(Invalid, match="schedule must be given with its arguments"):
            parse(name)
    else:
        assert parse(name) == constructor.becomes[0]()


@pytest.mark.parametrize(
    "line", ["StepLR(optimizer, 30)", "get_constant_schedule(self.optimizer)", "StepLR(make(), 3)"]
)
def test_a_rate_that_is_not_shown_is_assumed_and_that_is_said(line: str) -> None:
    (note,) = read(line).notes
    assert note.startswith(
        "The optimizer's rate is not in the line: 0.1 is assumed; give it as lr="
    )


@pytest.mark.parametrize(
    "line",
    [
        "StepLR(SGD(p, 0.1), 30)",
        "StepLR(Adam(p), 30)",
        "StepLR(optimizer, 30, lr=0.1)",
        "OneCycleLR(optimizer, 0.1, 100)",
        "CyclicLR(optimizer, 0.1, 0.2)",
        "SequentialLR(SGD(p, 0.5), [StepLR(o, 3), StepLR(o, 4)], [9])",
        "ChainedScheduler([StepLR(SGD(p, 0.5), 3), StepLR(o, 4)])",
    ],
)
def test_nothing_is_said_where_nothing_is_assumed(line: str) -> None:
    assert read(line).notes == ()


def test_each_parameter_group_is_opened_by_its_rate() -> None:
    line = "StepLR(optim.SGD([{'params': a, 'lr': 1e-3}, {'params': b}], lr=1e-2), 3)"
    for rate in ("0.001", "0.01"):
        assert str(parse(line, {"lr": rate})) == f"StepDecay({rate}, step_size=3)"


GROUPS = "optim.SGD([{'params': a, 'lr': 1e-3}, {'params': b}, {'params': c}], lr=1e-2)"


def test_each_parameter_group_has_a_curve_and_the_first_is_trained_with() -> None:
    reading = read(f"StepLR({GROUPS}, 30)")
    assert str(reading.schedule) == "StepDecay(0.001, step_size=30)"
    assert [str(one) for one in reading.others] == ["StepDecay(0.01, step_size=30)"]
    assert reading.notes == (
        "The optimizer's parameter groups have the rates 0.001, 0.01, 0.01: each has a curve; the "
        "first is trained with. -p lr=0.01 opens another.",
    )


def test_groups_with_one_curve_are_one() -> None:
    same = read("OneCycleLR(SGD([{'params': a, 'lr': 1e-3}, {'params': b}], 0.1), 0.5, 100)")
    assert same.others == ()
    assert same.notes == ()
    different = read("OneCycleLR(SGD([{'params': a}, {'params': b}], 0.1), [0.5, 0.25], 100)")
    assert [str(one) for one in different.others] == ["OneCycle(0.25, total_steps=100)"]


def test_groups_are_epochs_as_well_and_one_that_is_changed_stands_alone() -> None:
    per_epoch = read(f"StepLR({GROUPS}, 30)", unit="epoch", steps_per_epoch=10)
    assert parse("PerEpoch(StepDecay(0.01, step_size=30), 10)") in per_epoch.others
    changed = read(f"StepLR({GROUPS}, 30)", {"initial_learning_rate": "0.5"})
    assert changed.others == ()
    assert len(read(f"StepLR({GROUPS}, 30)", {"gamma": "0.5"}).others) == 1


def test_a_cosine_that_rises_again_is_said_where_the_training_is_longer() -> None:
    schedule = parse("CosineAnnealingLR(o, T_max=100)")
    assert any("After step 100 of 150 the rate rises again" in one for one in notes(schedule, 150))
    assert not any("rises again" in one for one in notes(schedule, 100))
    warmed = parse("get_cosine_schedule_with_warmup(o, 50, 100)")
    assert any("After step 100 of" in one for one in notes(warmed, 150))


def test_overrides_are_given_by_our_names() -> None:
    schedule = parse("StepLR(optimizer, 30)", {"initial_learning_rate": "0.5"})
    assert str(schedule) == "StepDecay(0.5, step_size=30)"


def test_optax_counts_the_warmup_into_decay_steps() -> None:
    check("warmup_cosine_decay_schedule(0.0, 0.1, 100, 300)", {50: 0.05, 100: 0.1, 200: 0.05})
    check("warmup_cosine_decay_schedule(0.0, 0.1, 100, 300)", {300: 0.0, 400: 0.0})


def test_optax_has_switched_at_a_boundary() -> None:
    check("piecewise_constant_schedule(0.5, {100: 0.5})", {99: 0.5, 100: 0.25})


def test_optax_peaks_and_ends_a_step_later_than_torch() -> None:
    check("cosine_onecycle_schedule(100, 1.0)", {0: 0.04, 30: 1.0, 100: 4e-6})
    check("OneCycleLR(optimizer, 1.0, 100)", {0: 0.04, 29: 1.0, 99: 4e-6})


def test_the_three_lines_of_optax() -> None:
    check(
        "linear_onecycle_schedule(100, 1.0, pct_start=0.25, pct_final=0.75, div_factor=5.0)",
        {0: 0.2, 25: 1.0, 50: 0.6, 75: 0.2, 100: 0.2e-4},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("OneCycleLr(optimizer, 0.1)", "(did you mean OneCycleLR?)"),
        ("cosine_decay_shedule(0.1, 10)", "(did you mean cosine_decay_schedule?)"),
        ("OneCycleLR(optimizer, total_steps=9)", "OneCycleLR must be given max_lr. Received: "),
        ("OneCycleLR(optimizer, 0.1)", "total_steps must be given, or both epochs and steps_per"),
        ("StepLR(optimizer, step=9)", "StepLR takes the arguments optimizer, step_size, gamma"),
        ("StepLR(optimizer, 0)", "step_size must be an integer from 1 to 1e12. Received: 0"),
        ("StepLR(optimizer, size)", "size is not known here: give it with -p size=VALUE"),
        ("StepLR(step_size=9)", "StepLR must be given optimizer. Received: "),
        ("StepLR(9)", "optimizer must be an optimizer, or its name. Received: 9"),
        ("StepLR(SGD(p, args.lr), 9)", "args.lr is not known here: give it with -p args.lr=VALUE"),
        ("StepLR(o, 9, **kwargs)", "StepLR takes the arguments optimizer, step_size, gamma"),
        ("StepLR(o, *sizes)", "StepLR takes the arguments optimizer, step_size, gamma"),
        ("StepLR(SGD(p, **kwargs), 9)", "optimizer must show its lr. Received: "),
        (
            "StepLR(SGD(lr=0.1), 9)",
            "SGD must be given the parameters to train. Received: SGD(lr=0.1)",
        ),
        ("StepLR(SGD(0.1), 9)", "params must be the parameters to train. Received: SGD(0.1)"),
        ("StepLR(SGD([{'params': 1, 'lr': 0.1}]), 9)", "params must be in each parameter group"),
        (
            "StepLR(SGD(p, momentum='0.9'), 9)",
            "SGD must be given numbers, not texts. Received: '0.",
        ),
        ("StepLR(SGD(p, gamma=0.5), 9)", "gamma must be given to StepLR, not to the optimizer"),
        (
            "StepLR(SGD(p, decay=0.5), 9)",
            "SGD must be given arguments of PyTorch's. Received: 'dec",
        ),
        ("StepLR(Adam(p, 0.1, 0.9), 9)", "Adam must have a pair of numbers in the third place."),
        ("StepLR(SGD(p, 0.1), 9, last_epoch=8)", "last_epoch must be -1 with a new optimizer"),
        ("get_constant_schedule(SGD(p, 0.1), 8)", "last_epoch must be -1 with a new optimizer"),
        (
            "CosineAnnealingWarmRestarts(o, 10.0)",
            "T_0 must be written without a point: PyTorch take",
        ),
        ("OneCycleLR(o, 0.1, 10 / 2)", "total_steps must be written without a point"),
        (
            "CyclicLR(o, 0.1, 0.2, base_momentum='0.8')",
            "base_momentum must be a number. Received: '",
        ),
        ("tf.train.cosine_decay(1, s, 9)", "learning_rate must be written with a point, as"),
        ("SequentialLR(o, [LambdaLR(o, f)], [])", "LambdaLR is a function of your own: save it"),
        ("SequentialLR(SGD(p, 0.1), [StepLR(SGD(p, 0.2), 3)], [])", "must be the same everywhere"),
        ("LinearLR(o, 0.0)", "start_factor must be above 0. Received: 0.0"),
        ("ConstantLR(o, 1.5)", "factor must be a finite number from 0 to 1. Received: 1.5"),
        ("CyclicLR(o, 0.1, 0.2, scale_fn=f)", "scale_fn must be left out: save the function"),
        ("OneCycleLR(Adagrad(p), 0.1, 9)", "cycle_momentum must be False: Adagrad has no momentum"),
        ("CyclicLR(o, [0.1, 0.2], 1.0)", "base_lr must be 1 value, one for each parameter group"),
        ("get_scheduler('linear', o, 5)", "num_training_steps must be given for linear"),
        ("get_scheduler('nosuch', o)", "name must be one of linear, cosine, "),
        (
            "get_cosine_with_min_lr_schedule_with_warmup(o, 1, 9)",
            "min_lr must be given, or ",
        ),
        ("optax.warmup_cosine_decay_schedule(0, 1, 9, 9)", "decay_steps must be more than the "),
        ("ReduceLROnPlateau(optimizer)", "depends on the loss, so it has no curve of its own"),
        (
            "LambdaLR(optimizer, lambda step: 1.0)",
            "is a function of your own: save it and open",
        ),
        ("SequentialLR(opt, [warmup, cosine], [5])", "schedulers must be schedulers, written"),
        ("piecewise_constant_schedule(0.5, {3: -0.5})", "boundaries_and_scales must have factors"),
        ("piecewise_constant_schedule(0.5, {2.5: 0.5})", "boundaries_and_scales must have whole"),
        ("piecewise_constant_schedule(0.5, {'a': 0.5})", "boundaries_and_scales must be finite"),
    ],
)
def test_what_is_not_understood_is_named(text: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(text)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_no_name_of_ours_means_something_elsewhere() -> None:
    ours = {*catalogue(), *(schedule.__name__ for schedule in catalogue().values())}
    assert not ours & {*names(), *without_curve()}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_table_says_what_it_is_of(library: str) -> None:
    table = load(library)
    assert table.TITLE
    assert table.QUALIFIERS
    for constructor in constructors(table).values():
        assert constructor.make.__doc__
        assert constructor.becomes
    assert not {*constructors(table)} & {*table.WITHOUT_CURVE}


@pytest.mark.parametrize(
    ("line", "tables"),
    [
        ("StepLR(SGD(p, 0.1), 9)", {"torch"}),
        ("optax.cosine_decay_schedule(0.1, 9)", {"optax"}),
        ("get_linear_schedule_with_warmup(o, 1, 9)", {"transformers"}),
        ("CosineDecay(0.1, 9)", set[str]()),
    ],
)
def test_a_line_reads_the_table_of_its_own_library_alone(line: str, tables: set[str]) -> None:
    code = (
        f"import sys; from lrtui.schedules import parse; parse({line!r}); "
        "print(*(one for one in sys.modules if one.startswith('lrtui.schedules.foreign.')))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert {one.rpartition(".")[2] for one in loaded.stdout.split()} & {*LIBRARIES} == tables
