"""What a person allowed to be run: by path and by content, kept from one session to the next."""

import os
from pathlib import Path

import pytest

from lrtui.kept.consent import Consent, sources_typed
from lrtui.protocol import Reset, Sample, Settings, Start
from lrtui.schedules import parse
from tests.consent import as_it_is


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.py"
    path.write_text("def f(step): return 0.1")
    return path


SOURCE = "mine.py:f"


def test_nothing_may_be_run_at_first(mine: Path, tmp_path: Path) -> None:
    consent = Consent(tmp_path / "state" / "allowed")
    assert consent.missing([SOURCE]) == (SOURCE,)
    assert consent.stamped(Sample(SOURCE, 3)).allowed == ()
    assert not (tmp_path / "state").exists()


def test_what_was_allowed_holds_for_that_content_and_for_other_names_of_the_path(
    mine: Path, tmp_path: Path
) -> None:
    consent = Consent(tmp_path / "allowed")
    consent.allow([SOURCE])
    for named in (SOURCE, f"{mine}:f", "./mine.py:other"):
        assert consent.missing([named]) == ()
    assert consent.stamped(Sample(SOURCE, 3)).allowed == as_it_is(SOURCE)
    mine.write_text("import os")
    assert consent.missing([SOURCE]) == (SOURCE,)
    assert consent.stamped(Sample(SOURCE, 3)).allowed == ()


def test_it_is_known_in_the_next_sitting(mine: Path, tmp_path: Path) -> None:
    kept = tmp_path / "state" / "allowed"
    Consent(kept).allow([SOURCE])
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Consent(kept).missing([SOURCE]) == ()
    before = mine.read_text()
    mine.write_text("import os")
    assert Consent(kept).missing([SOURCE]) == (SOURCE,)
    mine.write_text(before)
    assert Consent(kept).missing([SOURCE]) == ()


def test_a_file_that_a_person_named_may_be_edited_in_that_sitting(
    mine: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "allowed"
    consent = Consent(kept)
    consent.named([SOURCE])
    consent.stamped(Sample(SOURCE, 3))
    mine.write_text("def f(step): return 0.2")
    assert consent.stamped(Sample(SOURCE, 3)).allowed == as_it_is(SOURCE)
    assert Consent(kept).missing([SOURCE]) == ()
    mine.write_text("import os")
    assert Consent(kept).missing([SOURCE]) == (SOURCE,)


@pytest.mark.parametrize(
    "command",
    [
        Start(f"Warmup('{SOURCE}', 3)", Settings()),
        Start("Constant(0.1)", Settings(), script=((3, Reset(SOURCE)),)),
        Reset(f"Sequence(['{SOURCE}', Constant(0.1)], [5])"),
        Sample(SOURCE, 3),
    ],
)
def test_every_command_that_has_a_file_read_says_what_may_be_run(
    mine: Path, command: Start | Reset | Sample
) -> None:
    consent = Consent()
    assert consent.stamped(command).allowed == ()
    consent.allow([SOURCE])
    assert consent.stamped(command).allowed == as_it_is(SOURCE)


def test_what_is_no_file_of_code_is_never_allowed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    with (tmp_path / "long.py").open("wb") as file:
        file.truncate(11 * 2**20)
    consent = Consent()
    for name in ("pipe", "folder", "long", "nothing"):
        source = f"{tmp_path}/{name}.py:f"
        consent.allow([source])
        assert consent.missing([source]) == (source,)


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_consent_that_others_could_have_written_is_none(
    mine: Path, tmp_path: Path, mode: int
) -> None:
    kept = tmp_path / "allowed"
    Consent(kept).allow([SOURCE])
    kept.chmod(mode)
    assert Consent(kept).missing([SOURCE]) == (SOURCE,)


def test_a_damaged_file_of_consent_allows_nothing_and_stops_nothing(
    mine: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "allowed"
    ((_, digest),) = as_it_is(SOURCE)
    for held in (b"\xff\x00\n" * 9, f"{digest}\n".encode(), f"  {mine}\n".encode(), b"x" * 2**21):
        kept.write_bytes(held)
        assert Consent(kept).missing([SOURCE]) == (SOURCE,)
    kept.unlink()
    os.mkfifo(kept)
    consent = Consent(kept)
    consent.allow([SOURCE])
    assert consent.missing([SOURCE]) == ()  # in this session


def test_typed_is_what_stands_in_the_typed_text_itself(mine: Path) -> None:
    assert sources_typed(SOURCE, parse(SOURCE)) == (SOURCE,)
    nested = f"Warmup('{SOURCE}', 3)"
    assert sources_typed(nested, parse(nested)) == (SOURCE,)
    config = '{"class_name": "KerasSchedule", "config": {"schedule": "mine.py:f"}}'
    assert parse(config) == parse(SOURCE)
    assert sources_typed(config, parse(config)) == ()
    assert sources_typed(f"{SOURCE}.keras", parse(SOURCE)) == ()
    assert sources_typed("model", parse(SOURCE)) == ()
