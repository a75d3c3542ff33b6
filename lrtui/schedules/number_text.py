"""Numbers and lists of them as text: how they are written down and read back.

Knows no parameter and no bound.
"""

import re


def format_number(value: float) -> str:
    """A number as short as it can be and still be read back as the same: ``1e-5``, ``0.96``."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e6:
        return f"{value:.1f}"
    mantissa, e, exponent = repr(value).partition("e")
    return mantissa + e + (str(int(exponent)) if e else "")


def format_bound(value: float) -> str:
    """The same in the words of a refusal: ``1e6``, ``0``."""
    short = f"{value:g}".replace("e+0", "e").replace("e+", "e")
    return short if float(short) == value else format_number(value)


def read_number(text: str) -> int | float:
    """A number as it is typed: ``1e-3``, ``2k`` for 2000; also M and G.

    Raises:
        ValueError: it is none.
    """
    suffixes = {"k": "e3", "m": "e6", "g": "e9"}
    if text[-1:].lower() in suffixes:
        value = float(text[:-1] + suffixes[text[-1].lower()])
        return int(value) if value.is_integer() else value
    try:
        return int(text)
    except ValueError:
        return float(text)


def split_commas(text: str) -> list[str]:
    """The parts of a text between its commas, those within brackets aside; no empty ones."""
    depth, commas = 0, [-1]
    for found in re.finditer(r"[][(){},]", text):
        depth += (found[0] in "([{") - (found[0] in ")]}")
        if found[0] == "," and depth == 0:
            commas.append(found.start())
    parts = [text[a + 1 : b] for a, b in zip(commas, [*commas[1:], len(text)], strict=True)]
    return [part for part in parts if part.strip()]


def shorten(received: object, limit: int = 60) -> str:
    """What was received, for a message: of any length, in so many characters."""
    if isinstance(received, (list, tuple)):
        received = list(received[:limit])
    try:
        text = format_number(received) if isinstance(received, float) else repr(received)
    except ValueError:
        text = "an integer of too many digits to write out"
    return text if len(text) <= limit else text[: limit - 1] + "…"
