"""Files that keep a value: there and back, faults with their lines, nothing written over."""

import os
import socket
import time
import tomllib
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.kept import SECTION, Loaded, NotWritten, folder, read, write
from lrtui.kept.sections import from_table, to_table
from lrtui.kept.toml_text import written
from lrtui.protocol import Settings
from lrtui.schedules import Described, Schedule, parse
from lrtui.schedules.base import Inner
from lrtui.schedules.parameters import Boundaries, Flag, Steps
from lrtui.schedules.quantities import AnyText
from tests.schedules.strategies import any_of, any_schedule, patient

Text = Annotated[str, AnyText()]


class Axes(Described, frozen=True):
    """How the plot is looked at."""

    log: Flag = False
    first: Steps | None = None
    last: Steps | None = 100
    marks: Boundaries = ()


class Pin(Described, frozen=True):
    """A curve that is kept beside the present one."""

    schedule: Inner
    name: Text = ""
    settings: Annotated[Settings, SECTION] = Settings()


class Session(Described, frozen=True):
    """What such a file holds."""

    schedule: Inner = parse("exponential")
    theme: Text = "dark"
    settings: Annotated[Settings, SECTION] = Settings()
    axes: Annotated[Axes, SECTION] = Axes()
    pins: Annotated[tuple[Pin, ...], SECTION] = ()


