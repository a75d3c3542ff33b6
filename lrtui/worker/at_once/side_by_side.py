"""Several iterations at a time, each in a thread of its own; whoever has enough closes them."""

import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def side_by_side(jobs: Iterable[Iterator[Item]], lanes: int) -> Generator[Item]:
    """The items of all jobs, so many at a time, as they come; of the same job in its order.

    Jobs are begun in their order. When the iterator is closed, each lane still ends the item that
    it is at. What a job raises is raised, once the others have ended so.
    """
    left, told = iter(jobs), queue.SimpleQueue[Item | _Ended]()
    taking, enough = threading.Lock(), threading.Event()

    def work() -> None:
        fault: BaseException | None = None
        try:
            while not enough.is_set():
                with taking:
                    job = next(left, None)
                if job is None:
                    break
                for item in job:
                    told.put(item)
                    if enough.is_set():
                        break
        except BaseException as error:
            fault = error
        told.put(_Ended(fault))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    working = lanes
    try:
        while working:
            item = told.get()
            if not isinstance(item, _Ended):
                yield item
                continue
            working -= 1
            if item.fault is not None:
                raise item.fault
    finally:
        enough.set()
        for thread in threads:
            thread.join()


class _Ended:
    """A lane has no more to do."""

    def __init__(self, fault: BaseException | None) -> None:
        self.fault = fault
