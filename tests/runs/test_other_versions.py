"""A training and a viewer of different versions: they understand each other, or say why not."""

import fcntl
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec
import pytest

from lrtui import __version__
from lrtui.live.hub import Hub
from lrtui.protocol import Scale, Started, StepsDone, encode, pack
from lrtui.protocol.attach import PROTOCOL, Greeting
from lrtui.protocol.registry import Entry, Place, make_folder
from lrtui.protocol.script import Script
from lrtui.runs.orders import Unreachable, give_order
from tests.live.viewing import TestViewer, begin
from tests.runs.test_attached import Watcher, until

Serve = Callable[..., Place]


@pytest.fixture
def serve(state: Path) -> Iterator[Serve]:
    """A training of another version: it says these lines to whoever comes, and hears nothing."""
    servers: list[socket.socket] = []
    opened: list[IO[bytes]] = []

    def start(lines: bytes, *, leaves: bool = False) -> Place:
        place = Place(make_folder(), "7-other")
        server = socket.socket(socket.AF_UNIX)
        servers.append(server)
        server.bind(str(place.socket))
        server.listen()
        entry = place.entry.open("w+b")
        entry.write(msgspec.json.encode(greeting(PROTOCOL, "9.8.7").entry))
        entry.flush()
        fcntl.flock(entry, fcntl.LOCK_EX)
        opened.append(entry)
        threading.Thread(target=_greet, args=(server, lines, leaves), daemon=True).start()
        return place

    yield start
    for server in servers:
        server.close()
    for entry in opened:
        entry.close()


def _greet(server: socket.socket, lines: bytes, leaves: bool) -> None:
    try:
        while True:
            connection, _ = server.accept()
            connection.sendall(lines)
            if leaves:
                connection.close()
    except OSError:
        pass


def greeting(protocol: int, version: str) -> Greeting:
    entry = Entry("7-other", "mnist", 7, "here", 0.0, "/", protocol, version)
    return Greeting(protocol, entry, 0)


@pytest.mark.parametrize(("protocol", "word"), [(PROTOCOL - 1, "older"), (PROTOCOL + 1, "newer")])
def test_a_training_of_another_protocol_is_told_by_its_version(
    serve: Serve, protocol: int, word: str
) -> None:
    place = serve(encode(greeting(protocol, "9.8.7")))
    with pytest.raises(Unreachable, match=rf"an {word} lrtui \(9\.8\.7.*{__version__}") as said:
        give_order(place, Scale(2.0), "test", 10.0)
    assert "use that version" in str(said.value)


async def test_what_a_newer_training_says_besides_is_passed_over(serve: Serve) -> None:
    """More fields in what is known, and events that are not: the steps are all there."""
    begun = Started("Constant(0.1)", script=Script("mnist"))
    known = [msgspec.json.decode(encode(one)) for one in (greeting(PROTOCOL, "9.8.7"), begun)]
    steps = StepsDone(0, pack([0.1, 0.2]), pack([1.0, 0.5]))
    lines = [msgspec.json.encode({**one, "mood": "good"}) + b"\n" for one in known]
    place = serve(b"".join([*lines, b'{"type": "weather", "rain": true}\n', encode(steps)]))
    watcher = Watcher(place)
    await watcher.client.start()
    await until(lambda: watcher.steps == 2)
    assert watcher.gone == []
    await watcher.client.close()


async def test_one_that_is_not_heard_any_more_but_lives_is_not_said_to_be_killed(
    serve: Serve,
) -> None:
    begun = Started("Constant(0.1)", script=Script("mnist"))
    place = serve(encode(greeting(PROTOCOL, "9.8.7")) + encode(begun), leaves=True)
    watcher = Watcher(place)
    await watcher.client.start()
    await until(lambda: bool(watcher.gone))
    assert watcher.gone == ["the connection is lost, the training lives"]
    assert watcher.client.status.lives
    await watcher.client.close()


@pytest.fixture
def hub(state: Path) -> Iterator[Hub]:
    one = Hub("mnist")
    yield one
    one.close()


def test_what_a_newer_viewer_orders_is_refused_by_name_of_our_version(hub: Hub) -> None:
    begin(hub)
    viewer = TestViewer(hub.registration.place.socket)
    hello = {"type": "hello", "protocol": PROTOCOL + 1, "lrtui": "9.8.7", "mood": "good"}
    viewer.socket.sendall(msgspec.json.encode(hello) + b"\n")
    order = {"type": "order", "id": 3, "command": {"type": "dance"}}
    viewer.socket.sendall(msgspec.json.encode(order) + b"\n")
    answer = viewer.answer(-1)
    assert answer.outcome == "refused"
    assert f"not understood by lrtui {__version__}" in answer.reason
    viewer.order(4, Scale(0.5))
    assert hub.wait(10.0) == Scale(0.5)
    hub.answer()
    assert viewer.answer(4).outcome == "done"
    viewer.close()


def test_an_older_viewer_that_says_less_is_served(hub: Hub) -> None:
    begin(hub)
    viewer = TestViewer(hub.registration.place.socket)
    viewer.socket.sendall(b'{"type": "hello", "protocol": 1, "lrtui": "0.0.1"}\n')
    assert viewer.until(lambda one: isinstance(one, Started))
    viewer.close()
