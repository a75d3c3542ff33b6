"""Schedules made of others: their rates, worked out by hand, and how they nest."""

import math

import pytest

from lrtui.schedules import Invalid, catalogue, parameters, parse
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine import CosineDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.parameters import Parameter
from tests.schedules.checking import check


class TestWarmup:
    def test_the_schedule_begins_when_the_warmup_ends(self) -> None:
        check(
            "Warmup(LinearDecay(0.1, 100), steps=10)",
            {0: 0.0, 1: 0.01, 9: 0.09, 10: 0.1, 11: 0.099, 110: 0.0},
        )

    def test_from_a_rate(self) -> None:
        check("Warmup(Constant(0.1), 10, 0.05)", {0: 0.05, 5: 0.075, 10: 0.1, 99: 0.1})

    def test_exponential(self) -> None:
        check(
            "Warmup(Constant(0.1), 4, 0.001, 'exponential')",
            {0: 0.001, 1: 0.001 * math.sqrt(10), 2: 0.01, 4: 0.1},
        )

    def test_cosine(self) -> None:
        check(
            "Warmup(Constant(0.1), 4, shape='cosine')",
            {0: 0.0, 1: 0.05 * (1 - math.sqrt(0.5)), 2: 0.05, 4: 0.1},
        )

    def test_log_is_at_the_rate_a_step_sooner(self) -> None:
        check(
            "Warmup(Constant(0.1), 8, 0.01, 'log')",
            {0: 0.01, 1: 0.04, 3: 0.07, 7: 0.1, 8: 0.1, 99: 0.1},
        )
        check("Warmup(Constant(0.1), 1, shape='log')", {0: 0.0, 1: 0.1})

    def test_an_exponential_never_leaves_zero_and_is_refused(self) -> None:
        with pytest.raises(Invalid, match="initial_learning_rate must be above 0 for an expon"):
            parse("Warmup(Constant(0.1), shape='exponential')")

    def test_to_the_first_rate_of_a_schedule_that_rises_itself(self) -> None:
        check(
            "Warmup(OneCycle(1.0, 100), 10)", {5: 0.02, 10: 0.04, 39: 1.0, 109: 4e-6}
        )  # 0.04 is where the cycle starts


class TestSequence:
    def test_at_a_boundary_the_next_is_in_force_with_its_own_step_zero(self) -> None:
        check(
            "Sequence([Constant(0.5), LinearDecay(0.1, 10), Constant(0.25)], [5, 10])",
            {0: 0.5, 4: 0.5, 5: 0.1, 6: 0.09, 9: 0.06, 10: 0.25, 999: 0.25},
        )

    def test_one_alone(self) -> None:
        check("Sequence([Constant(0.5)], [])", {0: 0.5, 9: 0.5})

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("Sequence([Constant(0.5)], [3])", "boundaries must hold 0 steps, one fewer than"),
            ("Sequence([], [])", "schedules must hold at least one schedule. Received: []"),
            ("Sequence([Constant(1), Constant(2), Constant(3)], [7, 7])", "boundaries must rise"),
            ("Sequence(Constant(0.5), [])", "schedules must be schedules, as in Constant(0.1), "),
        ],
    )
    def test_refused(self, text: str, message: str) -> None:
        with pytest.raises(Invalid) as refusal:
            parse(text)
        assert message in str(refusal.value)


class TestFloor:
    def test_it_never_falls_below(self) -> None:
        check("Floor(LinearDecay(0.1, 10), 0.045)", {0: 0.1, 5: 0.05, 6: 0.045, 99: 0.045})


class TestScaled:
    def test_every_rate_times_the_factor(self) -> None:
        check("Scaled(LinearDecay(0.1, 10), 3.0)", {0: 0.3, 5: 0.15, 10: 0.0})


class TestOffset:
    def test_it_goes_on_at_a_later_step(self) -> None:
        check("Offset(LinearDecay(0.1, 10), 4)", {0: 0.06, 5: 0.01, 6: 0.0})

    def test_an_inner_schedule_that_compares_whole_steps(self) -> None:
        check("Offset(PiecewiseConstantDecay([100], [0.5, 0.25]), 90)", {0: 0.5, 10: 0.5, 11: 0.25})


