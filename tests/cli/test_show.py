"""``lrtui show``, read as a person or awk would."""

import io
import sys

import numpy as np
import pytest

from lrtui.cli import terminal
from lrtui.plotting import Picture
from tests.cli.calls import call


def shown(*arguments: str, **environment: str) -> list[str]:
    result = call("show", *arguments, **environment)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_the_plot_and_the_landmarks() -> None:
    lines = shown("CosineDecay(0.0, 100, warmup_target=0.5, warmup_steps=100)", "--steps", "201")
    assert "learning rate" in lines[0]
    table = lines[lines.index("") + 1 :]
    assert table[0] == "CosineDecay(0.0, decay_steps=100, warmup_target=0.5, warmup_steps=100)"
    cells = [line.split() for line in table[1:]]
    assert cells[0] == ["landmark", "step", "learning_rate"]
    assert cells[1] == ["start", "0", "0.0"]
    assert cells[2] == ["peak", "100", "0.5"]
    assert cells[3] == ["lowest", "0", "0.0"]
    assert cells[4][:2] == ["half", "150"]
    assert float(cells[4][2]) == pytest.approx(0.25)
    assert len(cells[4][2]) <= 10
    assert cells[5] == ["end", "200", "0.0"]
    assert cells[6][:2] == ["mean", "-"]


def test_in_a_pipe_it_fits_80_by_24() -> None:
    lines = shown("exponential")
    assert len(lines) <= 24
    assert max(map(len, lines)) == 80


def test_width_and_height_are_those_of_the_plot() -> None:
    lines = shown("exponential", "--width", "50", "--height", "10")
    assert lines.index("") == 10
    assert max(map(len, lines[:10])) == 50


def test_the_curve_falls_from_the_upper_left_to_the_lower_right() -> None:
    lines = shown("PolynomialDecay(0.1, 1000, 0.0)", "--steps", "1000", "--height", "12")
    dots = [
        [column for column, character in enumerate(line) if "⠀" < character <= "⣿"]
        for line in lines[:12]
    ]
    canvas = [row for row in dots if row]
    assert min(canvas[0]) < 10
    assert max(canvas[-1]) > 76
    assert [min(row) for row in canvas] == sorted(min(row) for row in canvas)


def test_steps_reach_to_the_end_of_a_schedule_that_has_one() -> None:
    lines = shown("CosineDecay(0.1, 100000)")
    end = next(line.split() for line in lines if line.startswith("end"))
    assert int(end[1]) > 100_000
    assert end[2] == "0.0"


def test_steps_are_those_of_a_training_for_one_that_has_none() -> None:
    for text in ("exponential", "ExponentialDecay(0.1, 10, 0.9, staircase=True)", "constant"):
        end = next(line.split() for line in shown(text) if line.startswith("end"))
        assert end[1] == "1279"


def test_several_overlay_with_a_name_each() -> None:
    texts = ("constant", "CosineDecay(0.1, 500)", "CosineDecay(0.1, 900)")
    lines = shown(*texts, "--width", "120")
    assert "constant" in lines[0]
    assert "cosine decay_steps 500" in lines[0]
    assert "cosine decay_steps 900" in lines[0]
    assert sum(line.startswith("landmark") for line in lines) == 3


def test_an_override_holds_for_all_of_them() -> None:
    text = "\n".join(shown("exponential", "inverse-time", "-p", "decay_rate=0.25"))
    assert text.count("decay_rate=0.25") == 2


def test_a_logarithmic_axis_has_decades() -> None:
    text = "\n".join(shown("ExponentialDecay(1.0, 100, 0.1)", "--steps", "500", "--log"))
    assert "1e-4" in text


def test_a_billion_steps() -> None:
    lines = shown("CosineDecayRestarts(0.1, 50000, t_mul=1.0)", "--steps", "1e9")
    assert any(line.split() == ["end", "999999999"] for line in [line[:20] for line in lines])


def test_without_utf8_it_is_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "ascii_only", lambda: True)
    text = "\n".join(shown("exponential", "cosine"))
    assert text.isascii()
    assert "*" in text


@pytest.mark.parametrize(
    ("encoding", "plain"), [("utf-8", False), ("UTF8", False), ("ascii", True), ("latin-1", True)]
)
def test_the_encoding_decides(encoding: str, plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert terminal.ascii_only() is plain


def test_colours_only_where_they_are_wanted() -> None:
    picture = Picture(("ab c ",), np.array([[0, 1, 0, 2, 0]], np.uint8))
    assert terminal.painted(picture, colours=False) == "ab c"
    assert terminal.painted(picture, colours=True) == "a\x1b[36mb\x1b[0m \x1b[33mc\x1b[0m"


@pytest.mark.parametrize(
    ("is_terminal", "environment", "coloured"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_when_they_are_wanted(
    is_terminal: bool,
    environment: dict[str, str],
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stdout", out)
    assert terminal.coloured() is coloured


def test_none_is_what_is_left_out() -> None:
    assert call("show", "cosine", "--steps", "none").stdout == call("show", "cosine").stdout
