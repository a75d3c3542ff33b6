"""What can be had at once: the losses that follow the finger, response, landscape, forks."""

from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.protocol import StateTaken
from lrtui.schedules import Invalid, Schedule
from lrtui.schedules.user_schedule import with_samples
from lrtui.tui.form.editor import Editor
from lrtui.tui.form.form_line import LineName
from lrtui.tui.host import Host
from lrtui.tui.training.loss_follower import LossFollower
from lrtui.tui.training.run_follower import RunFollower
from lrtui.tui.training.session import Session
from lrtui.tui.training.trainer import Trainer

if TYPE_CHECKING:
    from lrtui.runs.forks import Fork
    from lrtui.runs.landscape import Place
    from lrtui.tui.dialogs.landscape_dialog import LandscapeDialog
    from lrtui.tui.training.landscape import Landscape, MapAxis


class Explorer:
    """Holds the last landscape.

    Args:
        editor: holds what the form shows.
        session: holds the present run.
        losses: trains at once.
        trainer: trains.
        host: the app.
    """

    def __init__(
        self,
        editor: Editor,
        session: Session,
        losses: LossFollower,
        trainer: Trainer,
        host: Host,
    ) -> None:
        self._session = session
        self._editor, self._losses, self._trainer, self._host = editor, losses, trainer, host
        self.run_follower = RunFollower(session, losses, host)
        """What the form would do to the run under way."""
        self.landscape: Landscape | None = None
        """What was last looked at."""
        self._other: LineName | None = None
        self._stored = False
        """Whether that is of a file: it is no map of a form's before."""
        self._exported_to = "landscape.csv"

    def follow(self, shown: Schedule) -> None:
        """Ask for the losses of what the form shows: from the present step of a run, if any."""
        state, run = self._editor.form_state, self._session.active
        if run is not None and not self._session.attached:
            if not state.fault:
                self.run_follower.follow(run, shown)
            return
        self.run_follower.end()
        if not state.fault and run is None:
            self._losses.follow(shown, state.settings.valid, state.view.valid.seeds)

    def show_response(self) -> None:
        """Show what the present line does to the final loss."""
        from lrtui.tui.dialogs.response_list import ResponseList

        ResponseList(self._editor, self._losses, self._host, self._sampled).show()

    def _sampled(self, schedule: Schedule) -> Schedule:
        """The schedule with the rates that are known of what is the user's own in it."""
        return with_samples(schedule, self._session.user_schedules.rates)

    def show_landscape(self) -> None:
        """Ask for the parameter beside the present line, and show both."""
        from lrtui.tui.dialogs.dialogs import ChoiceDialog
        from lrtui.tui.training.landscape import axis_of

        state, line = self._editor.form_state, self._editor.present_line
        across = axis_of(state, line)
        if across is None:
            self._host.say("the present line has one value only")
            return
        lines = [one.name for one in state.lines() if not one.is_heading and one.name != line]
        axes = {_key(one): axis for one in lines if (axis := axis_of(state, one)) is not None}
        offered = [(name, f"{axis.texts[0]} to {axis.texts[-1]}") for name, axis in axes.items()]
        if not offered:
            self._host.say("there is no other line that can be turned")
            return
        present = _key(self._other) if self._other is not None else offered[0][0]
        present = present if present in axes else offered[0][0]

        def chosen(name: str | None) -> None:
            if name is not None:
                self._other = axes[name].line
                self._show(across, axes[name])

        title = f"{across.label}, and upward"
        self._host.push_screen(ChoiceDialog(title, offered, present), chosen)

    def _show(self, across: "MapAxis", up: "MapAxis") -> None:
        from lrtui.tui.training.landscape import Landscape

        earlier = None if self._stored else self.landscape
        self._stored = False
        state = self._editor.form_state
        self._show_map(Landscape(state, across, up, earlier, sampled=self._sampled))

    def show_store(self, path: Path) -> None:
        """Show what a file of ``lrtui sweep`` holds, as a map, and go on filling it.

        Raises:
            Invalid: it holds no sweep that can be shown.
            OSError: it cannot be read.
        """
        from lrtui.tui.training.stored_landscape import StoredLandscape

        ready = self._session.ready
        versions = {} if ready is None else {"tensorflow": ready.tensorflow, "keras": ready.keras}
        made = StoredLandscape(path, self._host.say, ready.threads if ready else 2, versions)
        if sources := made.sources:
            self._host.say(
                f"the sweep asks for your code: {sources[0]}, which is not run from here"
            )
        self._stored = True
        self._show_map(made)

    def _show_map(self, made: "Landscape") -> None:
        from lrtui.tui.dialogs.landscape_dialog import LandscapeDialog

        self.landscape = made
        dialog = LandscapeDialog(
            made, lambda what, place: self._act(dialog, what, place), ascii=self._host.ascii
        )
        self._host.push_screen(dialog, self._close)
        made.train(self._losses, dialog.redraw)

    def _close(self, _: None) -> None:
        self._losses.ask_no_more()
        self._host.redraw()

    def _act(self, dialog: "LandscapeDialog", what: str, place: "Place") -> None:
        made = self.landscape
        assert made is not None
        if what == "export":
            self._export(made, dialog)
            return
        if what == "next":
            self._show_next(made, dialog)
            return
        dialog.dismiss()
        made.put_into(self._editor, place)
        if what == "train":
            self._trainer.train()

    def _show_next(self, made: "Landscape", dialog: "LandscapeDialog") -> None:
        if made.maps == 1:
            return
        try:
            following = made.next_map()
        except (Invalid, OSError) as error:
            dialog.say(str(error))
            return
        self._losses.ask_no_more()
        self.landscape = following
        dialog.show(following)
        following.train(self._losses, dialog.redraw)

    # ------------------------------------------------------------------ forks

    def show_forks(self) -> None:
        """Show the ways that the present run could go on, as soon as its state is known."""
        from lrtui.tui.dialogs.fork_dialog import ForkDialog
        from lrtui.tui.training.fork_trials import ForkTrials, why_no_fork

        run = self._session.active
        if run is None or (why := why_no_fork(run)):
            self._host.say(why if run is not None else "nothing trains; t trains")
            return
        dialog = ForkDialog(self._host.scene.marker)

        def taken(event: StateTaken) -> None:
            if event.error or run.over:
                self._host.say(event.error or "the run is over")
                dialog.dismiss()
            elif dialog.is_attached:
                shown = self._host.scene.schedule
                dialog.trials = ForkTrials(run, event, shown, self._losses, dialog.redraw)
                dialog.trials.begin()

        def chosen(fork: "Fork | None") -> None:
            self._losses.ask_no_more()
            self._host.redraw()
            if fork is not None and fork.schedule is not None:
                self._trainer.reset_to(fork.schedule)

        self._host.push_screen(dialog, chosen)
        self._session.take_state(taken)

    def _export(self, made: "Landscape", dialog: "LandscapeDialog") -> None:
        from lrtui.export.files import write_atomically
        from lrtui.export.landscape import landscape_csv
        from lrtui.tui.dialogs.dialogs import AskDialog
        from lrtui.tui.dialogs.save_files import free_path, typed_path

        names = (made.across.line.field, made.up.line.field)
        first = made.trained_at((0, 0))[1].seed
        seeds = [(first + number) % 2**31 for number in range(made.seeds)]

        def write(text: str) -> str:
            path = typed_path(text)
            rows = [
                (made.across.texts[column], made.up.texts[row], made.cells[row, column])
                for row, column in made.order
            ]
            try:
                write_atomically(path, landscape_csv(names, rows, seeds))
            except OSError as error:
                raise ValueError(f"{path} could not be written: {error.strerror}") from None
            self._exported_to = str(path)
            return f"{len(rows)} cells written to {path.absolute()}"

        def told(said: str | None) -> None:
            if said:
                dialog.say(said)

        hint = "CSV, a row a cell that is known: both values, the median, each seed's final loss"
        offered = free_path(self._exported_to)
        self._host.push_screen(AskDialog("export the landscape to", write, offered, hint), told)


def _key(name: LineName) -> str:
    field = name.field.replace("_", " ")
    plain = name.section in ("schedule", "settings") or name.section in field
    return field if plain else f"{name.section} {field}"
