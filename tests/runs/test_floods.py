"""Workers that say too much, or half of it; tiny programs that play them."""

import asyncio
from pathlib import Path

import pytest

from lrtui.protocol import Alive, Ended, Epoch, Event, Ready, Settings, Started, encode
from lrtui.protocol.outside_text import harmless
from lrtui.runs.client import Client
from lrtui.runs.worker_output import WorkerOutput
from tests.runs.epochs import epoch_event
from tests.runs.stages import Stage, interpreter

READY = Ready(1, "", "", [], 1, 0, 1)
EPOCH = encode(epoch_event(1, 64, 0.1, 0.5, 0.6))

LONG = encode(Ended("done", "x" * 10**5))

FLOODS = f"""
    line.sendall({encode(READY)!r} + {encode(Started("", Settings()))!r})
    while True: line.sendall({EPOCH!r} * 1000)
"""


async def test_between_two_turns_of_the_loop_only_some_milliseconds_of_events(
    tmp_path: Path,
) -> None:
    """By a clock on which an event takes a millisecond: a key is waited for no longer than that."""
    now, turn = 0.0, 0
    in_a_turn: dict[int, int] = {}

    def on_event(event: Event) -> None:
        nonlocal now
        now += 0.001
        in_a_turn[turn] = in_a_turn.get(turn, 0) + 1

    client = Client(
        on_event=on_event,
        on_gone=print,
        log_path=tmp_path / "worker.log",
        python=interpreter(tmp_path, FLOODS),
        clock=lambda: now,
    )
    await client.start()
    async with asyncio.timeout(60):
        while sum(in_a_turn.values()) < 300:
            turn += 1
            await asyncio.sleep(0)
    await client.close()

    assert max(in_a_turn.values()) <= 6


async def test_what_is_not_got_to_waits_in_the_worker_and_the_end_is_at_once(
    tmp_path: Path,
) -> None:
    """By a clock on which everything takes a second, so that twenty events a second are taken."""
    now, heard = 0.0, 0
    gone: asyncio.Queue[str] = asyncio.Queue()

    def clock() -> float:
        nonlocal now
        now += 1
        return now

    def on_event(event: Event) -> None:
        nonlocal heard
        heard += 1

    counts = f"""
        line.sendall({encode(READY)!r})
        while True:
            line.sendall({LONG!r} * 10)
            open(__file__ + ".sent", "a").write("." * 10)
    """
    client = Client(
        on_event=on_event,
        on_gone=gone.put_nowait,
        log_path=tmp_path / "worker.log",
        python=interpreter(tmp_path, counts),
        clock=clock,
    )
    await client.start()
    sent = tmp_path / "python.sent"
    async with asyncio.timeout(60):
        while not sent.exists() or sent.stat().st_size * len(LONG) < 30e6:
            await asyncio.sleep(0.01)
        had = heard
        while heard < had + 20:
            await asyncio.sleep(0.01)
    assert sent.stat().st_size * len(LONG) < 40e6
    client.kill()
    had = heard
    assert await gone.get() == "ended: as you asked"
    assert heard - had <= 1
    await client.close()


async def test_a_flood_of_output_leaves_the_loop_to_others(tmp_path: Path) -> None:
    prints = f"""
        line.sendall({encode(READY)!r})
        for _ in range(20): os.write(1, b"\\n" * 65536)
        os.write(1, b"the end\\n")
    """
    stage = Stage(tmp_path, python=interpreter(tmp_path, prints))
    await stage.client.start()
    turns = 0
    async with asyncio.timeout(60):
        while "the end" not in stage.client.output[-1:]:
            turns += 1
            await asyncio.sleep(0)
    await stage.client.close()

    assert turns > 20 * 65536 / 2**14, "fewer turns of the loop than blocks that were read"
    assert stage.client.output == ()
    assert (tmp_path / "worker.log").stat().st_size <= 1_000_000


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b'{"type":"rea', "exit code 0"),
        (b'{"type":"rea\n', "the worker sent a line that is no event; it was ended"),
        (b"\x00\xff\x1b[2J\n", "the worker sent a line that is no event; it was ended"),
        (b'{"type":"steps","first":"no"}\n', "the worker sent a line that is no event"),
        (b"[" * 10**6 + b"\n", "the worker sent a line that is no event"),
    ],
    ids=["half", "half a line", "noise", "wrong types", "nested"],
)
async def test_what_came_before_garbage_is_kept(tmp_path: Path, sent: bytes, said: str) -> None:
    body = f"line.sendall({encode(READY) + EPOCH!r}); line.sendall({sent!r}); line.close()"
    stage = Stage(tmp_path, python=interpreter(tmp_path, body))
    await stage.client.start()

    assert await stage.hear(Ready) == READY
    assert isinstance(await stage.hear(Epoch), Epoch)
    why = await stage.hear(str)
    assert why.startswith(said)
    assert len(why.splitlines()) <= 2
    assert why.isprintable() or "\n" in why
    await stage.client.close()


