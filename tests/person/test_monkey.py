"""A monkey at a real terminal: whatever it does, the terminal is left in order."""

from random import Random

import pytest

from tests.person.terminal import Terminal
from tests.tui.monkey import SIZES, strokes

DEEDS = 500
RESTORED = {
    b"\x1b[?1049l": "the alternate screen is left",
    b"\x1b[?1000l": "the mouse is the terminal's again",
    b"\x1b[?25h": "the cursor is shown",
}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_terminal_is_left_in_order(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    random = Random(seed)
    home = str(tmp_path_factory.mktemp("home"))
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DOWNLOAD_DIR")
    with Terminal("exponential", "--cold", environment=dict.fromkeys(names, home)) as terminal:
        terminal.wait_for("q quit")
        for place, stroke in enumerate(strokes(random, DEEDS, leaves="\x1b\x1b")):
            if not terminal.read_what_came():
                pytest.fail(f"it ended at {place}")
            if not set(stroke) & {
                "t",
                "F",
                ":",
            }:  # no training, no range test, no file of one's own
                terminal.press(stroke)
            if place % 50 == 0:
                terminal.resize(*random.choice([size for size in SIZES if min(size) > 1]))
        terminal.resize(80, 24)
        terminal.press_until_end("escape", "q")
        code = terminal.wait_for_end()
        told = terminal.received.decode()[-100_000:]
        assert code == 0, told
        for sequence, what in RESTORED.items():
            assert sequence in terminal.received, what
        assert b"Traceback" not in terminal.received, told
