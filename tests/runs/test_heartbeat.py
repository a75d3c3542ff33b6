"""What is known of a worker from what is heard, by a clock that the tests turn."""

import asyncio

import pytest

from lrtui.protocol import (
    Alive,
    Ended,
    Event,
    Paused,
    Ready,
    Resumed,
    Settings,
    Started,
    StepsDone,
    pack,
)
from lrtui.runs.heartbeat import Heartbeat
from lrtui.runs.time_slices import TimeSlices

READY = Ready(1, "", "", [], 1, 0, 700)
TICK = 0.25


class Listener:
    """A heartbeat, ticked as often as it should be but where a test says otherwise."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.heartbeat = Heartbeat(self.now)

    def hear(self, *events: Event) -> None:
        for event in events:
            self.heartbeat.hear(event, self.now)

    def listen(self, seconds: float, tick: float = TICK, *, at_work: bool = False) -> None:
        """Ticks for so long."""
        for _ in range(round(seconds / tick)):
            self.now += tick
            self.heartbeat.tick(self.now, at_work)

    @property
    def answers(self) -> bool:
        return self.heartbeat.answers


class TestSilence:
    def test_one_that_stops_is_said_not_to_answer_within_three_seconds(self) -> None:
        listener = Listener()
        listener.hear(READY)
        listener.listen(2.25)
        assert listener.answers
        listener.listen(0.5)
        assert not listener.answers
        assert listener.heartbeat.silent_for == 2.75

    def test_one_sign_of_life_and_all_is_well(self) -> None:
        listener = Listener()
        listener.hear(READY)
        listener.listen(60)
        listener.hear(Alive(700))
        assert listener.answers
        assert listener.heartbeat.silent_for == 0

    def test_signs_of_life_that_a_busy_machine_holds_up(self) -> None:
        """They should come every half a second."""
        listener = Listener()
        listener.hear(READY)
        for late in (1, 2, 2.25, 1.5) * 5:
            listener.listen(late)
            assert listener.answers
            listener.hear(Alive(700))

    def test_a_machine_on_which_the_worker_waits_for_a_processor(self) -> None:
        listener = Listener()
        listener.hear(READY)
        listener.listen(9.75, at_work=True)
        assert listener.answers
        listener.listen(0.5, at_work=True)
        assert not listener.answers

    def test_one_that_works_and_then_hangs(self) -> None:
        listener = Listener()
        listener.hear(READY)
        listener.listen(5, at_work=True)
        listener.listen(2.25)
        assert listener.answers
        listener.listen(0.5)
        assert not listener.answers

    @pytest.mark.parametrize(("at_work", "limit"), [(False, 30), (True, 120)])
    def test_loading_tensorflow_may_take_longer(self, at_work: bool, limit: float) -> None:
        listener = Listener()
        listener.listen(limit - 1, at_work=at_work)
        assert listener.answers
        listener.listen(2, at_work=at_work)
        assert not listener.answers

    @pytest.mark.parametrize("asleep", [60.0, 1e6])
    def test_ones_own_sleep_is_not_the_workers_silence(self, asleep: float) -> None:
        """Ctrl+Z and fg: the worker went on, and what it said waits to be read."""
        listener = Listener()
        listener.hear(READY)
        listener.listen(1)
        listener.listen(asleep, tick=asleep)
        assert listener.answers

    def test_a_machine_on_which_oneself_is_held_up(self) -> None:
        """Ticks come every second instead of four times: half of the time is not counted."""
        listener = Listener()
        listener.hear(READY)
        listener.listen(4, tick=1.0)
        assert listener.answers
        listener.listen(2, tick=1.0)
        assert not listener.answers


class TestState:
    def test_over_a_run(self) -> None:
        listener = Listener()
        states = [listener.heartbeat.state]
        run = (READY, Started("", Settings()), Paused(3), Resumed(3), Ended("done"))
        for event in (run[0], Alive(1), *run[1:]):
            listener.hear(event)
            states.append(listener.heartbeat.state)

        assert states == ["starting", "ready", "ready", "training", "paused", "training", "ready"]

    def test_memory_is_what_was_said_last(self) -> None:
        listener = Listener()
        listener.hear(READY)
        assert listener.heartbeat.memory == 700
        listener.hear(StepsDone(0, b"", b"", 900))
        assert listener.heartbeat.memory == 900
        listener.hear(Alive(800))
        assert listener.heartbeat.memory == 800

    def test_busy_since_it_last_looked_for_commands(self) -> None:
        listener = Listener()
        listener.hear(READY, Started("", Settings()), Alive(1, busy=1.5))
        assert listener.heartbeat.busy_for == 1.5
        listener.listen(0.5)
        assert listener.heartbeat.busy_for == 2.0
        listener.hear(Alive(1))
        assert listener.heartbeat.busy_for == 0


class TestStepsASecond:
    @staticmethod
    def train(listener: Listener, seconds: float, each: int, every: float = 0.1) -> None:
        for _ in range(round(seconds / every)):
            listener.now += every
            rates = pack([0.1] * each)
            listener.hear(StepsDone(0, rates, rates))

    def speed(self, listener: Listener) -> float | None:
        return listener.heartbeat.steps_per_second(listener.now)

    def test_of_the_last_three_seconds(self) -> None:
        listener = Listener()
        listener.hear(Started("", Settings()))
        self.train(listener, 10, each=50)
        assert self.speed(listener) == pytest.approx(500, rel=0.02)
        self.train(listener, 1.5, each=20)
        assert self.speed(listener) == pytest.approx(350, rel=0.04)
        self.train(listener, 1.6, each=20)
        assert self.speed(listener) == pytest.approx(200, rel=0.04)

    def test_the_time_of_compiling_does_not_count(self) -> None:
        listener = Listener()
        listener.hear(Started("", Settings()))
        listener.now += 5
        self.train(listener, 1.1, each=50)
        assert self.speed(listener) == pytest.approx(500, rel=0.01)

    def test_not_before_it_can_be_told_nor_without_a_training(self) -> None:
        listener = Listener()
        assert self.speed(listener) is None
        listener.hear(Started("", Settings()))
        self.train(listener, 0.4, each=50)
        assert self.speed(listener) is None
        self.train(listener, 2, each=50)
        listener.hear(Paused(100))
        assert self.speed(listener) is None
        listener.hear(Resumed(100))
        assert self.speed(listener) is None

    def test_it_falls_when_no_step_is_done_any_more(self) -> None:
        listener = Listener()
        listener.hear(Started("", Settings()))
        self.train(listener, 5, each=50)
        listener.now += 1.5
        assert self.speed(listener) == pytest.approx(250, rel=0.04)
        listener.now += 2
        assert self.speed(listener) == 0

    def test_a_flood_of_reports_counts_whole(self) -> None:
        listener = Listener()
        listener.hear(Started("", Settings()))
        self.train(listener, 4, each=1, every=0.001)
        assert self.speed(listener) == pytest.approx(1000, rel=0.02)


async def test_who_works_too_long_leaves_the_loop_to_others_for_as_long() -> None:
    now = 0.0
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", sleep)
        slices = TimeSlices(lambda: now)
        for _ in range(100):
            slices.begin()
            now += 0.001
            await slices.end()
        assert sum(slept) == pytest.approx(0.1)
        assert max(slept) < 0.006

        slept.clear()
        now += 3600  # Ctrl+Z
        await slices.end()
        assert max(slept) <= 0.05

        slept.clear()
        for _ in range(100):
            now += 0.002
            slices.begin()
            now += 0.001
            await slices.end()
        assert not slept
