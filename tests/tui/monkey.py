"""A monkey at the keyboard: random keys, pastes, clicks and sizes, from a seed."""

from collections.abc import Iterator
from random import Random

from lrtui.tui.keys import KEYS

ESCAPES = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "shift+right": "\x1b[1;2C",
    "shift+left": "\x1b[1;2D",
    "ctrl+right": "\x1b[1;5C",
    "ctrl+left": "\x1b[1;5D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
    "shift+tab": "\x1b[Z",
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "ctrl+p": "\x10",
    "ctrl+c": "\x03",
    "space": " ",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "less_than_sign": "<",
    "comma": ",",
    "greater_than_sign": ">",
    "question_mark": "?",
}
"""What a terminal sends for a key."""

OURS = [ESCAPES.get(name, name) for key in KEYS for name in key.key.split(",") if name != "q"]
PASTED = (
    "CosineDecay(0.2, 500)",
    "transformer",
    "3e-4",
    "1e9",
    "[100, 200]",
    "-1",
    "nan",
    "'",
    "\x00\x07\x9b31m",
    "🙂 ünï\tcode\r\n" * 50,
    "Warmup(" * 40,
    "PiecewiseConstantDecay([1000, 10], [1e-3, 1e-2, 1e-1])",
    "CosineDecayRestarts(0.1, 7)",
    "ExponentialDecay(1e-30, decay_steps=1, decay_rate=1e-9)",
    "/dev/null:x",
    "run.csv",
)
ODD = (
    "\x1b[999;999R",
    "\x1b[?1;2c",
    "\x1b]0;x\x07",
    "\x1b[200~",
    "\x1bOz",
    "\x1b[1;99Q",
    "\x80",
    "é",
    "日",
)
SIZES = ((1, 1), (2, 40), (300, 2), (20, 5), (37, 11), (60, 18), (80, 24), (120, 40))


def strokes(random: Random, count: int, leaves: str = "q") -> Iterator[str]:
    """What a terminal sends for so many deeds.

    Args:
        random: where they come from.
        count: how many.
        leaves: what leaves a dialog; q ends the program as well, where it is not kept from that.
    """
    for _ in range(count):
        match random.random():
            case die if die < 0.12:
                yield random.choice((leaves, "\x1b\x1b"))
            case die if die < 0.62:
                yield random.choice(OURS) * (
                    1 if random.random() < 0.9 else random.randrange(2, 20)
                )
            case die if die < 0.72:
                yield chr(random.choice([code for code in range(32, 127) if code != ord("q")]))
            case die if die < 0.82:
                yield random.choice([*ESCAPES.values(), "\x1b\x1b"])
            case die if die < 0.86:
                yield f"\x1b[200~{random.choice(PASTED)}\x1b[201~"
            case die if die < 0.88:
                yield random.choice(ODD)
            case _:
                yield _mouse(random)


def _mouse(random: Random) -> str:
    button = random.choice((0, 0, 1, 2, 35, 64, 65))
    x, y = random.randrange(1, 130), random.randrange(1, 45)
    press = f"\x1b[<{button};{x};{y}M"
    return press + (f"\x1b[<{button};{x};{y}m" if button < 3 else "")
