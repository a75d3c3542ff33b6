"""A training that is only played: a process with a hub, and steps that no framework does.

``python -m tests.live.played_training NAME [STEPS] [--stay] [--short]``: trains until it is told to
stop, or so many steps; obeys all that steers but a restore, and prints a line when it has begun.
``--stay``: the process stays when it has trained; ``--short``: the minute of a pause whose viewer
is gone is over at once.
"""

import os
import sys
import time
from typing import assert_never

from lrtui.live.hub import Hub
from lrtui.live.hub_thread import ORPHANED_SECONDS
from lrtui.protocol import (
    Ended,
    Epoch,
    FindRate,
    Marked,
    Pace,
    Pause,
    Paused,
    Ready,
    Reset,
    Restore,
    Resume,
    Resumed,
    Sample,
    Scale,
    SetRate,
    Start,
    Started,
    StepsDone,
    Stop,
    TakeState,
    TrainAtOnce,
    UndoSteering,
    pack,
)
from lrtui.protocol.script import Script

SCHEDULE = "Constant(0.1)"
PER_EPOCH = 50


def train(hub: Hub, name: str, most: int) -> None:
    hub.send(Ready(os.getpid(), "", "", ["CPU:0"], 1, 0, 0))
    hub.send(Started(SCHEDULE, script=Script(name, "SGD", "none", 100, PER_EPOCH)))
    print("begun", flush=True)
    step, base, factor, schedule, paused, stopped = 0, 0.1, 1.0, SCHEDULE, False, False
    while step < most and not stopped:
        command = hub.wait(None if paused else 0.002)
        match command:
            case Scale(factor=by):
                factor *= by
                hub.send(Marked(step, "scale", schedule, factor, by))
            case SetRate(learning_rate=rate):
                base, factor = rate, 1.0
                hub.send(Marked(step, "rate", schedule, rate=rate))
            case UndoSteering():
                base, factor = 0.1, 1.0
                hub.send(Marked(step, "undo", SCHEDULE))
            case Reset(schedule=other):
                schedule, base, factor = other or schedule, 0.1, 1.0
                hub.send(Marked(step, "reset", schedule, origin=step))
            case Pause():
                paused = True
                hub.send(Paused(step))
            case Resume() if paused:
                paused = False
                hub.send(Resumed(step))
            case Stop():
                stopped = True
            case Resume() | Pace() | Restore() | TakeState() | FindRate() | Sample():
                pass  # these it does not play
            case Start() | TrainAtOnce() | None:
                pass
            case _:
                assert_never(command)
        if command is not None:
            hub.answer()
        elif not paused:
            hub.send(StepsDone(step, pack([base * factor]), pack([1 / (1 + step)])))
            step += 1
            if step % PER_EPOCH == 0:
                hub.send(Epoch(step // PER_EPOCH, step, {"loss": 0.5}))
    hub.send(Ended("stopped" if stopped else "done"))


if __name__ == "__main__":
    hub = Hub(sys.argv[1], orphaned_seconds=0.0 if "--short" in sys.argv else ORPHANED_SECONDS)
    told = [one for one in sys.argv[2:] if one.isdecimal()]
    train(hub, sys.argv[1], int(told[0]) if told else sys.maxsize)
    if "--stay" in sys.argv:
        time.sleep(600)
    hub.close()
