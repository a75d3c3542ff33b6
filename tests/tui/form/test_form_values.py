"""A form's draft: wrong values are named where they stand, the last good whole stays."""

from lrtui.schedules.family.exponential import ExponentialDecay
from lrtui.schedules.family.piecewise import PiecewiseConstantDecay
from lrtui.tui.form.form_values import Draft


class TestDraft:
    def test_a_typed_value_is_taken(self) -> None:
        draft = Draft.of(ExponentialDecay()).type("decay_steps", "2k")
        assert draft.sound
        assert draft.good == ExponentialDecay(0.1, 2000, 0.96)

    def test_nonsense_is_kept_with_its_reason_and_the_good_value_stays(self) -> None:
        draft = Draft.of(ExponentialDecay()).type("decay_steps", "soon")
        assert draft.refused == {"decay_steps": "soon"}
        assert draft.faults == {
            "decay_steps": "must be an integer from 1 to 1e12. Received: 'soon'"
        }
        assert draft.good == ExponentialDecay()

    def test_another_parameter_still_turns_the_curve(self) -> None:
        draft = Draft.of(ExponentialDecay()).type("decay_steps", "-3").turn("decay_rate", -1)
        assert draft.good.decay_rate == 0.95
        assert list(draft.faults) == ["decay_steps"]

    def test_turning_or_defaulting_a_refused_value_mends_it(self) -> None:
        wrong = Draft.of(ExponentialDecay()).type("decay_steps", "-3")
        assert wrong.turn("decay_steps", 1).good.decay_steps == 2000
        assert wrong.turn("decay_steps", 1).sound
        assert wrong.default("decay_steps").sound

    def test_values_that_are_wrong_together_are_named_until_they_fit(self) -> None:
        draft = Draft.of(PiecewiseConstantDecay((300, 600), (0.1, 0.05, 0.01)))
        draft = draft.type("boundaries", "100, 200, 300")
        assert draft.faults == {
            "values": "must hold 4 rates, one more than boundaries. Received: [0.1, 0.05, 0.01]"
        }
        assert draft.good.boundaries == (300, 600)
        draft = draft.type("values", "1, 0.1, 0.01, 0.001")
        assert draft.sound
        assert draft.good.values == (1.0, 0.1, 0.01, 0.001)
