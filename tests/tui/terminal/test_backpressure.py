"""What is sent while answers are withheld, and when they come: the value, then the driver."""

import asyncio
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from lrtui.tui.terminal import driver as drivers
from lrtui.tui.terminal.backpressure import ASK, LEAST, MOST, QUESTION, InFlight
from lrtui.tui.terminal.driver import MOST_QUEUED, SYNC_END, SYNC_START, cell_diff_driver

SIZE = (40, 10)
FRAME = SIZE[0] * SIZE[1]
"""Cells, and bytes at least, of a frame that differs from the last one everywhere."""
ENOUGH = 3 * MOST // FRAME
"""Frames that are more than a line takes."""


# ---------------------------------------------------------------------- the value


def test_a_terminal_that_never_answers_is_asked_once_and_never_waited_for() -> None:
    in_flight = InFlight().send(ASK)
    assert in_flight.asks
    in_flight = in_flight.ask()
    for _ in range(100):
        in_flight = in_flight.send(MOST)
        assert not in_flight.asks
        assert not in_flight.full


def test_little_is_not_asked_for() -> None:
    assert not InFlight().send(ASK - 1).asks


def test_an_answer_confirms_what_was_sent_before_its_question() -> None:
    in_flight = InFlight().send(ASK).ask().send(700).answer()
    assert in_flight.under_way == 700
    assert not in_flight.asks
    assert not in_flight.full


def test_of_a_terminal_that_answers_no_more_than_so_much_is_under_way() -> None:
    in_flight = InFlight().send(ASK).ask().answer()
    in_flight = in_flight.send(MOST - 1).ask()
    assert not in_flight.full
    in_flight = in_flight.send(300)
    assert in_flight.full
    assert not in_flight.answer().full


def test_what_follows_a_question_is_asked_for_when_its_answer_comes() -> None:
    """Else the line would stay full, with no answer under way."""
    in_flight = InFlight().send(ASK).ask().send(MOST).answer()
    assert in_flight.full
    assert in_flight.asks


def test_an_answer_to_no_question_says_nothing() -> None:
    in_flight = InFlight().send(900)
    assert in_flight.answer() == in_flight


