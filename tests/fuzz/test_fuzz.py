"""Readers of what comes from outside: a value or a refusal in a line, and nothing is ever run.

``make fuzz`` tries for ten minutes; here some examples a reader.
"""

import contextlib
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrtui.schedules import Invalid
from tests.fuzz.targets import OWN, REFUSALS, RUN, SEEDS, TARGETS

EXAMPLES = 40
SECONDS = float(os.environ.get("LRTUI_FUZZ_SECONDS", "0")) / len(TARGETS)
"""How long each reader is tried at least."""

RUNS = ("exec", "os.system", "subprocess.Popen", "os.exec", "socket.connect")
HOME = str(Path(__file__).parents[2])

_ran: list[str] = []
_watching = False
_may_run = ""
"""The file of code that a person allowed, if any."""


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in RUNS:
        name = str(getattr(arguments[0], "co_filename", event))
        # "<string>" is what namedtuple and dataclass make of themselves when a module is imported.
        known = name.startswith(("<frozen", "<string>", sys.prefix, sys.base_prefix, HOME))
        if not known and name != _may_run:
            _ran.append(f"{event} {name}")


sys.addaudithook(_hear)


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A seed with some pieces cut out, put in, doubled."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(data)))
        end = draw(st.integers(begin, min(len(data), begin + 12)))
        inserted = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [b"1e999", b"nan", b"-1", b"null", b'"x.py:f"', b"[[", b"((", b"\\u0000", b"~"]
                ),
                st.just(data[begin:end] * 2),
            )
        )
        data = data[:begin] + inserted + data[end:]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_a_value_or_a_refusal(name: str) -> None:
    """No other exception, and no code of anybody's."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        file = Path(folder) / "file"
        Path("x.py").write_text("def f(step): return 0.1")
        if name in RUN:
            TARGETS[name](SEEDS[name][0], file)  # loads TensorFlow, which starts processes

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.one_of(mutated(SEEDS[name]), st.binary(max_size=200)))
        def tries(data: bytes) -> None:
            global _watching, _may_run
            _watching = True
            _may_run = str(file.with_name(OWN).resolve()) if name in RUN else ""
            said = "a value"
            try:
                TARGETS[name](data, file)
            except REFUSALS as refusal:
                said = str(refusal)
            finally:
                _watching = False
            assert 0 < len(said) < 2000
            assert _ran == []

        tries()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            tries()


@pytest.mark.parametrize("name", RUN)
def test_a_file_of_code_that_is_huge_is_not_run(name: str, tmp_path: Path) -> None:
    data = b"open('ran', 'w')\n" + b"#" * (11 << 20)
    try:
        said = str(getattr(TARGETS[name](data, tmp_path / "file"), "error", ""))
    except REFUSALS as refusal:
        said = str(refusal)
    assert said == f"{tmp_path / OWN} cannot be read: it is longer than 10 MB"
    assert not Path("ran").exists()


@pytest.mark.parametrize("asked", [7, None, b"\xff", "{", '{"schedules": 3}'])
def test_a_store_with_values_of_other_kinds(tmp_path: Path, asked: object) -> None:
    path = tmp_path / "sweep.db"
    path.write_bytes(SEEDS["store"][0])
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.execute("DROP TABLE sweeps")
        file.execute("CREATE TABLE sweeps (number INTEGER PRIMARY KEY, asked, made)")
        file.execute("INSERT INTO sweeps VALUES (1, ?, 'now')", (asked,))
    with pytest.raises(Invalid, match="must hold a sweep that this version knows"):
        TARGETS["store"](path.read_bytes(), tmp_path / "file")
