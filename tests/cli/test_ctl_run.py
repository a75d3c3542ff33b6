"""A run of the real worker, driven from a shell by ctl, and repeated from what its journal kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
set -e
$LRTUI train 'CosineDecay(0.01, 5000)' --task regression --optimizer adam --epochs 100000 \\
    --threads 1 >out.txt 2>err.txt &
until $LRTUI ctl regression pause 2>/dev/null; do sleep 0.1; done
$LRTUI ctl regression status >paused.json
$LRTUI ctl regression scale 0.5
$LRTUI ctl regression resume
$LRTUI ctl regression reset 'Constant(0.003)'
$LRTUI ctl regression stop
wait
$LRTUI ctl regression export run.json >exported.json
$LRTUI train --from run.json --threads 1 --history again.json --per-step >again.txt
"""


def test_a_run_is_driven_from_a_shell_and_repeated_to_the_last_bit(
    tmp_path: Path, state: Path
) -> None:
    """What goes in are words, what comes out is JSON: a line an order."""
    called = {"LRTUI": f"{sys.executable} -m lrtui", "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        ["sh", "-c", SCRIPT],
        cwd=tmp_path,
        env={**os.environ, **called},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["outcome"] for one in answers] == ["done"] * 5
    assert json.loads((tmp_path / "paused.json").read_text())["state"] == "paused"
    run, again = (json.loads((tmp_path / name).read_text()) for name in ("run.json", "again.json"))
    assert [mark["kind"] for mark in run["events"]] == ["scale", "reset"]
    assert [mark["step"] for mark in run["events"]] == [answers[1]["step"], answers[3]["step"]]
    assert all("ctl" in mark["who"] for mark in run["events"])
    reset_at = answers[3]["step"]
    assert set(run["steps"]["learning_rate"][reset_at:]) == {run["steps"]["learning_rate"][-1]}
    assert run["steps"] == again["steps"]
    assert run["history"] == again["history"]
