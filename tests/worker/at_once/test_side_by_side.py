"""Several iterations at a time."""

import threading
from collections.abc import Generator, Iterator

import pytest

from lrtui.worker.at_once.side_by_side import side_by_side


def test_two_are_done_at_a_time_and_each_keeps_its_order() -> None:
    met = threading.Barrier(2, timeout=60)  # each waits for the other

    def job(name: str) -> Iterator[str]:
        for number in range(3):
            met.wait()
            yield f"{name}{number}"

    told = list(side_by_side([job("a"), job("b")], 2))

    assert [one for one in told if one[0] == "a"] == ["a0", "a1", "a2"]
    assert sorted(told) == ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_what_one_raises_is_raised_and_the_others_have_ended() -> None:
    ended = threading.Event()

    def good() -> Generator[int]:
        try:
            yield from range(10**9)
        finally:
            ended.set()

    def bad() -> Iterator[int]:
        yield 0
        raise ValueError("no such task")

    going = good()
    with pytest.raises(ValueError, match="no such task"):
        list(side_by_side([going, bad()], 2))
    going.close()  # refused by an iteration that still goes on
    assert ended.is_set()


def test_whoever_has_enough_closes_them_and_no_more_is_begun() -> None:
    before, begun = set(threading.enumerate()), []

    def job(name: int) -> Iterator[int]:
        begun.append(name)
        while True:
            yield name

    items = side_by_side([job(0), job(1), job(2)], 2)
    next(items)
    items.close()

    assert set(threading.enumerate()) <= before
    assert 2 not in begun
