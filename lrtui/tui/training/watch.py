"""What is watched: the logs of other people's trainings, each held against the form's schedule."""

from lrtui.logs.audit.verdict import AuditVerdict, verdict
from lrtui.logs.values import Log
from lrtui.schedules import Schedule


class Watch:
    """The logs as they were last read, and what is said of the last of them.

    Args:
        steps_per_epoch: steps of an epoch, for logs that count epochs; None: as each says.
    """

    def __init__(self, steps_per_epoch: int | None = None) -> None:
        self.logs: tuple[Log, ...] = ()
        self._steps_per_epoch = steps_per_epoch
        self._departed = False
        self._known: tuple[Log, Schedule, AuditVerdict | None] | None = None

    def take(self, logs: tuple[Log, ...], schedule: Schedule) -> str:
        """Take in what was read; what a person should be told of it, if it is news.

        Args:
            logs: the logs now.
            schedule: the form's.
        """
        self.logs = logs
        told = self.verdict(schedule)
        before, self._departed = self._departed, told is not None and not told.same
        return told.text if told is not None and self._departed and not before else ""

    def verdict(self, schedule: Schedule) -> AuditVerdict | None:
        """Whether the rates of the last log are this schedule's; None: it has none."""
        if not self.logs:
            return None
        log = self.logs[-1]
        if self._known is None or self._known[0] is not log or self._known[1] != schedule:
            self._known = (log, schedule, verdict(log, schedule, self._steps_per_epoch))
        return self._known[2]