def test_many_small_writes_fill_the_line_as_well() -> None:
    in_flight = InFlight().send(ASK).ask().answer()
    for _ in range(MOST // LEAST):
        in_flight = in_flight.send(1)
    assert in_flight.full


# ---------------------------------------------------------------------- the driver


class File:
    """Takes writes, unless it is stuck."""

    def write(self, text: str) -> None:
        """What has been taken."""


class FakeTerminal:
    """Stands in for Textual's driver."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._loop = asyncio.get_running_loop()
        self._file = File()
        self.fileno = -1
        self.input_tty = True
        self.frames: list[str] = []
        self.questions = 0
        self.stuck = self.given_back = False
        self.told: list[object] = []

    def start_application_mode(self) -> None:
        """Nothing to do."""

    def stop_application_mode(self) -> None:
        self.given_back = True

    def write(self, data: str) -> None:
        self.questions += data.count(QUESTION)
        if frame := data.replace(QUESTION, ""):
            self.frames.append(frame)
        if not self.stuck:
            self._file.write(data)

    def process_message(self, message: object) -> None:
        self.told.append(message)


class FakeApp:
    size = SIZE


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    monkeypatch.setattr("os.get_terminal_size", lambda _: SIZE)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def open_driver() -> Any:
        driver = cell_diff_driver(FakeTerminal)(FakeApp())  # type: ignore[arg-type]
        driver.start_application_mode()
        return driver

    return open_driver


def draw(driver: Any, character: str) -> None:
    """A frame full of a character, as Textual writes it."""
    rows = (f"\x1b[{y + 1};1H{character * SIZE[0]}\n" for y in range(SIZE[1]))
    for data in (SYNC_START, "".join(rows).rstrip("\n") + "\x1b[1;1H", SYNC_END):
        driver.write(data)


def letter(place: int) -> str:
    return chr(ord("a") + place % 26)


async def shows(driver: Any, character: str) -> bool:
    """Whether the last frame is of this character, before long."""
    for _ in range(1000):
        if character in driver.frames[-1]:
            return True
        await asyncio.sleep(0)
    return False


async def answer(driver: Any) -> None:
    """The terminal has read all that there is, to the question."""
    driver.process_message(events.CursorPosition(0, 0))
    await asyncio.sleep(0)


async def acquainted(driver: Any) -> None:
    """Let it find out that the terminal answers, and that nothing is under way."""
    place = 0
    while not driver.questions:
        draw(driver, letter(place))
        place += 1
    await answer(driver)
    driver.frames.clear()
    driver.questions = 0


async def test_while_answers_are_withheld_frames_are_and_then_the_newest_is_sent(
    opened: Callable[[], Any],
) -> None:
    driver = opened()
    await acquainted(driver)
    for place in range(ENOUGH):
        draw(driver, letter(place))
    draw(driver, "z")
    assert len(driver.frames) == -(-MOST // (len(driver.frames[0])))
    assert driver.questions == 1
    assert "z" not in "".join(driver.frames)
    while driver.questions:
        driver.questions = 0
        await answer(driver)
    assert driver.frames[-1].count("z") == FRAME
    assert driver.frames[-1].startswith(SYNC_START)
    assert driver.frames[-1].endswith(SYNC_END)


async def test_what_follows_the_question_is_waited_for_as_well(opened: Callable[[], Any]) -> None:
    driver = opened()
    await acquainted(driver)
    while not driver.questions:
        draw(driver, letter(len(driver.frames)))
    driver.write(f"\x1b]52;c;{'a' * MOST}\x07")  # the clipboard, which cannot wait
    draw(driver, "z")
    await answer(driver)
    assert "z" not in driver.frames[-1]
    assert driver.questions == 2
    await answer(driver)
    assert "z" in driver.frames[-1]


async def test_a_terminal_that_answers_nothing_is_sent_every_frame(
    opened: Callable[[], Any],
) -> None:
    driver = opened()
    for place in range(ENOUGH):
        draw(driver, letter(place))
    assert len(driver.frames) == ENOUGH
    assert driver.questions == 1


async def test_what_was_undone_while_it_waited_is_never_sent(opened: Callable[[], Any]) -> None:
    driver = opened()
    await acquainted(driver)
    for place in range(ENOUGH):
        draw(driver, letter(place))
    sent = len(driver.frames)
    assert sent < ENOUGH
    draw(driver, letter(sent - 1))
    while driver.questions:
        driver.questions = 0
        await answer(driver)
    assert len(driver.frames) == sent


async def test_answers_are_nothing_to_the_app(opened: Callable[[], Any]) -> None:
    driver = opened()
    await answer(driver)
    key = events.Key("a", "a")
    driver.process_message(key)
    assert driver.told == [key]


async def test_an_answer_that_is_lost_does_not_stop_the_screen_for_good(
    opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "ANSWER_SECONDS", 0.0)
    driver = opened()
    await acquainted(driver)
    for place in range(ENOUGH):
        draw(driver, letter(place))
    draw(driver, "z")
    assert await shows(driver, "z")
    asked = driver.questions
    for place in range(ENOUGH):
        draw(driver, letter(place))
    assert letter(ENOUGH - 1) in driver.frames[-1]
    assert driver.questions == asked + 1, "it is asked anew, once"


async def test_a_terminal_that_takes_nothing_is_given_no_more_than_its_queue_holds(
    opened: Callable[[], Any],
) -> None:
    driver = opened()
    driver.stuck = True
    for place in range(ENOUGH):
        draw(driver, letter(place))
    draw(driver, "z")
    assert len(driver.frames) == MOST_QUEUED
    driver.stuck = False
    driver._file.write("the first of them")
    assert await shows(driver, "z")


async def test_after_the_end_nothing_is_asked_or_sent_by_itself(
    opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "LEAVING_SECONDS", 0.0)
    driver = opened()
    await acquainted(driver)
    for place in range(ENOUGH):
        draw(driver, letter(place))
    driver.stop_application_mode()
    sent, asked = len(driver.frames), driver.questions
    await answer(driver)
    assert (len(driver.frames), driver.questions) == (sent, asked)


async def test_the_terminal_is_given_back_when_the_last_answer_was_read(
    opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would stand at the shell's prompt."""
    monkeypatch.setattr(drivers, "LEAVING_SECONDS", 1000.0)
    driver = opened()
    while not driver.questions:
        draw(driver, letter(len(driver.frames)))
    ending = asyncio.create_task(asyncio.to_thread(driver.stop_application_mode))
    await asyncio.sleep(0)
    assert not driver.given_back
    await answer(driver)
    await ending
    assert driver.given_back


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is stopped there")
def test_a_stop_waits_until_the_terminal_is_taken_over() -> None:
    seen: list[str] = []

    class Taking:
        def start_application_mode(self) -> None:
            signal.raise_signal(signal.SIGTSTP)
            seen.append("taken over")

    driver_class = cell_diff_driver(Taking)
    driver = driver_class.__new__(driver_class)
    resized = signal.getsignal(signal.SIGWINCH)
    stopped = signal.signal(signal.SIGTSTP, lambda *_: seen.append("stopped"))
    try:
        driver.start_application_mode()
        assert seen == ["taken over", "stopped"]
    finally:
        signal.signal(signal.SIGTSTP, stopped)
        signal.signal(signal.SIGWINCH, resized)
