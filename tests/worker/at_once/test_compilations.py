"""Nothing is compiled again for other rates, seeds, weights or data: XLA itself says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lrtui.worker.__main__ import XLA_FLAGS, environment

SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from lrtui.protocol import Settings
from lrtui.worker.at_once.stacked import Stacked
from lrtui.worker.at_once.training import Row, Trainings

dumped = Path(sys.argv[1])
trainings = Trainings(threads=2)
small = Settings(optimizer="adam", epochs=2, steps_per_epoch=9, model_width=4, model_depth=1)

def compiled():
    return len(list(dumped.glob("*before_optimizations.txt"))), trainings.traces

def train(settings, rate, rows):
    rates = np.linspace(rate, 0, settings.steps, dtype=np.float32)[None]
    for _ in trainings.train(settings, rates, rows):
        pass

for rows in ([Row(0, 1)], [Row(0, seed) for seed in range(8)], [Row(0, 3)] * 20):
    before = compiled()
    train(small, 0.1, rows)
    first = compiled()
    assert first[0] > before[0] and first[1] > before[1], (before, first)
    train(small, 1e30, rows)
    train(small, 0.003, [Row(0, row.seed + 50) for row in rows])
    train(small.replace(noise=0.7), 0.01, rows[:-1] or rows)
    train(small.replace(epochs=5), 0.01, rows)
    assert compiled() == first, (first, compiled())
train(small, 0.01, rows * 4)  # two stacks at a time
assert compiled() == first, (first, compiled())

# Asked again, each stack begins once: nothing is begun to see whether it is compiled.
begun, begin = [], Stacked.begin
Stacked.begin = lambda one, seeded: begun.append(len(seeded)) or begin(one, seeded)
train(small, 0.02, rows * 4)
assert sorted(begun) == [16, 64], begun
begun.clear()
train(small, 0.02, [Row(0, seed) for seed in range(8)])  # a band: two halves at a time
assert begun == [4, 4], begun
print("counted", compiled())
"""


def test_rates_seeds_weights_and_data_compile_nothing_again(tmp_path: Path) -> None:
    flags = f"--xla_dump_to={tmp_path} --xla_dump_hlo_as_text"
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env=os.environ | {"XLA_FLAGS": flags},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    assert process.stdout.startswith("counted")


@pytest.mark.parametrize("version", ["2.21.0", "2.18.1", ""])
def test_xla_is_told_only_what_it_knows_and_a_persons_own_flags_come_last(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a flag that it does not know XLA ends the process."""
    monkeypatch.setattr("lrtui.worker.__main__._tensorflow", lambda: version)
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=here")
    found = environment(2, "cpu").get("XLA_FLAGS")
    assert found == (f"{XLA_FLAGS} --xla_dump_to=here" if version == "2.21.0" else None)
