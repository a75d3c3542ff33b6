"""The list of trainings, and orders from the command line, with a training in another process."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrtui.live.hub import Hub
from lrtui.live.registration import make_room
from lrtui.protocol.registry import Place, lives, make_folder
from lrtui.runs.journal import read_journal
from lrtui.runs.record import known_schedule
from lrtui.runs.trainings import Training, find_training, trainings
from lrtui.schedules import Invalid, parse
from tests.cli.calls import call
from tests.live.viewing import TestViewer, begin, do_steps

Play = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def play(state: Path) -> Iterator[Play]:
    """Starts a played training and waits until it has begun."""
    begun: list[subprocess.Popen[str]] = []

    def start(name: str, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.live.played_training", name, *arguments]
        one = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        begun.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == "begun\n"
        return one

    yield start
    for one in begun:
        one.kill()
        one.wait()
        assert one.stdout is not None
        one.stdout.close()


def until(found: Callable[[], bool]) -> None:
    """Wait for something that other processes do."""
    for _ in range(600):
        if found():
            return
        time.sleep(0.05)
    pytest.fail("it never came")


def the_only() -> Training:
    (one,) = trainings()
    return one


def ctl(*arguments: str) -> tuple[int, Any]:
    done = call("ctl", *arguments)
    return done.exit_code, json.loads(done.stdout) if done.stdout else None


def test_a_running_training_is_listed_with_where_it_is(play: Play) -> None:
    training = play("mnist")
    until(lambda: the_only().step > 60)
    (row,) = json.loads(call("runs", "--json").stdout)
    assert row["name"] == "mnist"
    assert row["pid"] == training.pid
    assert row["state"] == "running"
    assert row["epoch"] >= 2
    assert row["rate"] == pytest.approx(0.1)
    assert 0 < row["loss"] < 0.1
    assert row["age"] > 0
    assert Path(row["journal"]).is_file()
    text = call("runs").stdout
    assert text.split()[:8] == ["name", "pid", "state", "step", "epoch", "rate", "loss", "age"]
    assert "mnist" in text


def test_nothing_of_its_arguments_or_environment_is_written(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2-environment")
    play("mnist", "1000000", "--token=hunter2-argument")
    place = the_only().place
    until(lambda: place.steps.exists())
    for path in place.files:
        if path != place.socket:
            assert b"hunter2" not in path.read_bytes()


def test_what_ends_by_itself_has_ended_and_what_is_killed_was_killed(play: Play) -> None:
    play("short", "20").wait(30)
    assert the_only().state == "ended"
    assert the_only().step == 20
    killed = play("long")
    until(lambda: trainings()[0].step > 100)
    before = trainings()[0].step
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    latest = trainings()[0]
    assert latest.state == "killed"
    assert latest.step >= before
    record = read_journal(latest.place).record()
    assert record is not None
    np.testing.assert_array_equal(
        record.losses, (1 / (1 + np.arange(record.steps))).astype(np.float32)
    )


def test_a_stopped_process_is_still_listed_and_costs_no_time(play: Play) -> None:
    training = play("mnist")
    training.send_signal(signal.SIGSTOP)
    assert the_only().alive
    training.send_signal(signal.SIGCONT)


def test_a_training_whose_process_stays_is_idle_between_fits(play: Play) -> None:
    play("notebook", "5", "--stay")
    until(lambda: the_only().state == "idle")


def test_a_whole_run_is_driven_by_ctl(play: Play, tmp_path: Path) -> None:
    training = play("mnist")
    assert ctl("mnist", "status")[1]["state"] == "running"
    until(lambda: the_only().step > 0)
    code, told = ctl("mnist", "scale", "0.5")
    assert (code, told["outcome"]) == (0, "done")
    scaled_at = told["step"]
    until(lambda: the_only().step > scaled_at)
    code, told = ctl(str(training.pid), "reset", "Constant(0.3)")
    assert (code, told["outcome"]) == (0, "done")
    assert ctl("mnist", "pause")[0] == 0
    until(lambda: the_only().state == "paused")
    paused_at = the_only().step
    code, told = ctl("mnist", "reset", "cosine")
    fits = f"CosineDecay(0.3, decay_steps={5000 - paused_at})"
    assert (code, told["outcome"]) == (0, "done")
    assert parse(told["schedule"]) == parse(fits), "as high as what trains, for the rest of it"
    assert ctl("mnist", "resume")[0] == 0
    until(lambda: the_only().step > paused_at)
    code, told = ctl("mnist", "rate", "0.025")
    assert (code, told["outcome"]) == (0, "done")
    set_at = told["step"]
    until(lambda: the_only().step > set_at)
    code, told = ctl("mnist", "undo")
    assert (code, told["outcome"]) == (0, "done")
    undone_at = told["step"]
    until(lambda: the_only().step > undone_at)
    path = tmp_path / "run.json"
    code, told = ctl("mnist", "export", str(path))
    assert (code, told["outcome"]) == (0, "done")
    assert ctl("mnist", "stop")[0] == 0
    assert training.wait(30) == 0
    assert the_only().state == "ended"
    whole = json.loads(path.read_text())
    assert [mark["kind"] for mark in whole["events"]] == ["scale", "reset", "reset", "rate", "undo"]
    rates = whole["steps"]["learning_rate"]
    assert rates[scaled_at - 1] == pytest.approx(0.1)
    assert rates[scaled_at] == pytest.approx(0.05)
    assert rates[set_at] == pytest.approx(0.025)
    assert rates[undone_at] == pytest.approx(0.1)
    code, told = ctl("mnist", "scale", "2")
    assert (code, told) == (1, None)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("mnist", "scale"), 2),
        (("mnist", "scale", "nan"), 2),
        (("mnist", "scale", "-1"), 2),
        (("mnist", "rate", "-1"), 2),
        (("mnist", "rate"), 2),
        (("mnist", "reset", "cosine", "linear"), 2),
        (("mnist", "fly"), 2),
        (("mnist", "reset", "no such schedule"), 2),
        (("mnist", "export", "run.txt"), 2),
        (("other", "status"), 1),
        ((), 2),
    ],
)
def test_wrong_calls_of_ctl(play: Play, arguments: tuple[str, ...], code: int) -> None:
    play("mnist")
    done = call("ctl", *arguments)
    assert done.exit_code == code
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_two_of_one_name_are_told_apart_by_their_process(play: Play) -> None:
    one, other = play("mnist"), play("mnist")
    done = call("ctl", "mnist", "status")
    assert done.exit_code == 1
    assert str(one.pid) in done.stderr
    assert str(other.pid) in done.stderr
    assert ctl(str(other.pid), "status")[1]["pid"] == other.pid
    one.kill()
    one.wait()
    assert ctl("mnist", "status")[1]["pid"] == other.pid


def test_a_job_that_is_started_again_names_the_first(play: Play) -> None:
    play("mnist", "3").wait(30)
    first = the_only()
    play("mnist", "3").wait(30)
    latest, before = trainings()
    assert before.entry.id == first.entry.id
    assert latest.entry.follows == first.entry.id


def test_a_forked_child_does_not_keep_a_training_alive(state: Path) -> None:
    """Nor a viewer that was there before it."""
    code = (
        "import os, time\n"
        "from lrtui.live.hub import Hub\n"
        "hub = Hub('loader')\n"
        "print(hub.registration.place.socket, flush=True)\n"
        "input()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os.closerange(0, 3)\n"
        "    time.sleep(600)\n"
        "print(child, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as one:
        assert one.stdin is not None
        assert one.stdout is not None
        viewer = TestViewer(Path(one.stdout.readline().strip()))
        one.stdin.write("\n")
        one.stdin.flush()
        child = int(one.stdout.readline())
    try:
        until(lambda: the_only().state == "killed")  # the child lets go once it runs
        with pytest.raises((EOFError, ConnectionResetError)):
            viewer.until(lambda _: False)
    finally:
        os.kill(child, signal.SIGKILL)
        viewer.close()


@pytest.mark.parametrize("what", ["folder", "socket", "entry"])
def test_what_is_deleted_is_back_within_moments(state: Path, what: str) -> None:
    hub = Hub("mnist")
    begin(hub)
    do_steps(hub, 0, 10)
    place = hub.registration.place
    until(place.steps.exists)
    if what == "folder":
        for path in place.files:
            path.unlink()
        place.folder.rmdir()
    else:
        (place.socket if what == "socket" else place.entry).unlink()
    do_steps(hub, 10, 10)
    until(lambda: place.socket.exists() and lives(place) and the_only().step == 20)
    record = read_journal(place).record()
    assert record is not None
    assert record.steps == 20
    hub.close()


def test_a_clock_that_is_set_back_loses_nothing_and_makes_no_age_negative(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it hold up the journal, an order, or the list."""
    hub = Hub("mnist")
    begin(hub)
    do_steps(hub, 0, 10)
    until(lambda: the_only().step == 10)
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() - 3600)
    do_steps(hub, 10, 10)
    until(lambda: the_only().step == 20)
    assert the_only().age == 0
    record = read_journal(hub.registration.place).record()
    assert record is not None
    assert (record.steps, record.state) == (20, "running")
    hub.close()
    assert the_only().state == "killed"  # it had not said that it ended
    assert make_room(0) == 1


