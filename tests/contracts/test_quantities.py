"""Adding a kind of parameter touches one file and its first user: what is missing fails here."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from lrtui.protocol import Settings
from lrtui.schedules import Parameter, catalogue, parameters, quantities
from lrtui.schedules.foreign import constructors, libraries
from lrtui.schedules.quantities import Number, Quantity
from lrtui.schedules.user_schedule import UserSchedule
from tests.schedules.test_turning import COARSE, FINE
from tests.schedules.test_values_to_compare import COMPARED


def kinds_below(kind: type[Quantity]) -> Iterator[type[Quantity]]:
    for one in kind.__subclasses__():
        yield one
        yield from kinds_below(one)


KINDS = [kind for kind in kinds_below(Quantity) if kind.__module__.startswith("lrtui.")]
USED: list[Parameter] = [
    *(one for cls in (*catalogue().values(), UserSchedule, Settings) for one in parameters(cls)),
    *(
        parameter
        for library in libraries()
        for constructor in constructors(library).values()
        for parameter in constructor.parameters.values()
    ),
]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))


@every_kind
def test_it_can_be_had_where_kinds_are(kind: type[Quantity]) -> None:
    assert kind.__name__ in quantities.__all__
    assert (inspect.getdoc(kind) or "").endswith(".")


@every_kind
def test_it_is_used(kind: type[Quantity]) -> None:
    """Then the property tests of reading, turning and comparing hold for it as well."""
    assert any(type(one.quantity) is kind for one in USED), f"no parameter is of kind {kind}"


@every_kind
def test_what_turns_says_how_and_says_it_as_no_other(kind: type[Quantity]) -> None:
    ways = ("turn", "next")
    own = [name for name in ways if name in vars(kind)]
    if own and kind.__name__ != "Number":
        assert "turned_by" in vars(kind), f"{kind.__name__} turns, and does not say by what"
    if "turned_by" in vars(kind) and "next" in vars(kind):
        same = [one for one in KINDS if vars(one).get("turned_by") == kind.turned_by]
        assert same == [kind]


@every_kind
def test_what_it_does_to_known_values_is_written_down(kind: type[Quantity]) -> None:
    """By hand: no property says that a notch from 0.1 leads to 0.125."""
    if kind.__name__ == "Number":  # it is typed, and the others turn
        return
    if {"turn", "next"} & set(vars(kind)):
        for name, table in (("FINE", FINE), ("COARSE", COARSE)):
            known = [parameter for parameter, *_ in table if type(parameter.quantity) is kind]
            where = f"{name} in tests/schedules/test_turning.py"
            assert known, f"add a value of a {kind.__name__} to {where}"
    if {"around", "compared"} & set(vars(kind)):
        known = [parameter for parameter, *_ in COMPARED if type(parameter.quantity) is kind]
        where = "COMPARED in tests/schedules/test_values_to_compare.py"
        assert known, f"add a value of a {kind.__name__} to {where}"


@every_kind
def test_values_within_a_range_ascend_from_end_to_end(kind: type[Quantity]) -> None:
    if issubclass(kind, Number):
        values = kind().between(0.5, 0.99, 7)
        assert len(values) == 7
        assert (values[0], values[-1]) == (0.5, 0.99)
        assert values == sorted(set(values))


def one_of(kind: type[Quantity]) -> Parameter:
    """A parameter of a kind; not one with a single value."""
    return next(
        one
        for one in USED
        if type(one.quantity) is kind
        and getattr(one.quantity, "low", 0) != getattr(one.quantity, "high", 1)
    )


@every_kind
def test_its_words_name_what_it_allows(kind: type[Quantity]) -> None:
    parameter = one_of(kind)
    assert parameter.allowed.startswith("must be ")
    for nonsense in (object(), float("nan"), b"0"):
        with pytest.raises(ValueError, match=parameter.name):
            parameter.check(nonsense)


@every_kind
def test_a_notch_leads_somewhere_and_the_way_back_leads_no_further(kind: type[Quantity]) -> None:
    parameter = one_of(kind)
    if not parameter.quantity.turns or parameter.quantity.closed:
        return
    value: Any = parameter.turn(None, 1) if parameter.optional else parameter.default
    if not isinstance(value, (int, float)):
        return
    further = parameter.turn(value, 1)
    assert further > value or further == getattr(parameter.quantity, "high", None)
    back = parameter.turn(further, -1)
    assert back <= value or parameter.turn(back, 1) == further
    assert parameter.read(parameter.show(further)) == further