async def test_a_line_that_comes_in_pieces_is_one(tmp_path: Path) -> None:
    pieces = f"""
        import time
        for byte in {encode(READY) + encode(Alive(1)) + EPOCH!r}:
            line.sendall(bytes([byte]))
            time.sleep(0.0005)
        line.recv(1)
    """
    stage = Stage(tmp_path, python=interpreter(tmp_path, pieces))
    await stage.client.start()

    assert await stage.hear(Ready) == READY
    assert await stage.hear(Epoch) == epoch_event(1, 64, 0.1, 0.5, 0.6)
    await stage.client.close()


class TestTheOutput:
    @pytest.mark.parametrize(
        ("printed", "kept"),
        [
            ("plain, ümläut, 数\tand a tab", "plain, ümläut, 数\tand a tab"),
            ("\x1b[1;31mred\x1b[0m", "red"),
            ("\x1b[2J\x07", "\\x1b[2J\\x07"),
            ("\x1b]0;a title\x07", "\\x1b]0;a title\\x07"),
            ("\x9b2J", "\\x9b2J"),
            ("right \u202e to left", "right \\u202e to left"),
            ("\u2028", "\\u2028"),
        ],
    )
    def test_it_is_harmless(self, printed: str, kept: str) -> None:
        assert harmless(printed, keep="\t") == kept

    def test_whatever_the_blocks_are(self, tmp_path: Path) -> None:
        whole = "one\r\ntwo\rthree\n\nümläut \x1b[31mred\x1b[0m\nno end".encode()
        for size in (1, 2, 3, 5, 8, 1000):
            output = WorkerOutput(tmp_path / "worker.log")
            for begin in range(0, len(whole), size):
                output.add(whole[begin : begin + size])
            output.flush()
            output.close()
            lines = [line for line in output.lines if line]
            assert lines == ["one", "two", "three", "ümläut red", "no end"]
            assert (tmp_path / "worker.log").read_text().split() == " ".join(lines).split()

    def test_a_line_that_never_ends_costs_no_memory(self, tmp_path: Path) -> None:
        output = WorkerOutput(tmp_path / "worker.log")
        for _ in range(1000):
            output.add(b"x" * 16384)
        output.flush()

        assert output.lines == ("x" * 2000,)
        output.close()

    def test_a_log_that_begins_anew_has_the_last_lines(self, tmp_path: Path) -> None:
        output = WorkerOutput(tmp_path / "worker.log")
        for number in range(12_000):
            output.add(f"{number:05} {'x' * 94}\n".encode())
        output.close()
        lines = (tmp_path / "worker.log").read_text().splitlines()

        assert (tmp_path / "worker.log").stat().st_size <= 1_000_000
        assert len(lines) >= 1000
        assert [int(line[:5]) for line in lines] == list(range(12_000 - len(lines), 12_000))

    def test_of_the_worker_before_the_lines_are_kept_but_not_its_last_words(
        self, tmp_path: Path
    ) -> None:
        output = WorkerOutput(tmp_path / "worker.log")
        output.begin()
        output.add(b"the first one's words\n")
        output.begin()
        assert output.last_words() == ""
        output.add(b"the second one's\n")

        assert output.last_words() == "the second one's"
        assert output.lines == ("the first one's words", "the second one's")
        output.close()

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
    def test_a_full_disk_costs_only_the_file(self) -> None:
        output = WorkerOutput(Path("/dev/full"))
        output.add(b"hello\n")
        output.add(b"again\n")

        assert output.lines == ("hello", "again")
        output.close()


class TestTwoAtOnce:
    def test_each_has_a_log_of_its_own(self, tmp_path: Path) -> None:
        """Also where process ids are the same: two containers that share a folder."""
        outputs = [WorkerOutput(tmp_path / "worker-7.log") for _ in range(3)]
        for number, output in enumerate(outputs):
            for _ in range(2):
                output.add(f"of {number}\n".encode())
        paths = [output.path for output in outputs]
        for output in outputs:
            output.close()

        assert len(set(paths)) == 3
        assert [path.read_text() for path in paths] == [f"of {n}\n" * 2 for n in range(3)]

    def test_the_log_of_one_that_lives_is_not_tidied_away(self, tmp_path: Path) -> None:
        living = [WorkerOutput(tmp_path / f"worker-{n}.log") for n in range(8)]
        for n in range(100, 120):
            (tmp_path / f"worker-{n}.log").touch()
        last = WorkerOutput(tmp_path / "worker-50.log")

        assert all(one.path.exists() for one in [*living, last])
        assert len(list(tmp_path.iterdir())) <= 8 + 1 + 5
        for one in [*living, last]:
            one.close()

    def test_a_log_of_an_earlier_process_of_that_number_is_written_over(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "worker-7.log").write_text("of old\n")
        output = WorkerOutput(tmp_path / "worker-7.log")
        output.add(b"of new\n")
        output.close()

        assert (tmp_path / "worker-7.log").read_text() == "of new\n"
        assert len(list(tmp_path.iterdir())) == 1
