"""What the form is told beside somebody's training: what trains there, and for how long."""

import math
from collections.abc import Callable

from lrtui.protocol import Script
from lrtui.protocol.values import last_known
from lrtui.runs.record import RunRecord, known_schedule
from lrtui.schedules.family.constant import Constant
from lrtui.tui.form.editor import Editor
from lrtui.tui.training.session import Session


class AttachedForm:
    """Tells the form each of them once, as soon as it is known.

    Args:
        session: holds the run.
        editor: of the form.
        say: tells a person.
        schedule: whether the form is to show what trains: ``r`` must not bring something else.
        length: whether what is chosen in the form is to end with the training.
    """

    def __init__(
        self,
        session: Session,
        editor: Editor,
        say: Callable[[str], None],
        *,
        schedule: bool,
        length: bool,
    ) -> None:
        self._session, self._editor, self._say = session, editor, say
        self._wants_schedule, self._wants_length = schedule, length

    def learn(self) -> None:
        """Tell the form what is known by now and was not told yet."""
        record = self._session.record
        if record is None:
            return
        if self._wants_length and isinstance(record.settings, Script):
            self._editor.stand_beside(record.settings)
        self._wants_length = False
        if self._wants_schedule:
            self._wants_schedule = not self._begin_with(record)

    def _begin_with(self, record: RunRecord) -> bool:
        """Show what trains, or its present rate where only its script knows; whether it could."""
        known, rate = known_schedule(record.schedule), last_known(record.rates)
        if known is None and (rate is None or not math.isfinite(rate)):
            return False
        self._editor.begin_with(known or Constant(float(f"{rate:.3g}")))
        if known is None:
            again = f"lrtui ctl {self._session.attached} reset begins its own again"
            self._say(
                f"{record.schedule} is known in its script only: r begins the form's; {again}"
            )
        return True