class TestPerEpoch:
    def test_each_rate_holds_for_an_epoch(self) -> None:
        held = {0: 0.5, 9: 0.5, 10: 0.4, 19: 0.4, 20: 0.3, 49: 0.1, 50: 0.0, 1000: 0.0}
        check("PerEpoch(LinearDecay(0.5, 5), 10)", held)

    def test_as_torch_s_step_lr_that_is_stepped_once_an_epoch(self) -> None:
        """Epochs 0 and 1 at 0.8, 2 and 3 at 0.4: twice three steps each."""
        check("PerEpoch(StepDecay(0.8, 2, 0.5), 3)", {0: 0.8, 5: 0.8, 6: 0.4, 11: 0.4, 12: 0.2})

    def test_an_inner_schedule_that_compares_whole_steps(self) -> None:
        text = "PerEpoch(PiecewiseConstantDecay([1], [0.5, 0.25]), 10)"
        check(text, {0: 0.5, 19: 0.5, 20: 0.25})


def nested(cls: type, name: str) -> Parameter:
    return next(one for one in parameters(cls) if one.name == name)


INNER = nested(Warmup, "schedule")
INNERS = nested(Sequence, "schedules")


def test_which_schedules_are_made_of_others() -> None:
    marked = [name for name, cls in catalogue().items() if cls.composition]
    assert marked == ["floor", "offset", "per-epoch", "product", "scaled", "sequence", "warmup"]


def test_a_nested_parameter_is_read_and_shown_like_any_other() -> None:
    assert INNER.read("cosine") == CosineDecay()
    assert INNER.read(" Constant(0.5) ") == Constant(0.5)
    assert INNER.show(Constant(0.5)) == "Constant(0.5)"
    assert INNERS.read("[constant, CosineDecay(0.2, 5)]") == (Constant(), CosineDecay(0.2, 5))
    assert INNERS.show((Constant(), Constant(0.5))) == "Constant(0.1), Constant(0.5)"
    assert INNER.turn(Constant(), 3) == Constant()


@pytest.mark.parametrize(
    ("parameter", "typed", "message"),
    [
        (INNER, "cosin", "schedule must be the name of a schedule (did you mean cosine?)."),
        (INNER, "CosineDecay(0.1, 0)", "schedule: decay_steps must be an integer from 1 to"),
        (INNER, "", "schedule must be a name or a constructor expression. Received: ''"),
        (INNERS, "constant, Warmup(CosineDecay(0.1, -1))", "schedules: decay_steps must be"),
    ],
)
def test_what_is_wrong_within_is_named(parameter: Parameter, typed: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parameter.read(typed)
    assert str(refusal.value).startswith(message)
    assert refusal.value.name == parameter.name


def test_a_value_of_another_kind_is_refused() -> None:
    with pytest.raises(Invalid, match="schedule must be a schedule, as in CosineDecay"):
        INNER.check(0.1)


def test_an_override_replaces_what_is_within() -> None:
    schedule = parse("Warmup(CosineDecay(0.1, 900))", {"schedule": "linear", "steps": "50"})
    assert str(schedule) == "Warmup(LinearDecay(0.1, decay_steps=1000), steps=50)"


def test_nesting_has_an_end() -> None:
    deep = "Scaled(" * 16 + "Constant(1.0)" + ", factor=1.0)" * 16
    assert str(parse(deep)) == deep
    for levels in (17, 40, 2000):
        with pytest.raises(Invalid, match="must nest at most 16 deep"):
            parse("Scaled(" * levels + "Constant(1.0)" + ")" * levels)


def test_their_number_has_an_end() -> None:
    several = f"Sequence([{', '.join(['Constant(1.0)'] * 100)}], {list(range(1, 100))})"
    assert parse(str(parse(several))) == parse(several)
    with pytest.raises(Invalid, match="schedule must hold at most 256 schedules"):
        parse(f"Sequence([{', '.join(['Constant(1.0)'] * 300)}], {list(range(1, 300))})")
    within = parse(several)
    with pytest.raises(Invalid, match="schedule must hold at most 256 schedules"):
        Sequence((within, within, within), (1, 2))


def test_a_bare_name_within_an_expression_is_a_variable_of_someone_and_refused() -> None:
    with pytest.raises(Invalid, match="schedule must be a schedule, as in Cos"):
        parse("Warmup(cosine)")
