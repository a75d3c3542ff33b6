"""A schedule as source: what it looks like. That it runs, and what it gives, is tested where the
libraries are: ``tests/export_libraries``.
"""

import ast
import keyword
import textwrap

import pytest
from hypothesis import given, settings

from lrtui.export.code import TARGETS, code
from lrtui.schedules import Invalid, Schedule, catalogue, parse
from tests.schedules.strategies import any_schedule

every_target = pytest.mark.parametrize("to", TARGETS)


@every_target
@pytest.mark.parametrize("cls", catalogue().values(), ids=lambda cls: str(cls.__name__))
def test_every_schedule_has_code_for_every_library(cls: type[Schedule], to: str) -> None:
    ast.parse(code(cls(), to))


@settings(max_examples=60)
@given(any_schedule(wide=True))
def test_any_schedule_is_a_module_whose_lines_can_be_read(schedule: Schedule) -> None:
    for to in TARGETS:
        text = code(schedule, to)
        tree = ast.parse(text)
        assert max(map(len, text.splitlines())) <= 110
        assert "lrtui" not in {name for node in ast.walk(tree) for name in imported(node)}


def imported(node: ast.AST) -> list[str]:
    """The packages that an import needs."""
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]]
    names = node.names if isinstance(node, ast.Import) else []
    return [alias.name.partition(".")[0] for alias in names]


@every_target
def test_it_begins_with_what_it_is(to: str) -> None:
    first, second = code(parse("CosineDecay(0.1, 500)"), to).splitlines()[:2]
    assert parse(first.removeprefix("# ")) == parse("CosineDecay(0.1, 500)")
    assert second.startswith("# Written by lrtui ")


@every_target
def test_a_long_text_form_can_be_pasted_back(to: str) -> None:
    schedule = parse("PiecewiseConstantDecay([100, 200, 300, 400], [0.5, 0.4, 0.3, 0.2, 0.1])")
    sequence = parse(f"Sequence([{schedule}, {schedule}], boundaries=[1000])")
    text = code(sequence, to)
    head = text[: text.index("# Written by")].replace("# ", "")
    assert parse(" ".join(head.split())) == sequence


def test_a_class_of_keras_itself_is_used_as_it_is() -> None:
    assert textwrap.dedent(
        """
        import keras

        schedule = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=500)
        """
    ) in code(parse("CosineDecay(0.1, 500)"), "keras")


def test_a_class_for_keras_is_complete() -> None:
    text = code(parse("Warmup(CosineDecay(0.1, 500), steps=50)"), "keras")
    (made,) = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    assert made.name == "Warmup"
    assert ast.get_docstring(made)
    methods = {node.name: node for node in made.body if isinstance(node, ast.FunctionDef)}
    assert list(methods) == ["__init__", "__call__", "get_config", "from_config"]
    arguments = [arg.arg for arg in methods["__init__"].args.args]
    assert arguments == ["self", "schedule", "steps", "initial_learning_rate", "shape"]
    assert '@keras.saving.register_keras_serializable(package="lrtui")' in text
    assert "schedule = Warmup(\n" in text or "schedule = Warmup(keras" in text


@pytest.mark.parametrize(
    ("schedule", "scheduler"),
    [
        ("StepDecay(0.1, step_size=30, gamma=0.5)", "StepLR(optimizer, step_size=30, gamma=0.5)"),
        ("ExponentialDecay(0.1, 30, 0.5, staircase=True)", "StepLR("),
        ("ExponentialDecay(0.1, 30, 0.5)", "ExponentialLR(optimizer, gamma=0.5 ** (1 / 30))"),
        # A milestone has switched, a boundary has not.
        ("MultiStepDecay(0.1, [30, 80])", "MultiStepLR(optimizer, milestones=[30, 80], gamma=0.1)"),
        (
            "PiecewiseConstantDecay([30, 80], [0.4, 0.2, 0.1])",
            "MultiStepLR(optimizer, milestones=[31, 81], gamma=0.5)",
        ),
        ("LinearDecay(0.1, 30)", "LinearLR(optimizer, start_factor=1.0, end_factor=0.0 / 0.1"),
        ("OneCycle(0.1, 100)", "OneCycleLR("),
        ("CyclicalRate(0.1, 0.2)", "CyclicLR("),
        ("CosineAnnealingRestarts(0.1, 30)", "CosineAnnealingWarmRestarts(optimizer, T_0=30"),
        ("PolynomialDecay(0.1, 30, 0.0, power=2.0)", "PolynomialLR(optimizer, total_iters=30"),
        # PyTorch's own rises again after its end.
        ("CosineAnnealing(0.1, 30)", "LambdaLR("),
        ("PiecewiseConstantDecay([30, 80], [0.4, 0.2, 0.15])", "LambdaLR("),
        ("PolynomialDecay(0.1, 30, 0.01)", "LambdaLR("),
        ("LinearDecay(0.0, 30, 0.1)", "LambdaLR("),  # LinearLR cannot start at 0
    ],
)
def test_the_scheduler_that_a_user_of_torch_expects(schedule: str, scheduler: str) -> None:
    assert scheduler in code(parse(schedule), "torch")


