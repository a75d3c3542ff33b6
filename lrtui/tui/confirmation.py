"""Asks once before a key ends a training."""

from collections.abc import Callable

from lrtui.tui.keys import ACTIONS, KEYS
from lrtui.tui.terminal.base_app import NOTICE_SECONDS
from lrtui.tui.training.session import Session

ANSWER_SECONDS = 0.5
"""A key that comes sooner answers nothing: it is held, or was typed before one could read."""
YES = "y"
ENDS_RUN = {
    "quit": "ends it and leaves",
    "train": "ends it and trains what the form shows",
    "start_over": "ends it and starts over",
    "end_worker": "ends it with the worker",
}
"""What ends a training under way, and what is said of it."""


class Confirmation:
    """Remembers what was asked, until it is answered or another key is pressed.

    Args:
        session: holds the runs.
        clock: seconds, monotonic.
    """

    def __init__(self, session: Session, clock: Callable[[], float]) -> None:
        self._session = session
        self._clock = clock
        self._asked = ""
        self._since = self._latest = 0.0
        """When it was asked, and when its key was pressed last."""

    def hear(self, key: str) -> None:
        """Note a key: one that answers nothing withdraws the question."""
        if key != YES and ACTIONS.get(key) != self._asked:
            self._asked = ""

    def decide(self, action: str) -> tuple[str, str]:
        """What to do at a key: an action, or a question to ask instead; the other is empty."""
        now = self._clock()
        if not self._asked or now - self._since > NOTICE_SECONDS:
            self._asked = ""
        soon = now - self._latest < ANSWER_SECONDS
        if self._asked and action == ACTIONS[YES]:
            action = self._asked
        elif self._asked == action:
            self._latest = now
        question = self._question(action)
        if not question or (self._asked == action and not soon):
            self._asked = ""
            return action, ""
        if self._asked != action:
            self._asked, self._since, self._latest = action, now, now
        return "", question

    def _question(self, action: str) -> str:
        """What is asked before an action; empty: it loses nothing."""
        session = self._session
        key = next((key.name for key in KEYS if key.action == action), "")
        if session.attached:  # leaving it ends nothing; stopping it may end somebody's night
            asked = action == "stop" and session.active is not None
            return f"{key} again, or {YES}, ends {session.attached} for good" if asked else ""
        if action not in ENDS_RUN:
            return ""
        if session.active is not None and (action != "end_worker" or session.worker.answers):
            return f"a training is under way: {key} again, or {YES}, {ENDS_RUN[action]}"
        return ""