BY_HAND = """\
# a person wrote this
schedule = "CosineDecay(0.1, 500)"

[settings]
epochs = "1k"          # as one would type it
optimizer = "adam"
plateau_patience = 'none'

[axes]
marks = [
    10,
    20,
]

[[pins]]
schedule = "torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)"
name = "torch"

[[pins]]
schedule = "noam"
[pins.settings]
seed = 7
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "session.toml"


def put(path: Path, text: str | bytes) -> Loaded[Session]:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, Session)


def test_what_a_person_writes_is_understood(path: Path) -> None:
    kept = put(path, BY_HAND)
    assert kept.complaints == ()
    session = kept.value
    assert session.schedule == parse("CosineDecay(0.1, 500)")
    assert session.settings == Settings(epochs=1000, optimizer="adam")
    assert session.axes == Axes(marks=(10, 20))
    assert [pin.name for pin in session.pins] == ["torch", ""]
    assert session.pins[0].schedule.replace(initial_learning_rate=0.1) == parse(
        "StepDecay(0.1, 30)"
    )
    assert session.pins[1].settings.seed == 7


def test_what_is_written_can_be_read_by_a_person(path: Path) -> None:
    session = Session(
        schedule=parse("Warmup(CosineDecay(1e-3, 500), 50)"),
        settings=Settings(epochs=90),
        axes=Axes(log=True, last=None, marks=(5,)),
        pins=(Pin(parse("noam")), Pin(parse("own.py:rate"), "mine", Settings(seed=7))),
    )
    kept = write(read(path, Session), session, "lrtui: what was on the screen.\n\nTo be edited.")
    assert path.read_text() == (
        "# lrtui: what was on the screen.\n"
        "#\n"
        "# To be edited.\n"
        "\n"
        'schedule = "Warmup(CosineDecay(0.001, decay_steps=500), steps=50)"\n'
        "\n"
        "[settings]\n"
        "epochs = 90\n"
        "\n"
        "[axes]\n"
        "log = true\n"
        'last = "none"\n'
        "marks = [5]\n"
        "\n"
        "[[pins]]\n"
        'schedule = "Noam(512, warmup_steps=400)"\n'
        "\n"
        "[[pins]]\n"
        'schedule = "own.py:rate"\n'
        'name = "mine"\n'
        "\n"
        "[pins.settings]\n"
        "seed = 7\n"
    )
    assert kept.value == session
    assert read(path, Session) == kept


sessions = st.builds(
    Session,
    schedule=any_schedule(wide=True),
    theme=st.text(),
    settings=any_of(Settings, wide=True),
    axes=any_of(Axes, wide=True),
    pins=st.lists(
        st.builds(Pin, any_schedule(), st.text(), any_of(Settings, wide=True)), max_size=3
    ).map(tuple),
)


@given(sessions)
@patient
def test_there_and_back(session: Session) -> None:
    assert from_table(Session, tomllib.loads(written(to_table(session), "", None, {}))) == (
        session,
        [],
    )


def test_a_file_that_is_not_there_holds_the_defaults(path: Path) -> None:
    assert read(path, Session) == Loaded(path, Session())
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = \n", 1, "it is not TOML: Invalid value"),
        ("[settings]\nepochs = 3\n\n[axes\nlog = true\n", 4, "it is not TOML: "),
        ("theme = 'x'\nmarks = [\n1,\n", 3, "it is not TOML: "),
        ("theme = 'x'\ntheme = 'y'\n", 2, "it is not TOML: Cannot overwrite a value"),
        (b"theme = 'x'\n# \xff\n", 2, "it is not UTF-8"),
        ("[" * 100_000, None, "it "),
        (f"theme = {'9' * 5000}", None, "it has a number too long"),
    ],
    ids=["value", "header", "end", "twice", "bytes", "depth", "digits"],
)
def test_what_cannot_be_read(path: Path, text: str | bytes, line: int | None, reason: str) -> None:
    (complaint,) = put(path, text).complaints
    assert complaint.reason.startswith(reason)
    assert line is None or complaint.line == line
    assert str(complaint).startswith(f"{path}, line {line}: " if line else f"{path}")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"1k"', "0", 5, "epochs must be an integer from 1 to 1e6. Received: 0"),
        ('"1k"', '"soon"', 5, "epochs must be an integer from 1 to 1e6. Received: 'soon'"),
        ('"1k"', "nan", 5, "epochs must be an integer from 1 to 1e6. Received: nan"),
        ('"1k"', "1979-05-27", 5, "epochs must be an integer from 1 to 1e6. Received: "),
        ("epochs", "epoch", 5, "epoch is not known (did you mean epochs?)"),
        ("epochs", '"epo chs"', 5, "epo chs is not known"),
        ("10,", "10.5,", 10, "marks must be integers from 0 to 1e12, as in 300, 600"),
        ("    20", "    true", 10, "marks must be integers"),
        ("[settings]", "[setting]", 4, "setting is not known (did you mean settings?)"),
        ("[axes]", "[[axes]]", 9, "axes must be a table. Received: [{"),
        ('"CosineDecay(0.1, 500)"', '"cosin"', 2, "schedule must be the name of"),
        ('"CosineDecay(0.1, 500)"', "0.1", 2, "schedule must be a schedule, as in Cosine"),
        ('"CosineDecay(0.1, 500)"', '"CosineDecay(-1, 500)"', 2, "schedule: initial_learning_"),
        ('name = "torch"', "name = 5", 17, "name must be a text. Received: 5"),
        ('"noam"', '"noan"', 20, "schedule must be the name of"),
        ('schedule = "noam"', "# nothing", 19, "schedule is missing"),
        ("seed = 7", "seed = -7", 22, "seed must be an integer from 0 to 2147483647"),
        ("seed = 7", "sedd = 7", 22, "sedd is not known (did you mean seed?)"),
    ],
)
def test_a_fault_is_named_with_its_line(
    path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert old in BY_HAND
    (complaint,) = put(path, BY_HAND.replace(old, new, 1)).complaints
    assert complaint.reason.startswith(reason)
    assert complaint.line == line


def test_every_fault_is_told_and_the_rest_is_taken(path: Path) -> None:
    text = BY_HAND.replace('"1k"', "0").replace('"noam"', "'?'").replace("[axes]", "[axis]")
    kept = put(path, text)
    assert [complaint.line for complaint in kept.complaints] == [5, 9, 20]
    assert kept.value.settings == Settings(optimizer="adam")
    assert kept.value.axes == Axes()
    assert [pin.name for pin in kept.value.pins] == ["torch"]


@pytest.mark.parametrize(
    "text", ["theme = ", "[settings]\nepochs = 0\n", "from_a_newer_lrtui = 1\n"]
)
def test_a_file_with_a_fault_is_left_untouched(path: Path, text: str) -> None:
    kept = put(path, text)
    assert not kept.writable
    with pytest.raises(NotWritten, match=r"session\.toml is left as it is: line \d: "):
        write(kept, Session(), "")
    assert path.read_text() == text
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_once_mended_it_can_be_written(path: Path) -> None:
    put(path, "theme = ")
    kept = write(put(path, "theme = 'light'"), Session(theme="blue"), "")
    write(kept, Session(theme="red"), "")
    assert read(path, Session).value.theme == "red"


def test_a_path_that_is_no_file_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    (complaint,) = read(path, Session).complaints
    assert str(complaint) == f"{path}: it cannot be read: Is a directory"


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    home = tmp_path / "dotfiles.toml"
    path.symlink_to(home)
    write(read(path, Session), Session(theme="red"), "")
    assert path.is_symlink()
    assert "red" in home.read_text()


def test_a_mark_of_the_byte_order_does_no_harm(path: Path) -> None:
    assert put(path, b"\xef\xbb\xbftheme = 'x'\r\n").value.theme == "x"


def test_the_folder_is_the_users(folders_of_nobody: Path) -> None:
    assert folders_of_nobody in folder().parents
    assert folder().name == "lrtui"
    assert not folder().exists()


def test_a_schedule_of_ones_own_is_only_named() -> None:
    value: Schedule = Session(schedule=parse("mine.py:rate")).schedule
    assert str(value) == "mine.py:rate"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # the word stands in comments, texts, other tables and a longer key as well
        ('# epochs\ntheme = "epochs = 0"\n[axes]\n[settings]\nepochs = 0\n', 5),
        ("settings.epochs = 0\n", 1),
        ("settings = { seed = 1, epochs = 0 }\n", 1),
        ("theme = '''\nepochs = 3\n'''\n\n[settings]\nseed = 1\n'epochs' = 0\n", 7),
        ("pins = [\n  { schedule = 'noam' },\n  { schedule = 'no' },\n]\n", 3),
        ("[[pins]]\nschedule = 'noam'\n[[pins]]\n[[pins]]\nschedule = 'noam'\n", 3),
        ("[[pins]]\n[pins.settings]\nseed = 1\n", 1),
        ("pins = 3\n", 1),
        ("[settings]\nseed = 10\n10 = 3\n", 3),
    ],
)
def test_the_line_of_a_fault_however_it_is_written(path: Path, text: str, line: int) -> None:
    assert [one.line for one in put(path, text).complaints] == [line]


# ---------------------------------------------------------------------- no plain file, too long


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder"])
def test_what_is_no_plain_file_is_told_at_once_and_never_replaced(path: Path, kind: str) -> None:
    path.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(str(path))
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    before = path.stat().st_mode
    kept = read(path, Session)
    assert kept.value == Session()
    assert len(kept.complaints) == 1
    with pytest.raises(NotWritten):
        write(kept, Session(theme="other"), "")
    assert path.stat().st_mode == before


def test_a_file_of_50_mb_is_refused_at_once(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"# " + b"x" * (50 * 2**20))
    began = time.process_time()
    kept = read(path, Session)
    assert time.process_time() - began < 0.2
    assert "it is longer than 0.5 MB" in str(kept.complaints[0])


# ---------------------------------------------------------------------- what a person wrote stays

EDITED = """\
# my session
theme = "light"  # easier on the eyes
schedule = 'noam'

