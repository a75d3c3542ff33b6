"""Does what the keys of a training ask for, with what the form and the session hold."""

from collections.abc import Callable
from functools import partial

from lrtui.protocol import RangeTestEnded, SetRate, Settings
from lrtui.runs.record import RunRecord
from lrtui.schedules import Invalid, Schedule, parameters
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.user_schedule import user_sources
from lrtui.tasks.user_task import sources_of_task
from lrtui.tui.form.editor import Editor
from lrtui.tui.form.form_state import FormState
from lrtui.tui.host import Host
from lrtui.tui.list_line import ListLine
from lrtui.tui.plots.plot_controller import PlotController
from lrtui.tui.training import run_list as runs
from lrtui.tui.training.session import Session


class Trainer:
    """Trains with what the form holds.

    Args:
        session: the runs and their worker.
        editor: holds what the form shows.
        plot_controller: holds which runs are laid over the present one.
        host: the app.
    """

    def __init__(
        self, session: Session, editor: Editor, plot_controller: PlotController, host: Host
    ) -> None:
        self._session = session
        self._editor = editor
        self._plot_controller = plot_controller
        self._host = host
        self._target: float | None = None
        self._exported_to = "run.json"
        """The runs that are in a file."""
        session.on_found = self._show_range_test

    def train(self) -> None:
        """Train with what the form shows."""
        self.with_consent(self._train)

    def _train(self) -> None:
        self._session.train(str(self._form_state.schedule), self._form_state.settings.valid)

    def reset(self) -> None:
        """Restart the schedule as the form shows it."""
        self.with_consent(self._reset)

    def _reset(self) -> None:
        self._session.reset(str(self._form_state.schedule))

    def reset_to(self, schedule: Schedule) -> None:
        """Let another schedule than the form's take the present run over, at once."""
        self._session.reset(str(schedule))

    def ask_rate(self) -> None:
        """Ask for the rate that the present run shall have from its next step on."""
        from lrtui.tui.dialogs.dialogs import AskDialog

        def take(rate: float | None) -> None:
            if rate is not None:
                self._session.steer(SetRate(rate))

        hint = "from the next step on, until a reset (r) or N; n and b multiply it"
        self._host.push_screen(
            AskDialog("learning rate", parameters(Constant)[0].read, "", hint), take
        )

    def with_consent(self, then: Callable[[], None]) -> None:
        """Do it, if a person allows the code of the form's schedule and task; ask, if need be."""
        consent = self._session.consent
        task = self._form_state.settings.valid.task
        sources = (*user_sources(self._form_state.schedule), *sources_of_task(task))
        missing = consent.missing(sources)
        if not missing:
            then()
            return
        from lrtui.tui.dialogs.dialogs import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if yes:
                not_kept = consent.allow(missing)
                then()
                if not_kept:
                    self._host.say(not_kept)

        self._host.push_screen(ConfirmDialog(f"run your code, {', '.join(missing)}?"), answered)

    def find_rate(self) -> None:
        """Begin a range test with the form's task and optimizer."""
        self.with_consent(lambda: self._session.find_rate(self._form_state.settings.valid))

    def show_worker(self) -> None:
        """Show the state of the worker, and what it printed."""
        from lrtui.tui.dialogs.dialogs import HelpDialog
        from lrtui.tui.training.worker_facts import facts

        said = "\n".join(self._session.output[-300:]) or "nothing"
        texts: list[tuple[str, list[tuple[str, str]] | str]] = [
            ("the worker", facts(self._session.worker)),
            ("what it printed", said),
        ]
        self._host.push_screen(HelpDialog(texts, title="worker"))

    # ------------------------------------------------------------------ runs

    def list_runs(self) -> None:
        """List the runs, with keys for what can be done with one."""
        from lrtui.tui.dialogs.list_dialog import ListDialog

        self._session.recall()
        if not self._session.runs:
            self._host.say("nothing was trained yet; t trains")
            return
        keys = (
            ("enter", "lay over", self._lay_over),
            ("space", "lay over, stay", self._plot_controller.lay_over),
            ("f", "into the form", self._take_run),
            ("e", "export", self._export),
            ("l", "steps to a loss", self._ask_target),
            ("y", "smooth", lambda _: self._plot_controller.toggle_smooth()),
        )
        self._host.push_screen(ListDialog("runs", self._run_lines, keys, least_name=15))

    def _lay_over(self, run: int) -> bool:
        self._plot_controller.lay_over(run)
        return True

    def _run_lines(self) -> list[ListLine]:
        from lrtui.tui.scene.run_picture import run_picture

        made = self._session.runs
        overlaid = self._plot_controller.view_state.overlaid
        return [
            ListLine(
                f"{'*' if place in overlaid else ' '} {name}",
                runs.outcome(run, ascii=self._host.ascii),
                runs.what_trained(run, self._target),
                partial(run_picture, run, self._host.scene.marker),
            )
            for place, (name, run) in enumerate(zip(runs.run_names(made), made, strict=True))
        ]

    def _take_run(self, place: int) -> bool:
        run = self._session.runs[place]
        try:
            self._editor.load(run.schedule, run.settings)
        except Invalid as fault:
            self._host.say(str(fault))
            return False
        return True

    def _ask_target(self, _: int) -> None:
        from lrtui.tui.dialogs.dialogs import AskDialog

        def take(target: float | None) -> None:
            self._target = target if target is not None else self._target

        hint = "told of each run: after how many steps an epoch first ended at this loss"
        self._host.push_screen(AskDialog("a loss to reach", runs.read_loss, "", hint), take)

    # ------------------------------------------------------------------ export

    def export(self) -> None:
        """Ask for a file and write the latest run to it."""
        self._export(len(self._session.runs) - 1)

    def _export(self, place: int) -> None:
        from lrtui.tui.dialogs.dialogs import AskDialog
        from lrtui.tui.dialogs.save_files import free_path, save_run, typed_path

        run = self._session.runs[place]

        def write(text: str) -> str:
            name, _, more = text.strip().partition(" +")
            path = typed_path(name)
            save_run(run, self._session.ready, path, per_step=more.strip() == "steps")
            self._exported_to = text.replace(name, str(path), 1)
            return f"written to {path.absolute()}"

        def told(said: str | None) -> None:
            if said:
                self._host.say(said)

        ours = isinstance(run.settings, Settings)
        repeated = "can be repeated by lrtui train --from" if ours else "holds all that is known"
        hint = (
            f"a .json {repeated}; a .csv has a row an epoch. "
            "With +steps after the name: a row a step"
        )
        name, plus, more = self._exported_to.partition(" +")
        offered = f"{free_path(name)}{plus}{more}"
        self._host.push_screen(AskDialog("export the run to", write, offered, hint), told)

    # ------------------------------------------------------------------ within

    @property
    def _form_state(self) -> FormState:
        return self._editor.form_state

    def _show_range_test(self, found: RangeTestEnded) -> None:
        if found.error:
            self._host.say(f"the range test failed: {found.error}")
            return
        from lrtui.tui.dialogs.range_test_dialog import RangeTestDialog

        def take(rate: float | None) -> None:
            if rate is not None:
                self._editor.set_rate(rate)

        self._host.push_screen(RangeTestDialog(found, self._host.scene.marker), take)

    def overlaid(self) -> tuple[tuple[str, RunRecord], ...]:
        """The runs that are laid over the present one, each with its name."""
        made, present = self._session.runs, self._session.record
        overlaid = self._plot_controller.view_state.overlaid
        shown = [place for place in overlaid if made[place] is not present]
        names = runs.run_names(made) if shown else []
        return tuple((names[place], made[place]) for place in shown)
