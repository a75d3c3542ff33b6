"""One colour a meaning: told from the ground, and from each other, by every eye, in every theme."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from lrtui.tui import paints
from lrtui.tui.scene import pictures
from lrtui.tui.terminal.paint import Paint

Rgb = NDArray[np.float64]

CORE = {
    "form": paints.FORM,
    "used": paints.USED,
    "planned": paints.PLANNED,
    "train": paints.TRAIN,
    "validation": paints.VALIDATION,
    "cursor": paints.CURSOR_LINE,
    "mark": paints.MARK_LINE,
}
OTHERS = {
    **{f"pin {number}": paint for number, paint in enumerate(paints.PINS, 1)},
    **{f"run {number}": paint for number, paint in enumerate(paints.OVERLAID, 1)},
}
# Machado, Oliveira, Fernandes 2009, severity 1, for linear RGB.
EYES = {
    "most": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
# Ottosson 2020: linear RGB to the cones, and their cube roots to lightness and two hues.
CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                  [0.2119034982, 0.6806995451, 0.1073969566],
                  [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
OKLAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                  [1.9779984951, -2.4285922050, 0.4505937099],
                  [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
JUST_SEEN = 2.0
"""A distance of Oklab (lightness from 0 to 100) that is about the least that is seen."""
THEMES = [theme for theme in BUILTIN_THEMES.values() if not theme.name.startswith("ansi")]
"""Those of the terminal's own colours are not known here."""


def linear(color: str) -> Rgb:
    rgb = np.array(Color.parse(color).normalized)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """After WCAG, from 1 to 21."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(linear(color) @ weights) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def distance(one: str, other: str, eye: str) -> float:
    seen = [np.clip(np.array(EYES[eye]) @ linear(color), 0, 1) for color in (one, other)]
    first, second = (OKLAB @ np.cbrt(CONES @ light) for light in seen)
    return float(100 * np.linalg.norm(first - second))


def color_of(paint: Paint, *, dark: bool) -> str:
    return paint.color if dark else paint.on_light


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_curve_is_seen_on_the_grounds_of_every_theme(theme: Theme) -> None:
    colors = theme.to_color_system().generate()
    for name, paint in {**CORE, **OTHERS}.items():
        for ground in ("background", "surface"):
            found = contrast(color_of(paint, dark=theme.dark), colors[ground])
            assert found >= 3, (name, ground, found)


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("eye", EYES)
def test_every_meaning_has_a_colour_of_its_own(eye: str, dark: bool) -> None:
    every = {**CORE, **OTHERS}
    for one, other in combinations(every, 2):
        found = distance(color_of(every[one], dark=dark), color_of(every[other], dark=dark), eye)
        least = 3.5 if one in CORE and other in CORE else 2.3
        assert found >= least * JUST_SEEN, (one, other, found)


def test_each_style_of_the_plots_is_painted_in_its_colour() -> None:
    styles = {
        pictures.FORM: paints.FORM,
        pictures.USED: paints.USED,
        pictures.PLANNED: paints.PLANNED,
        pictures.TRAIN: paints.TRAIN,
        pictures.VALIDATION: paints.VALIDATION,
        **{pictures.PINS + number: paint for number, paint in enumerate(paints.PINS, 1)},
        **{pictures.OVERLAID + number: paint for number, paint in enumerate(paints.OVERLAID, 1)},
    }
    assert {style: paints.curve(style) for style in styles} == styles
    assert len(set(styles.values())) == len(styles)
