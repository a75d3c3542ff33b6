"""Code that data name is not run on the command line, before a person has said so."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.calls import call, refused

CODE = "open('ran', 'w')\ndef f(step): return 0.25\n"
CONFIGS = {
    "itself": {"class_name": "KerasSchedule", "config": {"schedule": "mine.py:f"}},
    "within": {"class_name": "Warmup", "config": {"schedule": "mine.py:f", "steps": 2}},
    "in a text": {
        "class_name": "KerasSchedule",
        "config": {"schedule": "Floor('mine.py:f', 0.1)"},
    },
}


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(CODE)
    return tmp_path / "mine.py"


def saved_model(schedule: object) -> str:
    optimizer = {"class_name": "SGD", "config": {"learning_rate": schedule}}
    with zipfile.ZipFile("model.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({"compile_config": {"optimizer": optimizer}}))
    return "model.keras"


def saved_run(
    schedule: str = "Constant(0.1)", taken_over: str = "Constant(0.1)", task: str = "spirals"
) -> str:
    mark = {"type": "marked", "step": 2, "kind": "reset", "schedule": taken_over}
    run = {
        "lrtui": "0.1",
        "versions": {},
        "machine": {},
        "schedule": schedule,
        "settings": {"epochs": 1, "steps_per_epoch": 4, "task": task},
        "own": {},
        "state": "done",
        "history": {"step": [4]},
        "events": [mark],
    }
    Path("run.json").write_text(json.dumps(run))
    return "run.json"


def said(line: str) -> bool:
    return "asks for your code: mine.py:f, which was not run" in line and (
        "--allow-own mine.py" in line
    )


@pytest.mark.parametrize("command", [["show"], ["values"], ["train"], ["code"]])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_neither_a_saved_model_nor_a_config_runs_code(command: list[str], config: object) -> None:
    for data in (saved_model(config), json.dumps(config)):
        assert said(refused(*command, data))
    assert not Path("ran").exists()


def test_compare_runs_no_code_of_a_saved_model() -> None:
    assert said(refused("compare", "cosine", saved_model(CONFIGS["itself"])))


def test_a_run_to_repeat_runs_no_code() -> None:
    asks = (
        {"schedule": "mine.py:f"},
        {"taken_over": "Warmup('mine.py:f', 2)"},
        {"task": "mine.py:f"},
    )
    for one in asks:
        run = saved_run(**one)
        assert said(refused("train", "--from", run))
    assert not Path("ran").exists()


def test_allowed_for_this_path_and_content_it_runs_and_that_is_kept() -> None:
    model = saved_model(CONFIGS["itself"])
    steps = ("--steps", "1", "--format", "json")
    done = call("values", model, "--allow-own", "mine.py", *steps)
    assert (done.exit_code, json.loads(done.stdout)) == (0, [{"step": 0, "learning_rate": 0.25}])
    assert Path("ran").exists()
    Path("mine.py").write_text(CODE + "# edited")
    Path("ran").unlink()
    assert said(refused("values", model, *steps))
    Path("mine.py").write_text(CODE)
    assert call("values", model, *steps).exit_code == 0


def test_another_file_than_the_allowed_one_is_not_run() -> None:
    Path("other.py").write_text(CODE)
    assert said(refused("values", saved_model(CONFIGS["itself"]), "--allow-own", "other.py"))
    assert not Path("ran").exists()


@pytest.mark.parametrize("path", ["nothing.py", "model.keras", ".", "", "\x1b]0;x\x07.py"])
def test_what_cannot_be_allowed_is_refused(path: str) -> None:
    assert "--allow-own must be a Python file that is there" in refused(
        "values", "cosine", "--allow-own", path
    )
