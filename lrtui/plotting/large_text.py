"""Figures that are three rows high, of half blocks. Pure."""

HEIGHT = 3
_DIGITS = {
    "0": "███ █ █ █ █ █ █ ███",
    "1": " █  ██   █   █  ███",
    "2": "███   █ ███ █   ███",
    "3": "███   █ ███   █ ███",
    "4": "█ █ █ █ ███   █   █",
    "5": "███ █   ███   █ ███",
    "6": "███ █   ███ █ █ ███",
    "7": "███   █   █   █   █",
    "8": "███ █ █ ███ █ █ ███",
    "9": "███ █ █ ███   █ ███",
    "-": "        ███        ",
    "e": "    ███ ███ █   ███",
    ".": "                 █ ",
    "n": "        ███ █ █ █ █",
    "a": "    ███  ██ █ █ ███",
    "i": " █       █   █   █ ",
    "f": " ██ █   ███ █   █  ",
}
"""Five rows of three dots each, a blank between two rows."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def large_text(text: str) -> list[str]:
    """Three rows of four cells a character; one that it has no picture of is a blank."""
    rows = ["", "", ""]
    for character in text:
        dots = _DIGITS.get(character, "").ljust(19)
        grid = [[dot == "█" for dot in dots[4 * y : 4 * y + 3]] for y in range(5)] + [[False] * 3]
        for row in range(HEIGHT):
            pairs = zip(grid[2 * row], grid[2 * row + 1], strict=True)
            rows[row] += "".join(_HALVES[pair] for pair in pairs) + " "
    return rows
