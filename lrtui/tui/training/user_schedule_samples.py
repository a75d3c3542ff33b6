"""The sampled rates of the user's own schedules: asked for, received, or refused.

It reads no file; it only looks whether one was changed since it was sampled.
"""

from collections.abc import Callable

from lrtui.protocol import Sample, Sampled
from lrtui.schedules.user_schedule import MOST_STEPS, UserSchedule


class UserScheduleSamples:
    """Asks a worker for samples, and keeps what it answers.

    Args:
        ask: called with what a worker shall sample.
        may_run: whether a person allowed the file of a source, as it is now.
        on_refused: called with a source whose file they did not, once for each that is wanted.
    """

    def __init__(
        self,
        ask: Callable[[Sample], None],
        may_run: Callable[[str], bool],
        on_refused: Callable[[str], None],
    ) -> None:
        self._ask = ask
        self._may_run = may_run
        self._on_refused = on_refused
        self._refused: set[str] = set()
        self._asked: dict[str, int] = {}
        self._changed_at: dict[str, int] = {}
        self._waiting: dict[str, int] = {}
        self.rates: dict[str, bytes] = {}
        """Rates of the steps from 0 on, float32, by source; those before an error as well."""
        self.faults: dict[str, str] = {}
        """What is wrong, by source."""

    @property
    def waiting(self) -> bool:
        """Whether an answer is to come."""
        return bool(self._waiting)

    def request(self, source: str, steps: int) -> None:
        """Ask for samples of so many steps, unless they are there or on their way."""
        if not self._may_run(source):
            self._refuse(source)
            return
        self._refused.discard(source)
        steps = min(steps, MOST_STEPS)
        edited = source in self._changed_at and _changed_at(source) != self._changed_at[source]
        short = 4 * steps > len(self.rates.get(source, b""))
        if edited or (short and self._asked.get(source) != steps):
            self.sample_again(source, steps)

    def sample_again(self, source: str, steps: int) -> None:
        """Ask for the file to be read anew; the samples there are stay until then."""
        self._asked[source] = self._waiting[source] = min(steps, MOST_STEPS)
        self._changed_at[source] = _changed_at(source)
        self._ask(Sample(source, self._asked[source]))

    def _refuse(self, source: str) -> None:
        if source not in self._refused:
            self._refused.add(source)
            self._asked.pop(source, None)
            self.faults[source] = "not run yet: t asks"
            self._on_refused(source)

    def receive(self, event: Sampled) -> bool:
        """Keep an answer. Returns whether it tells a fault that was not told before."""
        source = event.source
        if self._waiting.get(source) == event.steps:
            del self._waiting[source]
        before, told = self.rates.get(source, b""), self.faults.pop(source, "")
        if event.error:
            self.faults[source] = event.error
        if event.rates and (event.error or not before.startswith(event.rates)):
            self.rates[source] = event.rates
        return bool(event.error) and event.error != told

    def give_up(self, why: str) -> None:
        """Take what is waited for as failed: no answer will come."""
        self.faults |= dict.fromkeys(self._waiting, why)
        self._waiting.clear()


def _changed_at(source: str) -> int:
    """When the file was changed, in ns; 0 if there is none."""
    try:
        return UserSchedule(source).file.stat().st_mtime_ns
    except OSError:
        return 0
