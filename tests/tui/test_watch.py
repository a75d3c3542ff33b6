"""The screen on logs that others write: what is drawn, said, and not done."""

from pathlib import Path

import pytest

from lrtui.logs.follower import LogFollower
from lrtui.runs.watched import LogsToWatch, WatchedLogs
from lrtui.schedules import parse
from lrtui.tui.app import LrtuiApp
from lrtui.tui.training.watch import Watch
from tests.cli.calls import call

PLAN = "CosineDecay(0.1, 200)"


def app_on(*paths: Path) -> LrtuiApp:
    """As `run_watched` makes it, without a terminal."""
    watch = Watch()
    asked = LogsToWatch(tuple(map(LogFollower, paths)), "logs", None)

    def show(logs: object, runs: object) -> None:
        watch.take(logs, app.editor.form_state.schedule)  # type: ignore[arg-type]
        app.session.show_runs(runs)  # type: ignore[arg-type]
        app.plot_controller.lay_over_all(range(len(app.session.runs) - 1))

    app = LrtuiApp(
        parse(PLAN),
        lambda *_: WatchedLogs(asked, on_runs=show, on_fault=lambda why: app.say(why)),
        attached="logs",
        watch=watch,
    )
    return app


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(call("values", PLAN, "--steps", "120").stdout)
    return path


async def test_the_verdict_follows_the_form(log: Path) -> None:
    app = app_on(log)
    async with app.run_test(size=(80, 24)):
        assert app.scene.verdict == "as scheduled, to step 119"
        assert app.scene.total == 200
        app.editor.open(parse("CosineDecay(0.2, 200)"))
        assert app.scene.verdict == (
            "departs at step 0 (0.1, not 0.2): another base rate, 0.1: 0.5 times the planned one"
        )


async def test_keys_that_would_steer_say_why_not(log: Path) -> None:
    app = app_on(log)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("t", "r", "space", "s", "n", "b", "S", "N", "R", "F", "K", "w"):
            await pilot.press(key)
            assert app.notices[-1] == "logs is a log: whoever writes it cannot be steered", key
        names = {key.action for key in app.available.keys_now()}
        assert {"export", "list_runs", "pin", "quit"} <= names


async def test_logs_are_laid_over_each_other(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("epoch,lr,loss\n0,0.1,2\n1,0.05,1\n")
    app = app_on(log, other)
    async with app.run_test(size=(100, 30)):
        assert [name for name, _ in app.scene.overlaid] == ["#1 log.csv"]
        assert app.scene.record is not None
        assert app.scene.record.steps == 2