def test_an_entry_of_nobody_is_none(state: Path) -> None:
    folder = make_folder()
    (folder / "1-abc.json").write_text("{")
    (folder / "2-abc.json").write_text('{"id": "3-abc"}')
    (folder / "3-abc.json").symlink_to("/etc/passwd")
    os.mkfifo(folder / "4-abc.json")
    assert trainings() == []


def test_the_folder_is_the_users_alone(state: Path) -> None:
    folder = make_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    assert trainings() == []


def test_a_long_path_is_put_where_a_socket_can_be(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(state / ("long" * 20)))
    monkeypatch.setenv("TMPDIR", str(state))
    state.mkdir(parents=True)
    folder = make_folder()
    assert folder.parent.name == f"lrtui-{os.getuid()}"
    hub = Hub("mnist")
    assert the_only().name == "mnist"
    hub.close()


def test_forgetting_removes_what_is_over_and_nothing_else(play: Play) -> None:
    play("old", "3").wait(30)
    play("new")
    assert call("runs", "--forget", "new").exit_code == 1
    assert call("runs", "--forget", "all").exit_code == 0
    assert [one.name for one in trainings()] == ["new"]
    old = Place(the_only().place.folder, "9-zz")
    assert not old.entry.exists()


def test_who_is_meant_must_be_clear(state: Path) -> None:
    with pytest.raises(Invalid, match="and there are none"):
        find_training(None, trainings())
    with pytest.raises(Invalid, match="there are none"):
        find_training("mnist", trainings())


def test_the_oldest_that_are_over_make_room_and_that_is_said(
    state: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("first", "second", "third"):
        hub = Hub(name)
        begin(hub)
        do_steps(hub, 0, 100_000)
        hub.close()
    alive = Hub("alive")
    assert make_room(2_000_000) == 1
    assert [one.name for one in trainings()] == ["alive", "third", "second"]
    assert "1 of the oldest trainings" in capfd.readouterr().err
    assert make_room(0) == 2
    assert [one.name for one in trainings()] == ["alive"]
    alive.close()


def test_a_schedule_of_runs_is_read_once() -> None:
    """A list of all runs asks for each of them at every key."""
    text = "Warmup(CosineDecay(0.1, decay_steps=90), steps=10)"
    assert known_schedule(text) is known_schedule(text)
    assert known_schedule("mine") is None
