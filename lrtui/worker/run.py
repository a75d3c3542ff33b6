"""One training from beginning to end, in the process that calls it: an ordinary Keras program."""

from pathlib import Path
from typing import Any

import keras
from msgspec.structs import replace

from lrtui.live.callback import Live
from lrtui.live.link import KeepingLink, Link
from lrtui.live.plateau import Plateau
from lrtui.live.steering import AnyRates, EpochDrive, Steering
from lrtui.live.user_schedule import prepare
from lrtui.protocol import Ended, Reset, Start, Started, Steer, to_wire
from lrtui.schedules import parse
from lrtui.worker import build
from lrtui.worker.parts import count_of
from lrtui.worker.range_test import RunFinder
from lrtui.worker.tensorboard import TensorBoard, TensorBoardLink


def train(start: Start, link: Link, threads: int = 2) -> Start | None:
    """Train from fresh weights, and tell the link from ``Started`` to ``Ended``.

    Args:
        start: what to train.
        link: who watches and steers.
        threads: at most so many prepare the batches.

    Returns:
        The start that ended this run before its time, if one did.

    Raises:
        Invalid: a schedule (the script's too) or the optimizer is not understood; nothing has been
            told.
        OSError: the folder of the event files cannot be made or written.
        OwnFault: the schedule is the user's own and cannot be trained with.
        Exception: whatever Keras raises; the steps before that have been told, ``Ended`` not.
    """
    settings = start.settings
    link = link if isinstance(link, KeepingLink) else KeepingLink(link)
    for _, command in start.script:
        if isinstance(command, Reset) and command.schedule is not None:
            parse(command.schedule)
    keras.backend.clear_session()
    schedule, driver, sampled = prepare(parse(start.schedule), settings.steps, link, start.allowed)
    material = build.material(settings, threads, start.allowed)
    validation = material.validation
    optimizer = material.made.optimizer(settings.optimizer, float(schedule(0)))
    material.made.compile(optimizer, eager=settings.eager)
    board = None if start.tensorboard is None else TensorBoard(Path(start.tensorboard))
    watched = link if board is None else TensorBoardLink(link, board)
    finder = RunFinder(material, settings, link)
    live, callbacks = _callbacks(material.model, driver, start, watched, finder)
    link.send(Started(str(schedule), settings))
    for event in sampled:
        link.send(event)
    try:
        history = material.model.fit(
            material.batches,
            epochs=settings.epochs,
            steps_per_epoch=settings.steps_per_epoch,
            validation_data=validation,
            validation_batch_size=None if validation is None else count_of(validation),
            shuffle=False,
            verbose=0,
            callbacks=callbacks if board is None else [*callbacks, board],
        )
    finally:
        live.close()
        if board is not None:
            board.close()
    if live.fault is not None:
        raise live.fault
    stopped = live.stopped
    told = {
        name: [to_wire(float(one)) for one in values] for name, values in history.history.items()
    }
    link.send(Ended("stopped" if stopped else "done", history=told))
    return live.successor


def _callbacks(
    model: Any, driver: AnyRates, start: Start, link: Link, finder: RunFinder
) -> tuple[Live, list[Any]]:
    drive = EpochDrive(driver) if start.settings.drive == "callback" else None
    steering = Steering(model, drive if drive is not None else driver)
    live = Live(
        link=link,
        steering=steering,
        script=_script(start),
        pace=start.pace,
        pause_on_divergence=start.pause_on_divergence,
        finder=finder,
    )
    callbacks: list[Any] = [] if drive is None else [keras.callbacks.LearningRateScheduler(drive)]
    patience, factor = start.settings.plateau_patience, start.settings.plateau_factor
    if patience is not None:
        callbacks.append(Plateau(steering, patience=patience, factor=factor))
    return live, [*callbacks, live]


def _script(start: Start) -> tuple[tuple[int, Steer], ...]:
    """The script; what the start may run, its resets may run."""
    return tuple(
        (step, replace(one, allowed=start.allowed) if isinstance(one, Reset) else one)
        for step, one in start.script
    )
