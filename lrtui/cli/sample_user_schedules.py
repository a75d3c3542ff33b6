"""Samples schedules of the user's own in a worker, so that they can be shown like others.

Nothing of the user's file is read or run in this process.
"""

import asyncio
import signal
from collections.abc import Sequence
from typing import assert_never

import click

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import Failed, WrongCall
from lrtui.cli.output import draw_line
from lrtui.cli.worker_session import opener, worker_session
from lrtui.kept.consent import Consent
from lrtui.protocol import (
    Alive,
    AtOnceEnded,
    Broken,
    Diverged,
    Ended,
    Epoch,
    Marked,
    Paused,
    RangeTestEnded,
    RangeTestSteps,
    Ready,
    Resumed,
    Sample,
    Sampled,
    Started,
    StateTaken,
    StepsDone,
    TrainedAtOnce,
)
from lrtui.schedules import Schedule
from lrtui.schedules.user_schedule import MOST_STEPS, user_sources, with_samples


def sample_user_schedules(schedules: Sequence[Schedule], steps: int) -> list[Schedule]:
    """The schedules, those of the user's own with the rates of the steps from 0 to `steps` - 1.

    Starts a worker if there is one of these, and ends it.

    Raises:
        WrongCall: there is no such file, or no such name in it, or there are too many steps.
        Failed: the schedule raises, or gives no number; or there is no worker.
    """
    sources = list(dict.fromkeys(one for schedule in schedules for one in user_sources(schedule)))
    if not sources:
        return list(schedules)
    if steps > MOST_STEPS:
        allowed = f"--steps must be at most {MOST_STEPS} for {sources[0]}"
        raise WrongCall(f"{allowed}. Received: {steps}")
    draw_line(f"sampling {', '.join(sources)} ...")
    try:
        samples = asyncio.run(_sample(sources, steps, consent_of_call()))
    finally:
        draw_line("")
    return [with_samples(schedule, samples) for schedule in schedules]


async def _sample(sources: Sequence[str], steps: int, consent: Consent) -> dict[str, bytes]:
    samples: dict[str, bytes] = {}
    async with worker_session(opener()) as worker:
        for source in sources:
            worker.send(consent.stamped(Sample(source, steps)))
        while len(samples) < len(sources):
            match await worker.receive():
                case signal.Signals():
                    raise click.Abort
                case Sampled() as event:
                    if event.error:
                        raise (WrongCall if event.absent else Failed)(event.error)
                    samples[event.source] = event.rates
                case Broken(message=why) | str(why):
                    raise Failed(why)
                case Ready() | Alive():
                    pass
                case Started() | StepsDone() | Epoch() | Marked() | Diverged() | Ended():
                    pass  # nothing is trained here
                case Paused() | Resumed() | RangeTestSteps() | RangeTestEnded() | StateTaken():
                    pass
                case TrainedAtOnce() | AtOnceEnded():
                    pass
                case other:
                    assert_never(other)
    return samples
