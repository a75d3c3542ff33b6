"""Which schedules there are, and how they are found."""

import pytest

from lrtui.schedules import Invalid, catalogue, find, short_name

KERAS = {
    "exponential": "ExponentialDecay",
    "inverse-time": "InverseTimeDecay",
    "polynomial": "PolynomialDecay",
    "piecewise": "PiecewiseConstantDecay",
    "cosine": "CosineDecay",
    "cosine-restarts": "CosineDecayRestarts",
}


def test_the_six_of_keras_and_a_constant_are_there() -> None:
    names = {short: cls.__name__ for short, cls in catalogue().items()}
    assert names.items() >= {*KERAS.items(), ("constant", "Constant")}
    assert list(names) == sorted(names)


@pytest.mark.parametrize(("short", "name"), KERAS.items())
def test_found_by_either_name(short: str, name: str) -> None:
    assert find(short) is find(name)
    assert short_name(find(name)) == short


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("Exponential", "exponential"),
        ("cosin", "cosine"),
        ("cosinedecay", "CosineDecay"),
        ("PiecewiseConstant", "PiecewiseConstantDecay"),
    ],
)
def test_a_misspelt_name_suggests_the_nearest(wrong: str, meant: str) -> None:
    with pytest.raises(Invalid, match=rf"did you mean {meant}\?"):
        find(wrong)
