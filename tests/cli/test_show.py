"""``lrtui show``, read as a person or awk would."""

import io
import sys

import numpy as np
import pytest

from lrtui.cli import terminal
from lrtui.plotting.picture import Picture
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
    assert cells[0] == ["landmark", "step", "value"]
    assert cells[1] == ["start", "0", "0.0"]
    assert cells[2] == ["peak", "100", "0.5"]
    assert cells[3] == ["lowest", "0", "0.0"]
    assert cells[4][:2] == ["half", "150"]
    assert float(cells[4][2]) == pytest.approx(0.25)
    assert len(cells[4][2]) <= 10
    assert cells[5] == ["end", "200", "0.0"]
    assert cells[6][:2] == ["mean", "-"]
    assert [row[:2] for row in cells[7:9]] == [["area", "-"], ["restarts", "-"]]
    # Two slopes of 100 steps from 0 to 0.5, whose mean is half of that.
    assert float(cells[7][2]) == pytest.approx(50, rel=0.01)
    assert cells[8][2] == "0"


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


def test_names_that_have_no_room_above_stand_below() -> None:
    texts = [f"CosineDecay(0.1, {steps})" for steps in range(100, 1000, 100)]
    lines = shown(*texts, "--width", "80")
    assert "decay_steps" not in lines[0]
    below = " ".join(lines[: lines.index("")])
    assert all(f" decay_steps {steps}" in below for steps in range(100, 1000, 100))


@pytest.mark.parametrize(("marker", "made_of"), [("hd", "▀▄▌▐▘▝▖▗▚▞▛▜▙▟█"), ("ascii", "*")])
def test_another_marker(marker: str, made_of: str) -> None:
    lines = shown("exponential", "--marker", marker)
    canvas = "".join(line[8:-1] for line in lines[1 : lines.index("") - 2])
    assert set(canvas) - {" "} <= set(made_of)
    assert set(canvas) & set(made_of)


@pytest.mark.parametrize(
    ("options", "left", "right"),
    [
        (["--x", "epochs"], "epochs  0", "20"),
        (["--x", "epochs", "--steps-per-epoch", "128"], "epochs  0", "10"),
        (["--x", "fraction"], "       0%", "100%"),
        (["--x", "steps"], "        0", "1.2k"),
        (["--from", "1000", "--to", "1010"], "      1000", "1010"),
        (["--from", "640", "--x", "epochs"], "epochs 10", "20"),
        (["--from", "7", "--to", "8"], "        7", "8"),
    ],
)
def test_what_stands_below(options: list[str], left: str, right: str) -> None:
    lines = shown("exponential", *options)
    labels = lines[lines.index("") - 1]
    assert labels.startswith(left)
    assert labels.rstrip().endswith(right)


def test_zoomed_in_the_landmarks_are_still_of_all_steps() -> None:
    whole, zoomed = shown("cosine"), shown("cosine", "--from", "100", "--to", "200")
    assert whole[whole.index("") :] == zoomed[zoomed.index("") :]
    assert whole[: whole.index("")] != zoomed[: zoomed.index("")]


def test_to_may_lie_beyond_what_would_be_drawn() -> None:
    assert any(line.split()[:2] == ["end", "4999"] for line in shown("constant", "--to", "5000"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--from", "9", "--to", "9"], "--from must be below 9, where it ends. Received: 9"),
        (["--from", "2000"], "--from must be below 1280, where it ends. Received: 2000"),
        (["--to", "50", "--steps", "9"], "--to must be at most the 9 of --steps. Received: 50"),
        (["--marker", "dots"], "--marker must be one of braille, hd, ascii. Received: 'dots'"),
    ],
)
def test_wrong_windows_and_markers(options: list[str], message: str) -> None:
    result = call("show", "exponential", *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_what_is_approximate_says_so() -> None:
    lines = shown("CosineDecayRestarts(0.1, 50000, t_mul=1.0)", "--steps", "1e9")
    assert any(line.startswith("mean") and "≈0.05" in line for line in lines)
    assert any(line.split() == ["restarts", "-", "19999"] for line in lines)
    plain = shown(
        "CosineDecayRestarts(0.1, 50000, t_mul=1.0)", "--steps", "1e9", "--marker", "ascii"
    )
    assert any(line.startswith("mean") and "~0.05" in line for line in plain)
    assert "\n".join(plain[:20]).isascii()


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
    picture = Picture.of(("ab c ",), np.array([[0, 1, 0, 2, 0]], np.uint8))
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
