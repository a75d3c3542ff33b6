"""Chooses the task: of a list, or one of the user's own, which brings its optimizer."""

from lrtui.protocol import Settings
from lrtui.protocol.optimizers import COMPILED
from lrtui.protocol.settings import user_task_source
from lrtui.tasks import NAMES, task
from lrtui.tasks.user_task import UserTask, sources_of_task
from lrtui.tui.form.form_holder import FormHolder
from lrtui.tui.form.form_line import LineName
from lrtui.tui.form.form_state import FormState
from lrtui.tui.host import Host

TASK = LineName("settings", "task")
_YOUR_OWN = "your own"
"""What the list of tasks calls one that is not in it."""


class TaskChoice:
    """Asks which task it is to be.

    Args:
        holder: what holds the state of the form.
        host: the app.
    """

    def __init__(self, holder: FormHolder, host: Host) -> None:
        self._holder = holder
        self._host = host

    def show(self) -> None:
        """Offer the tasks in a list."""
        from lrtui.tui.dialogs.dialogs import ChoiceDialog  # not needed for the first frame

        taught = [(one, task(one).teaches) for one in NAMES]
        offered = [*taught, (_YOUR_OWN, UserTask("").about.partition(":")[0])]
        present = self._present if self._present in NAMES else _YOUR_OWN
        self._host.push_screen(ChoiceDialog("task", offered, present), self._choose)

    @property
    def _present(self) -> str:
        present: str = self._holder.form_state.settings.by_name["task"]
        return present

    def _choose(self, name: str | None) -> None:
        if name == _YOUR_OWN:
            self._ask()
        elif name is not None:
            self._put(name)

    def _ask(self) -> None:
        from lrtui.tui.dialogs.dialogs import AskDialog

        def take(source: str | None) -> None:
            if source is not None:
                self._host.named(sources_of_task(source))
                self._put(source)

        hint = "a function in a Python file that returns a compiled model and its data"
        offered = self._present if sources_of_task(self._present) else ""
        dialog = AskDialog("your task, mymodule.py:name", user_task_source, offered, hint)
        self._host.push_screen(dialog, take)

    def _put(self, name: str) -> None:
        state = self._holder.form_state
        self._holder.put(with_own_optimizer(state, state.put(TASK, name)))


def with_own_optimizer(before: FormState, after: FormState) -> FormState:
    """The state after a change, with the optimizer of a task of one's own, or without it again."""
    had, has = (bool(sources_of_task(one.settings.by_name["task"])) for one in (before, after))
    optimizer = LineName("settings", "optimizer")
    if has and not had:
        return after.put(optimizer, COMPILED)
    if had and not has and after.settings.by_name["optimizer"] == COMPILED:
        return after.put(optimizer, Settings().optimizer)
    return after
