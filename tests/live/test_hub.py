"""The hub with real sockets and no framework: what viewers are told, and what their orders do."""

import contextlib
import errno
import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lrtui.live import journal as journals
from lrtui.live.hub import Hub
from lrtui.live.hub_thread import MOST_VIEWERS
from lrtui.live.viewers import WHOLE_STEPS
from lrtui.protocol import (
    Ended,
    Epoch,
    Marked,
    Pause,
    Paused,
    Resume,
    Resumed,
    Scale,
    Settings,
    Start,
    Started,
    StepsDone,
    pack,
    unpack,
)
from lrtui.protocol.attach import Answer, Full, Greeting, Past
from lrtui.protocol.values import NOT_KNOWN, is_known
from lrtui.runs.journal import last_step, read_journal
from tests.live.viewing import TestViewer, begin, do_steps, end_epoch, rates_of


@pytest.fixture
def hub(state: Path) -> Iterator[Hub]:
    one = Hub("mnist", orphaned_seconds=0.2)
    yield one
    one.close()


def f4(values: list[float]) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def watch(hub: Hub, steps: int = 0, events: int = 0) -> TestViewer:
    return TestViewer(hub.registration.place.socket, steps=steps, events=events)


def wait_for_command(hub: Hub) -> object:
    command = hub.wait(30.0)
    assert command is not None
    return command


def test_a_viewer_is_told_the_past_and_then_every_step(hub: Hub) -> None:
    begin(hub)
    do_steps(hub, 0, 100)
    end_epoch(hub, 1, 100)
    do_steps(hub, 100, 50)
    viewer = watch(hub)
    assert isinstance(viewer.greeting, Greeting)
    assert viewer.greeting.entry.name == "mnist"
    assert viewer.greeting.entry.pid == os.getpid()
    past = viewer.until(lambda one: isinstance(one, StepsDone) and one.first == 100)
    assert [type(one) for one in past] == [Started, StepsDone, Epoch, StepsDone]
    np.testing.assert_array_equal(unpack(past[1].rates), f4(rates_of(0, 100)))
    do_steps(hub, 150, 7)
    (fresh,) = viewer.until(lambda one: isinstance(one, StepsDone))
    assert fresh.first == 150
    np.testing.assert_array_equal(unpack(fresh.rates), f4(rates_of(150, 7)))


def test_a_long_past_comes_reduced_and_its_end_whole(hub: Hub) -> None:
    begin(hub)
    count = 300_000
    do_steps(hub, 0, count)
    viewer = watch(hub)
    heard = viewer.until(lambda one: isinstance(one, StepsDone))
    past = next(one for one in heard if isinstance(one, Past))
    assert (past.first, past.stop) == (0, count - WHOLE_STEPS)
    steps = np.arange(past.stop)
    rates = (1 / (1 + steps)).astype(np.float32)
    parts = [rates[at : at + past.stretch] for at in range(0, past.stop, past.stretch)]
    np.testing.assert_array_equal(unpack(past.rates[0]), [min(part) for part in parts])
    np.testing.assert_array_equal(unpack(past.rates[1]), [max(part) for part in parts])
    np.testing.assert_array_equal(unpack(past.rates[2]), [part[-1] for part in parts])
    assert heard[-1].first == past.stop
    assert len(unpack(heard[-1].rates)) == WHOLE_STEPS


def test_who_has_read_the_journal_is_told_only_what_came_since(hub: Hub) -> None:
    begin(hub)
    do_steps(hub, 0, 100)
    end_epoch(hub, 1, 100)
    do_steps(hub, 100, 20)
    whole = watch(hub)
    whole.until(lambda one: isinstance(one, StepsDone) and one.first == 100)
    viewer = watch(hub, steps=100, events=2)
    (first,) = viewer.until(lambda one: isinstance(one, StepsDone))
    assert first.first == 100


def test_an_order_is_obeyed_answered_and_told_by_whom(hub: Hub) -> None:
    begin(hub)
    do_steps(hub, 0, 10)
    viewer = TestViewer(hub.registration.place.socket, who="anna on pts/3")
    viewer.order(7, Scale(0.5))
    assert wait_for_command(hub) == Scale(0.5)
    hub.send(Marked(10, "scale", "CosineDecay(0.1, 1000)", factor=0.5, by=0.5))
    hub.answer()
    heard = viewer.until(lambda one: isinstance(one, Answer))
    assert heard[-1] == Answer(7, "done", step=10)
    assert [one.who for one in heard if isinstance(one, Marked)] == ["anna on pts/3"]
    hub.send(Marked(11, "reset", "CosineDecay(0.1, 1000)"))
    assert viewer.until(lambda one: isinstance(one, Marked))[-1].who == ""


