"""Screens as pictures that need no font of ours: PNG, by a headless browser; a moving one as GIF.

Cells have the width of cells: braille and blocks are drawn as dots and boxes, every other character
is placed by itself.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from rich.style import Style

WIDE, HIGH = 9, 19
"""Of a cell, in pixels."""
FONT = "DejaVu Sans Mono, Liberation Mono, Menlo, Consolas, monospace"
GROUND, INK = "#121212", "#e0e0e0"
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit of a braille character."""
_LINES = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "┤": "udl", "├": "udr",
    "┬": "lrd", "┴": "lru", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu", "╷": "d",
}  # fmt: skip
"""The arms of each line: left, right, up, down."""
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
_SIZE = ("width", "height")
_AT_A_TIME = 20
"""Pictures that a browser makes at a time: it begins slowly, and is not endlessly high."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def svg(strips: Sequence[Any], scale: float = 1.0) -> str:
    """Rows of styled text as a picture.

    Args:
        strips: of the screen, each of (text, style, control) pieces.
        scale: how much larger the picture is than its cells.
    """
    parts: list[str] = []
    width = 0
    for y, strip in enumerate(strips):
        x = 0
        for text, style, _ in strip:
            ink, ground, bold = _look(style or Style())
            if ground != GROUND:
                parts.append(_box(x, y, len(text), ground))
            for at, char in enumerate(text, x):
                if not char.isspace():
                    parts.append(_glyph(char, at, y, ink, bold))
            x += len(text)
        width = max(width, x)
    w, h = width * WIDE, len(strips) * HIGH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w * scale}" height="{h * scale}" '
        f'viewBox="0 0 {w} {h}"><rect width="{w}" height="{h}" fill="{GROUND}"/>'
        f'<g font-family="{FONT}" font-size="15">{"".join(parts)}</g></svg>'
    )


def write_png(path: Path, *pictures: str) -> None:
    """Write an SVG as a PNG, or several of the same size one below another.

    Raises:
        RuntimeError: there is no browser that can.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise RuntimeError(f"one of {', '.join(BROWSERS)} is needed to make PNG")
    width, height = (float(pictures[0].split(f'{one}="')[1].split('"')[0]) for one in _SIZE)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "picture.html"
        body = "".join(one.replace("<svg", '<svg style="display:block"', 1) for one in pictures)
        head = '<!doctype html><meta charset="utf-8">'
        source.write_text(f'{head}<body style="margin:0;background:{GROUND}">{body}', "utf-8")
        window = f"{round(width)},{round(height) * len(pictures)}"
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/profile",
                f"--screenshot={path.absolute()}",
                f"--window-size={window}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


def write_gif(target: Path, frames: Sequence[tuple[str, float]]) -> None:
    """Write SVGs, each with the seconds that it stands, as one moving picture."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        images = []
        for first in range(0, len(frames), _AT_A_TIME):
            some = [picture for picture, _ in frames[first : first + _AT_A_TIME]]
            write_png(path := Path(folder) / f"{first}.png", *some)
            whole = Image.open(path).convert("RGB")
            high = whole.height // len(some)
            for top in range(0, high * len(some), high):
                images.append(whole.crop((0, top, whole.width, top + high)).quantize(64))
        images[0].save(
            target,
            save_all=True,
            append_images=images[1:],
            duration=[round(1000 * seconds) for _, seconds in frames],
            loop=0,
            optimize=True,
        )


def _look(style: Style) -> tuple[str, str, bool]:
    ink = style.color.get_truecolor().hex if style.color else INK
    ground = style.bgcolor.get_truecolor().hex if style.bgcolor else GROUND
    if style.reverse:
        ink, ground = ground, ink
    return ink, ground, bool(style.bold)


def _box(x: float, y: float, cells: float, color: str, top: float = 0, high: float = 1) -> str:
    return (
        f'<rect x="{x * WIDE:.1f}" y="{(y + top) * HIGH:.1f}" width="{cells * WIDE:.1f}" '
        f'height="{high * HIGH:.1f}" fill="{color}"/>'
    )


def _stroke(x: int, y: int, arm: str, ink: str) -> str:
    if arm in "lr":
        return _box(x + (arm == "r") * 0.5 - 0.06, y, 0.62, ink, 0.47, 0.06)
    return _box(x + 0.44, y, 0.12, ink, 0.5 if arm == "d" else 0, 0.53)


def _glyph(char: str, x: int, y: int, ink: str, bold: bool) -> str:
    code = ord(char) - 0x2800
    if 0 <= code < 256:
        radius = 1.5 if bold else 1.2
        return "".join(
            f'<circle cx="{(x + 0.27 + 0.46 * column) * WIDE:.1f}" '
            f'cy="{(y + 0.14 + 0.24 * row) * HIGH:.1f}" r="{radius}" fill="{ink}"/>'
            for bit, (column, row) in enumerate(_DOTS)
            if code >> bit & 1
        )
    if char in _LINES:
        return "".join(_stroke(x, y, arm, ink) for arm in _LINES[char])
    if "▁" <= char <= "█":
        high = (ord(char) - 0x2580) / 8
        return _box(x, y, 1, ink, 1 - high, high)
    if char == "▀":
        return _box(x, y, 1, ink, 0, 0.5)
    if char in _SHADES:
        return _box(x, y, 1, ink).replace("/>", f' fill-opacity="{_SHADES[char]}"/>')
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{x * WIDE}" y="{(y + 0.77) * HIGH:.1f}"'
    return f'<text {place} fill="{ink}"{weight}>{escape(char)}</text>'
