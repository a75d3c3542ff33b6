"""Sweeps from Python: ``lrtui.sweep``."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lrtui.protocol import Settings
from lrtui.runs.sweeps.answers import SweepAnswers
from lrtui.runs.sweeps.axes import read_axis
from lrtui.runs.sweeps.cells import SweepRequest, check_size
from lrtui.runs.sweeps.engine import AHEAD, worn
from lrtui.runs.sweeps.processes import Processes, cores
from lrtui.runs.sweeps.run import Budget, SweepRun
from lrtui.runs.sweeps.store import Store
from lrtui.schedules import Invalid, Schedule, parse
from lrtui.schedules.user_schedule import user_sources


def sweep(
    schedules: str | Schedule | Sequence[str | Schedule],
    over: Mapping[str, str | Sequence[object]],
    *,
    seeds: int = 4,
    store: str | Path | None = None,
    executor: Any = None,
    jobs: int | None = None,
    threads: int = 1,
    budget: float | None = None,
    **settings: Any,
) -> SweepAnswers:
    """Train with every combination of values, each with several seeds.

    Args:
        schedules: one or several, as text or as values.
        over: by name of a parameter or setting its values: ``"0.01..1:8"`` or a list.
        seeds: of each cell, from the setting `seed` on.
        store: a file that keeps each training; the same call goes on with it. None: none.
        executor: any with the interface of ``concurrent.futures``: it calls a function of ours with
            bytes, in processes where lrtui and TensorFlow are installed. It is not shut down. None:
            processes of this machine.
        jobs: how many processes, or chunks that an executor is given at a time; None: one a core.
        threads: of each training process.
        budget: at most so many whole trainings, by successive halving; None: all.
        settings: as ``lrtui train`` has them: ``task``, ``optimizer``, ``epochs`` ...

    Returns:
        What came of each cell, in the order of the axes, and which is best.

    Raises:
        Invalid: a value is not allowed; or a schedule is in a file of code, for `lrtui sweep`.
        EngineGone: the executor is gone. What is kept stays.
        OSError: the store cannot be written.
    """
    given = [schedules] if isinstance(schedules, (str, Schedule)) else list(schedules)
    chosen = [parse(one) if isinstance(one, str) else one for one in given]
    for source in (source for one in chosen for source in user_sources(one)):
        raise Invalid("schedules", "must be no files of code: `lrtui sweep` takes them", source)
    wanted = Settings(**settings)
    axes = tuple(read_axis(f"{name}={_described(values)}", chosen) for name, values in over.items())
    numbers = range(wanted.seed, wanted.seed + seeds)
    asked = SweepRequest(tuple(map(str, chosen)), axes, tuple(numbers), wanted.replace(seed=0))
    check_size(asked)
    with contextlib.ExitStack() as stack:
        kept = stack.enter_context(
            contextlib.closing(Store(None if store is None else Path(store)))
        )
        count = jobs or cores()
        if executor is None:
            executor = Processes(count, worn)
            stack.callback(executor.shutdown, cancel_futures=True)
        width = AHEAD * count
        limit = None if budget is None else Budget(trainings=budget)
        run = SweepRun(asked, executor, kept, width=width, threads=threads, budget=limit)
        run.run()
        return run.answers


def _described(values: str | Sequence[object]) -> str:
    return values if isinstance(values, str) else ",".join(map(str, values))