def test_what_the_training_refuses_is_told_with_its_reason(hub: Hub) -> None:
    viewer = watch(hub)
    viewer.order(1, Scale(2.0))
    wait_for_command(hub)
    hub.answer("the rate is set by another callback")
    answer = viewer.answer(1)
    assert (answer.outcome, answer.reason) == ("refused", "the rate is set by another callback")


def test_a_training_that_cannot_be_steered_says_so_at_the_greeting_and_to_every_order(
    state: Path,
) -> None:
    hub = Hub("gan", "the step was traced before")
    viewer = watch(hub)
    assert viewer.greeting.refusal == "the step was traced before"
    viewer.order(3, Scale(2.0))
    assert viewer.answer(3).outcome == "refused"
    assert hub.poll() is None
    hub.close()


def test_a_training_is_never_started_from_a_distance(hub: Hub) -> None:
    viewer = watch(hub)
    viewer.order(1, Start("Constant(0.1)", Settings()))
    assert viewer.answer(1).outcome == "refused"
    assert hub.poll() is None


def test_an_order_that_comes_too_late_is_told_so(hub: Hub) -> None:
    begin(hub)
    viewer = watch(hub)
    viewer.order(1, Scale(2.0))
    viewer.order(2, Scale(3.0))
    assert wait_for_command(hub) == Scale(2.0)
    hub.answer()
    viewer.answer(1)
    hub.send(Ended("done"))
    closing = threading.Thread(target=hub.close)
    closing.start()
    assert viewer.answer(2).outcome == "late"
    closing.join()


def test_a_pause_of_a_viewer_that_is_gone_ends_by_itself_and_that_is_told(hub: Hub) -> None:
    begin(hub)
    other = watch(hub)
    viewer = watch(hub)
    viewer.order(1, Pause())
    assert wait_for_command(hub) == Pause()
    hub.send(Paused(0))
    hub.answer()
    viewer.answer(1)
    viewer.close()
    assert wait_for_command(hub) == Resume()
    hub.send(Resumed(0))
    hub.answer()
    told = other.until(lambda one: isinstance(one, Resumed))[-1]
    assert told.who == "the viewer that paused it is gone"


def test_a_pause_stays_while_its_viewer_does(hub: Hub) -> None:
    viewer = watch(hub)
    viewer.order(1, Pause())
    wait_for_command(hub)
    hub.send(Paused(0))
    hub.answer()
    assert hub.wait(1.0) is None


def test_eight_viewers_are_let_in_and_others_are_told_that_it_is_full(hub: Hub) -> None:
    inside = [watch(hub) for _ in range(MOST_VIEWERS)]
    assert watch(hub).greeting == Full(MOST_VIEWERS)
    inside[0].close()
    begin(hub)
    inside[1].until(lambda one: isinstance(one, Started))
    for _ in range(50):
        if isinstance(watch(hub).greeting, Greeting):
            break
    else:
        pytest.fail("the place of a viewer that left is never free")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\xff\xfe\x00" * 100_000,
        b"{}\n" * 1000,
        b'{"type":"order","id":1',
        b"x" * 200_000,
        b"\n" * 9999,
    ],
)
def test_rubbish_costs_nobody_anything(hub: Hub, rubbish: bytes) -> None:
    begin(hub)
    other = watch(hub)
    bad = socket.socket(socket.AF_UNIX)
    bad.connect(str(hub.registration.place.socket))
    with contextlib.suppress(OSError):  # it was let go
        bad.sendall(rubbish)
    do_steps(hub, 0, 10)
    assert other.until(lambda one: isinstance(one, StepsDone))[-1].first == 0
    assert hub.poll() is None
    bad.close()


def test_a_viewer_that_reads_nothing_is_not_waited_for_and_later_gets_what_it_missed(
    hub: Hub,
) -> None:
    begin(hub)
    slow, quick = watch(hub), watch(hub)
    first = 0
    for _ in range(200):
        do_steps(hub, first, 1000)
        first += 1000
    quick.until(lambda one: isinstance(one, StepsDone | Past) and _stop(one) == first)
    rates = np.full(first, np.nan, np.float32)
    known = 0
    while known < first:
        one = slow.read()
        if isinstance(one, StepsDone):
            rates[one.first : _stop(one)] = unpack(one.rates)
        if isinstance(one, StepsDone | Past):
            assert one.first == known
            known = _stop(one)
    whole = rates[-1000:]
    np.testing.assert_array_equal(whole, f4(rates_of(first - 1000, 1000)))


def test_a_flood_of_orders_is_refused_but_for_some(hub: Hub) -> None:
    viewer = watch(hub)
    for number in range(500):
        viewer.order(number, Scale(1.0))
    answers = [viewer.read() for _ in range(300)]
    assert {one.outcome for one in answers if isinstance(one, Answer)} == {"refused"}
    obeyed = 0
    while hub.poll() is not None:
        obeyed += 1
    assert 0 < obeyed < 200


