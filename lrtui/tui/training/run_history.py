"""The runs since the program was opened, and those of earlier sessions once they are asked for."""

import time
from functools import cached_property

from lrtui.runs.record import RunRecord


class RunHistory:
    """Every run, the one under way last.

    Args:
        attached: the name of the training of somebody's script that is watched; empty: none is.
    """

    def __init__(self, attached: str = "") -> None:
        self.attached = attached
        """The name of the training of somebody's script that is watched; empty: it trains here."""
        self.runs: list[RunRecord] = []
        """Every run, oldest first, those of earlier sessions once they are recalled."""
        self._recalled: int | None = None
        """How many of them are of earlier sessions; None: none was asked for."""
        self._began = time.time()

    @property
    def record(self) -> RunRecord | None:
        """The latest run."""
        return self.runs[-1] if len(self.runs) > (self._recalled or 0) else None

    @property
    def active(self) -> RunRecord | None:
        """The run under way, if one is."""
        record = self.record
        return record if record is not None and not record.over else None

    @property
    def would_restore(self) -> bool:
        """Whether a reset would first put back a finite state: the run has diverged."""
        run = self.active
        if run is None or run.paused_for != "diverged":
            return False
        return run.divergences[-1].checkpoint_step is not None

    @cached_property
    def _has_earlier(self) -> bool:
        from lrtui.protocol.registry import places

        return not self.attached and next(places(), None) is not None

    @property
    def has_runs(self) -> bool:
        """Whether there are runs to list, of this session or, as it seems, of an earlier one."""
        return bool(self.runs) or (self._recalled is None and self._has_earlier)

    def recall(self) -> None:
        """Put the runs of earlier sessions before those of this one; once."""
        if self._recalled is None and not self.attached:
            from lrtui.runs.earlier_runs import earlier_runs

            earlier = earlier_runs(self._began)
            self._recalled = len(earlier)
            self.runs[:0] = earlier

    @staticmethod
    def driving_text(record: RunRecord) -> str:
        """The schedule that drives a run at its present step."""
        return record.marks[-1].schedule if record.marks else record.schedule
