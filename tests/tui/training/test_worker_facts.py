"""What the screen says of the worker, at moments of its life."""

from pathlib import Path

import pytest

from lrtui.runs.heartbeat import WorkerState, WorkerStatus
from lrtui.tui.number_format import format_speed
from lrtui.tui.training import worker_facts
from tests.tui.fake import READY

LOG = Path("/state/worker-1.log")


def silent(state: WorkerState, seconds: float) -> WorkerStatus:
    return WorkerStatus(
        state, LOG, 7, since=99, answers=False, silent_for=seconds, busy_for=seconds
    )


@pytest.mark.parametrize(
    ("worker", "said"),
    [
        (WorkerStatus("cold", LOG), "not started"),
        (WorkerStatus("starting", LOG, 7), "loading TensorFlow"),
        (
            WorkerStatus("starting", LOG, 7, since=12.3, silent_for=12.3),
            "loading TensorFlow (12 s)",
        ),
        (
            silent("starting", 31),
            "does not answer (31 s)",
        ),
        (WorkerStatus("ready", LOG, 7, silent_for=2.4), "ready"),
        (silent("ready", 2.6), "does not answer (2 s)"),
        (WorkerStatus("training", LOG, 7, busy_for=2.6), "training, busy (2 s)"),
        (
            silent("training", 9),
            "does not answer (9 s)",
        ),
        (WorkerStatus("paused", LOG, 7), "paused"),
        (WorkerStatus("ending", LOG, 7), "being ended"),
        (WorkerStatus("gone", LOG, reason="exit code 3", silent_for=99), "gone"),
    ],
)
def test_its_state(worker: WorkerStatus, said: str) -> None:
    assert worker_facts.state(worker) == said


@pytest.mark.parametrize("state", ["starting", "training"])
def test_a_complaint_says_what_can_be_done(state: WorkerState) -> None:
    doing = "loading TensorFlow, " if state == "starting" else ""

    assert worker_facts.complaint(silent(state, 31.9), "K") == (
        f"the worker does not answer ({doing}31 s); K ends it, what it recorded is kept"
    )
    assert worker_facts.complaint(WorkerStatus(state, LOG, 7), "K") == ""


def test_the_facts_of_a_training() -> None:
    worker = WorkerStatus("training", LOG, 4711, READY, 640 * 2**20, steps_per_second=563.3)

    assert worker_facts.facts(worker) == [
        ("state", "training"),
        ("process", "4711"),
        ("TensorFlow", "2.21.0"),
        ("Keras", "3.15.1"),
        ("device", "CPU:0, 2 threads, nice 10"),
        ("speed", "563 steps/s"),
        ("memory", "640 MB"),
        ("log", str(LOG)),
    ]


def test_the_facts_of_one_that_is_gone() -> None:
    worker = WorkerStatus("gone", LOG, reason="exit code 3: no such thing")

    assert worker_facts.facts(worker) == [
        ("state", "gone"),
        ("why", "exit code 3: no such thing"),
        ("log", str(LOG)),
    ]


@pytest.mark.parametrize(
    ("value", "said"), [(0.25, "0.25"), (0.96, "1.0"), (4.24, "4.2"), (9.97, "10"), (563.3, "563")]
)
def test_a_speed(value: float, said: str) -> None:
    assert format_speed(value) == said
