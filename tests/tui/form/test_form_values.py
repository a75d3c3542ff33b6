"""A form's values: wrong values are named where they stand, the last good whole stays."""

from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.tui.form.form_values import FormValues


class TestDraft:
    def test_a_typed_value_is_taken(self) -> None:
        values = FormValues.of(ExponentialDecay()).type("decay_steps", "2k")
        assert values.sound
        assert values.valid == ExponentialDecay(0.1, 2000, 0.96)

    def test_nonsense_is_kept_with_its_reason_and_the_good_value_stays(self) -> None:
        values = FormValues.of(ExponentialDecay()).type("decay_steps", "soon")
        assert values.refused == {"decay_steps": "soon"}
        assert values.faults == {
            "decay_steps": "must be an integer from 1 to 1e12. Received: 'soon'"
        }
        assert values.valid == ExponentialDecay()

    def test_another_parameter_still_turns_the_curve(self) -> None:
        values = FormValues.of(ExponentialDecay()).type("decay_steps", "-3").turn("decay_rate", -1)
        assert values.valid.decay_rate == 0.95
        assert list(values.faults) == ["decay_steps"]

    def test_turning_or_defaulting_a_refused_value_mends_it(self) -> None:
        wrong = FormValues.of(ExponentialDecay()).type("decay_steps", "-3")
        assert wrong.turn("decay_steps", 1).valid.decay_steps == 2000
        assert wrong.turn("decay_steps", 1).sound
        assert wrong.default("decay_steps").sound

    def test_values_that_are_wrong_together_are_named_until_they_fit(self) -> None:
        values = FormValues.of(PiecewiseConstantDecay((300, 600), (0.1, 0.05, 0.01)))
        values = values.type("boundaries", "100, 200, 300")
        assert values.faults == {
            "values": "must hold 4 rates, one more than boundaries. Received: [0.1, 0.05, 0.01]"
        }
        assert values.valid.boundaries == (300, 600)
        values = values.type("values", "1, 0.1, 0.01, 0.001")
        assert values.sound
        assert values.valid.values == (1.0, 0.1, 0.01, 0.001)
