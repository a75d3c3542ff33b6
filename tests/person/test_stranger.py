"""A stranger's path: with no key that is not on the screen at that moment, in at most 40 keys."""

from pathlib import Path

from tests.person.terminal import Terminal

MOST_KEYS = 40
HOMES = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
SHOWN = {"up": "↑↓", "down": "↑↓", "left": "←→", "right": "←→", "enter": "Enter"}


class Stranger:
    """Presses only what the screen names, and counts.

    Args:
        terminal: the program.
    """

    pressed = 0

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def sees(self, text: str) -> str:
        return self.terminal.wait_for(text)

    def press(self, key: str, label: str) -> None:
        """Press a key when the screen says what it does."""
        self.sees(f"{SHOWN.get(key, key)} {label}")
        self.terminal.press(key)
        Stranger.pressed += 1

    def type(self, text: str, where: str) -> None:
        """Type where the screen says that one can, and take it with Enter."""
        self.sees(where)
        self.terminal.press(*text)
        self.sees(text)
        self.terminal.press("enter")
        Stranger.pressed += len(text) + 1


def test_finds_turns_trains_resets_compares_keeps_and_comes_back(tmp_path: Path) -> None:
    home = dict.fromkeys(HOMES, str(tmp_path))
    with Terminal(environment=home) as terminal:
        one = Stranger(terminal)
        assert "more:" not in one.sees("t train"), "what is first seen triggers no note"
        one.press("enter", "choose")
        one.type("exp", "type to find")
        one.sees("lrtui · warmup, exponential")
        one.press("down", "line")
        one.press("right", "turn")
        one.sees("initial_learnin…•◂ 0.125 ▸")
        one.sees("at once, 8 seeds")  # the loss follows
        one.press("t", "train")
        terminal.wait_for(lambda screen: "epoch 2/20" in screen, "it trains")
        one.press("r", "reset")
        terminal.wait_for(lambda screen: "─r─" in screen, "the reset is marked")
        one.press("s", "stop")
        one.sees("stopped")
        one.press("right", "turn")
        one.press("t", "train")
        terminal.wait_for(lambda screen: "epoch 2/20" in screen, "it trains again")
        one.press("s", "stop")
        one.sees("stopped")
        one.press("v", "runs")
        one.press("enter", "lay over")
        one.sees("#1 ")
        one.press("k", "presets")
        one.press("s", "save the form as")
        one.type("mine", "name of the preset")
        one.sees("mine")
        one.press("q", "leaves")
        one.press("q", "quit")
        assert terminal.wait_for_end() == 0
    with Terminal("--cold", environment=home) as terminal:
        again = Stranger(terminal)
        again.press("k", "presets")
        again.sees("mine")
        again.press("enter", "open")
        again.sees("mine is in the form")
        again.sees("initial_learning_rate•0.16")
    assert Stranger.pressed <= MOST_KEYS
