"""Trainings at once without a screen: asked for one after another, with progress on stderr."""

import asyncio
import signal
from types import TracebackType
from typing import Self, TextIO

from lrtui.cli.consent import consent_of_call
from lrtui.cli.errors import Failed
from lrtui.cli.progress import LOADING, ProgressLine
from lrtui.cli.worker_session import ENDING
from lrtui.protocol import AtOnceEnded, Ready
from lrtui.runs.at_once import AtOnce
from lrtui.runs.trained import Asked, Trained


class NotAtOnce(Exception):
    """It cannot be had at once; the message says why."""


class Interrupted(Exception):
    """A signal ended it; what was trained by then is in it."""

    def __init__(self, trained: Trained) -> None:
        super().__init__(f"interrupted after {int(trained.steps.sum())} steps")
        self.trained = trained


class AtOnceRuns:
    """Trains at once in a process of its own, for as long as it is entered.

    Args:
        device: ``cpu`` or ``gpu``.
        threads: at most so many compute.
        progress: where the progress is drawn, if that is a terminal.
    """

    def __init__(self, device: str, threads: int, progress: TextIO | None) -> None:
        self._line = ProgressLine(progress)
        self._device, self._threads = device, threads
        self._signals: list[signal.Signals] = []
        self._interrupted = False
        self.ready: Ready | None = None
        """What the process said of itself."""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        # A signal that whoever started us has switched off, as nohup does, stays off.
        self._signals = [one for one in ENDING if signal.getsignal(one) != signal.SIG_IGN]
        for number in self._signals:
            loop.add_signal_handler(number, self._interrupt)
        self._at_once = AtOnce(
            device=self._device,
            threads=self._threads,
            on_ready=self._is_ready,
            stamp=consent_of_call().stamped,
        )
        self._line.draw(LOADING)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.draw("")
        await self._at_once.close()
        for number in self._signals:
            asyncio.get_running_loop().remove_signal_handler(number)

    async def train(self, asked: Asked, what: str) -> Trained:
        """Train all of them.

        Args:
            asked: the trainings.
            what: they are, for the progress.

        Raises:
            Interrupted: a signal came.
            Failed: they cannot be trained, or the process is gone.
            NotAtOnce: they can be trained by ``model.fit`` only.
        """
        total = len(asked.rows) * asked.rates.shape[1]
        done: asyncio.Future[tuple[Trained, AtOnceEnded]]
        done = asyncio.get_running_loop().create_future()

        def draw(trained: Trained) -> None:
            self._line.bar(int(trained.steps.sum()), total, what)

        self._at_once.ask(asked, draw, lambda *ended: done.set_result(ended))
        if self._interrupted:
            self._at_once.drop()
        trained, ended = await done
        if ended.reason == "impossible":
            raise NotAtOnce(ended.message)
        if ended.reason == "failed":
            raise Failed(ended.message)
        if ended.reason == "dropped":
            raise Interrupted(trained)
        return trained

    def _is_ready(self, ready: Ready) -> None:
        self.ready = ready

    def _interrupt(self) -> None:
        self._interrupted = True
        self._at_once.drop()