@pytest.mark.parametrize(
    ("schedule", "function"),
    [
        ("Constant(0.1)", "optax.constant_schedule(0.1)"),
        ("CosineDecay(0.1, 500)", "optax.cosine_decay_schedule(0.1, decay_steps=500)"),
        # optax counts the warmup.
        ("CosineDecay(0.0, 500, warmup_target=0.1, warmup_steps=100)", "decay_steps=600"),
        (
            "PiecewiseConstantDecay([30, 80], [0.4, 0.2, 0.1])",
            "optax.piecewise_constant_schedule(0.4, {31: 0.5, 81: 0.5})",
        ),
        (
            "PiecewiseConstantDecay([30, 80], [0.4, 0.0, 0.1])",  # no fraction of 0 is 0.1
            "optax.join_schedules(",
        ),
        ("LinearDecay(0.1, 30)", "optax.linear_schedule(0.1, end_value=0.0, transition_steps=30)"),
        ("StepDecay(0.1, 30, 0.5)", "staircase=True"),
        ("ExponentialDecay(0.1, 30, 0.5)", "optax.exponential_decay(0.1, transition_steps=30"),
        ("Sequence([Constant(0.1), CosineDecay(0.1, 30)], [10])", "optax.join_schedules("),
        ("OneCycle(0.1, 1000)", "optax.cosine_onecycle_schedule(\n    transition_steps=999"),
    ],
)
def test_the_function_that_a_user_of_optax_expects(schedule: str, function: str) -> None:
    assert function in code(parse(schedule), "optax")


@pytest.mark.parametrize("schedule", ["StepDecay(0.1, 41)", "ExponentialDecay(0.1, 41, 0.5, True)"])
def test_where_optax_would_be_a_step_late_when_compiled_it_is_not_used(schedule: str) -> None:
    """41 * float32(1 / 41) is less than 1: measured in ``tests/export_libraries``."""
    assert "optax.exponential_decay" not in code(parse(schedule), "optax")


def test_keras_users_are_told_where_compiling_moves_an_edge() -> None:
    told = "at steps 41, 82, 164..."
    assert told in " ".join(code(parse("ExponentialDecay(0.1, 41, 0.5, True)")).split()).replace(
        "# ", ""
    )
    assert "Compiled" not in code(parse("ExponentialDecay(0.1, 40, 0.5, True)"))
    assert "Compiled" not in code(parse("ExponentialDecay(0.1, 41, 0.5)"))


def test_branches_that_cannot_be_taken_are_not_written() -> None:
    text = code(parse("CosineDecayRestarts(0.1, 100, t_mul=1.0)"), "torch")
    assert "if " not in text
    assert "np.log" not in text


def test_two_of_a_kind_have_two_names() -> None:
    text = code(parse("Sequence([InverseTimeDecay(0.1, 9, 1), InverseTimeDecay(0.2, 9, 1)], [5])"))
    assert text.count("class InverseTimeDecay") == 0
    text = code(
        parse("Sequence([InverseTimeDecay(0.1, 9, 1), InverseTimeDecay(0.2, 9, 1)], [5])"), "torch"
    )
    functions = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert len(set(functions)) == len(functions) == 4


def test_a_local_with_the_name_of_a_parameter_stays_apart() -> None:
    text = code(parse("CosineDecayRestarts(0.1, 100)"), "torch")
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert {"t_mul", "t_mul_"} <= names
    assert not any(map(keyword.iskeyword, names))


def test_a_library_that_it_is_not_written_for() -> None:
    with pytest.raises(Invalid, match=r"to must be one of keras, torch, optax\. Received: 'jax'"):
        code(parse("cosine"), "jax")