def test_the_journal_holds_every_step_exactly_and_everything_else(hub: Hub) -> None:
    begin(hub)
    do_steps(hub, 0, 100)
    end_epoch(hub, 1, 100)
    hub.send(Marked(100, "reset", "Constant(0.5)"))
    do_steps(hub, 100, 50)
    hub.send(Ended("done"))
    hub.close()
    record = read_journal(hub.registration.place).record()
    assert record is not None
    np.testing.assert_array_equal(record.rates, f4(rates_of(0, 150)))
    np.testing.assert_array_equal(record.losses, f4([10 * one for one in rates_of(0, 150)]))
    assert [mark.kind for mark in record.marks] == ["reset"]
    assert [row.epoch for row in record.rows] == [1]
    assert record.state == "done"


def test_a_loss_that_is_not_known_stays_so_in_the_journal(hub: Hub) -> None:
    """Nor has a step a rate whose gradients only accumulate: the list shows the last one used."""
    unknown = float(NOT_KNOWN)
    begin(hub)
    hub.send(StepsDone(0, pack([0.1, 0.1, unknown]), pack([0.5, np.nan, unknown])))
    hub.close()
    place = hub.registration.place
    assert last_step(place) == (3, float(np.float32(0.1)), None)
    record = read_journal(place).record()
    assert record is not None
    assert is_known(record.rates).tolist() == [True, True, False]
    assert is_known(record.losses).tolist() == [True, True, False]
    assert record.diverged_at == 1


def _stop(one: StepsDone | Past) -> int:
    return one.stop if isinstance(one, Past) else one.first + len(unpack(one.rates))


FULL_HOUSE = """
import resource, socket, sys, tempfile, time
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from lrtui.live import journal as journals
from lrtui.live.hub import Hub
from lrtui.protocol import StepsDone, pack
hub = Hub("small")
path = str(hub.registration.place.socket)
taken = []
try:
    while True:
        taken.append(open("/dev/null"))
except OSError:
    pass
taken.pop().close()
waiting = socket.socket(socket.AF_UNIX)
waiting.connect(path)  # the last descriptor: the hub has none for its end
began = time.process_time()
deadline = time.monotonic() + 3
while time.monotonic() < deadline:
    hub.send(StepsDone(0, pack([0.1]), pack([0.1])))
    hub.poll()
    time.sleep(0.01)
print(round(time.process_time() - began, 2))
taken.pop().close()
with open("/dev/null") as file:
    print("opened")
"""


def test_without_file_descriptors_it_neither_spins_nor_talks(state: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_HOUSE], capture_output=True, text=True, check=True
    )
    seconds, opened = done.stdout.split()
    assert opened == "opened"
    assert float(seconds) < 2, "of 3 s; one that spins takes them all"
    assert len(done.stderr.splitlines()) <= 1


def test_two_hundred_connections_leave_the_descriptors_to_the_training(hub: Hub) -> None:
    path = str(hub.registration.place.socket)
    inside = [watch(hub) for _ in range(MOST_VIEWERS)]
    before = len(list(Path("/proc/self/fd").iterdir()))
    crowd = []
    for _ in range(200):
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(30)
        one.connect(path)
        while one.recv(1 << 12):
            pass  # it is told that it is full, and let go
        crowd.append(one)
    assert len(list(Path("/proc/self/fd").iterdir())) == before + 200
    for one in crowd:
        one.close()
    begin(hub)
    assert inside[3].until(lambda one: isinstance(one, Started))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_user_is_told_nothing_even_where_the_folder_is_open(hub: Hub) -> None:
    place = hub.registration.place
    place.socket.chmod(0o777)
    for folder in (place.folder, *list(place.folder.parents)[:5]):
        if folder != Path("/tmp"):
            folder.chmod(0o755)
    code = (
        "import os, socket, sys\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "one = socket.socket(socket.AF_UNIX); one.settimeout(30); one.connect(sys.argv[1])\n"
        "print(repr(one.recv(100)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(place.socket)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "b''\n"


def test_a_full_disk_is_said_once_and_what_fits_at_last_is_written(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not capfd: what is written between its read and its truncation is lost.
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    full = True
    write = os.pwrite

    def limited(file: int, block: bytes, offset: int) -> int:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, block, offset)

    monkeypatch.setattr(os, "pwrite", limited)
    monkeypatch.setattr(journals, "RETRY_SECONDS", 0.0)
    begin(hub)
    viewer = watch(hub)
    for first in range(0, 1000, 100):
        do_steps(hub, first, 100)
    viewer.until(lambda one: isinstance(one, StepsDone) and _stop(one) == 1000)
    for _ in range(600):
        if "No space left" in said.getvalue():
            break
        time.sleep(0.05)
    assert len(said.getvalue().splitlines()) == 1
    full = False
    hub.close()
    record = read_journal(hub.registration.place).record()
    assert record is not None
    assert record.steps == 1000
