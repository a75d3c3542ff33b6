"""Lines that are slow, or stand still, under the real program."""

from pathlib import Path

from lrtui.tui.terminal.backpressure import MOST, QUESTION
from tests.person.terminal import Terminal

SCHEDULE = "ExponentialDecay(0.1, decay_steps=300, decay_rate=0.5)"
ANSWER = "\x1b[1;1R"
TYPED = (*"0.0321", "enter")
OFTEN = 120
"""So often the axis is turned, which changes all of the plot."""


def to_the_rate(terminal: Terminal) -> None:
    terminal.wait_for("quit")
    terminal.press("down")
    terminal.wait_for("◂ 0.1 ▸")


def test_what_a_slow_line_has_no_room_for_is_not_drawn_but_the_last_of_it() -> None:
    with Terminal("--cold", SCHEDULE) as terminal:
        to_the_rate(terminal)
        question = QUESTION.encode()
        terminal.wait_for(lambda _: question in terminal.received, "a question")
        terminal.press(ANSWER)
        answered, before = 1, len(terminal.received)
        terminal.hold("l", times=OFTEN)
        terminal.press(*TYPED)

        def at_last(screen: str) -> bool:
            """Nothing more comes than was told to have arrived; answer, if more is held back."""
            nonlocal answered
            assert len(terminal.received) - before < (answered + 1) * 2 * MOST
            if terminal.received.count(question) > answered:
                answered += 1
                terminal.press(ANSWER)
            return "◂ 0.0321 ▸" in screen

        terminal.wait_for(at_last, "the last state")
        assert answered < OFTEN / 10


def test_in_a_terminal_that_takes_nothing_keys_are_obeyed_all_the_same(
    folders_of_nobody: Path,
) -> None:
    with Terminal("--cold", SCHEDULE) as terminal:
        to_the_rate(terminal)
        terminal.hold("l", times=OFTEN, looks=False)
        terminal.press(*TYPED)
        terminal.wait_until(
            lambda: any("0.0321" in path.read_text() for path in folders_of_nobody.rglob("*.toml")),
            "it is kept",
        )
        terminal.wait_for("◂ 0.0321 ▸")