[settings]
seed = 0x10  # lucky
# so many
epochs = 1_000

[[pins]]
# the best so far
schedule = "cosine"
name = "best"

[[pins]]
schedule = "noam"  # second
"""


def test_comments_order_and_layout_survive_what_the_program_writes(path: Path) -> None:
    kept = put(path, EDITED)
    assert kept.complaints == ()
    best, second = kept.value.pins
    changed = kept.value.replace(
        settings=kept.value.settings.replace(epochs=30), pins=(second, best)
    )
    write(kept, changed, "a head that is not for this file")
    text = path.read_text()
    for kept_text in (
        "# my session\ntheme = \"light\"  # easier on the eyes\nschedule = 'noam'\n",
        "seed = 0x10  # lucky\n# so many\nepochs = 30\n",
        '# the best so far\nschedule = "cosine"\nname = "best"\n',
        '[[pins]]\nschedule = "noam"  # second\n',
    ):
        assert kept_text in text
    assert "a head that is not" not in text
    assert text.index("second") < text.index("the best so far")
    again = read(path, Session)
    assert (again.value.replace(schedule=changed.schedule), again.complaints) == (changed, ())


@given(before=sessions, after=sessions)
@settings(max_examples=25, deadline=None)
def test_whatever_is_written_over_whatever_can_be_read(before: Session, after: Session) -> None:
    first = written(to_table(before), "head", None, {})
    second = written(to_table(after), "", first.encode(), to_table(before))
    assert from_table(Session, tomllib.loads(second)) == (after, [])


def test_what_could_not_be_read_again_is_not_written(path: Path) -> None:
    kept = put(path, 'theme = "light"\n')
    with pytest.raises(NotWritten, match=r"would be longer than 0\.5 MB"):
        write(kept, Session(theme="x" * 2**20), "")
    assert path.read_text() == 'theme = "light"\n'


def test_a_key_of_half_a_million_parts_costs_nothing(path: Path) -> None:
    began = time.process_time()
    assert put(path, "a." * 500_000 + "a = 1").complaints
    assert time.process_time() - began < 1
