"""Adding a schedule touches one file: whatever that file lacks fails here."""

import doctest
from pathlib import Path

import numpy as np
import pytest

from lrtui.schedules import (
    Schedule,
    catalogue,
    family,
    find,
    parameters,
    parse,
    read_docstring,
    short_name,
)
from tests.schedules import (
    test_compositions,
    test_values,
    test_values_cycles,
    test_values_decays,
    test_values_of_libraries,
)

every_schedule = pytest.mark.parametrize(
    "cls", catalogue().values(), ids=lambda cls: str(cls.__name__)
)


def test_each_file_of_the_family_holds_one() -> None:
    (folder,) = map(Path, family.__path__)
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    homes = [cls.__module__.rpartition(".")[2] for cls in catalogue().values()]
    assert sorted(homes) == sorted(files)


@every_schedule
def test_it_is_described(cls: type[Schedule]) -> None:
    prose = read_docstring(cls)
    assert prose.summary.endswith("."), "its docstring begins with a sentence"
    assert prose.formula, "its docstring needs a section Formula"
    assert prose.reference, "its docstring needs a section Reference: paper or library"
    fields = [parameter.name for parameter in parameters(cls)]
    assert list(prose.arguments) == fields, "its docstring needs a section Args with every field"
    assert list(prose.arguments) == list(cls.__struct_fields__)
    assert all(text.endswith(".") for text in prose.arguments.values())


@every_schedule
def test_its_formula_names_its_arguments(cls: type[Schedule]) -> None:
    formula = read_docstring(cls).formula
    numbers = [p.name for p in parameters(cls) if p.type is not bool]
    missing = [name for name in numbers if name not in formula]
    assert not missing


@every_schedule
def test_its_example_runs_as_printed(cls: type[Schedule]) -> None:
    example = doctest.DocTestParser().get_doctest(
        read_docstring(cls).example, {cls.__name__: cls}, cls.__name__, None, None
    )
    assert example.examples
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


@every_schedule
def test_it_has_a_name_of_each_kind(cls: type[Schedule]) -> None:
    assert find(short_name(cls)) is find(cls.__name__) is cls
    assert short_name(cls) == short_name(cls).lower()


@every_schedule
def test_its_defaults_are_a_schedule_that_can_be_trained_with(cls: type[Schedule]) -> None:
    rates = cls()(np.arange(2000))
    assert np.isfinite(rates).all()
    assert rates.max() > 0
    assert parse(str(cls())) == cls()


@every_schedule
def test_it_has_expected_values(cls: type[Schedule]) -> None:
    """A class of tests of its name, with rates that were worked out elsewhere."""
    modules = (
        test_values,
        test_values_cycles,
        test_values_decays,
        test_values_of_libraries,
        test_compositions,
    )
    where = "one of tests/schedules/test_values*.py or test_compositions.py"
    test = f"Test{cls.__name__}"
    assert any(hasattr(module, test) for module in modules), f"add a class {test} to {where}"


@every_schedule
def test_it_says_how_many_arguments_must_be_given(cls: type[Schedule]) -> None:
    assert 1 <= cls.required <= len(parameters(cls))


@every_schedule
def test_its_corners_lie_anywhere_but_cost_little(cls: type[Schedule]) -> None:
    assert len(cls().corners(0, 10**9)) <= 1 << 18
