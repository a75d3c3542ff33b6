"""The main screen: header, form, plots, readout, table of epochs, footer. Shows what is given."""

import textwrap
from collections.abc import Callable, Sequence
from functools import partial

from textual import events
from textual.app import ComposeResult

from lrtui.runs.record import EpochRecord
from lrtui.tui import paints, status_lines
from lrtui.tui.footer import footer_keys, footer_row, key_at, likely_actions
from lrtui.tui.form.form import Form, FormListener
from lrtui.tui.form.form_line import FormLine
from lrtui.tui.keys import MOVE, Key
from lrtui.tui.plots.plot_view import PlotListener, PlotView
from lrtui.tui.scene.pictures import loss_picture, loss_picture_key, rate_picture
from lrtui.tui.scene.readout import readout
from lrtui.tui.scene.scene import Scene
from lrtui.tui.scene.scene_notes import scene_notes
from lrtui.tui.terminal.cached_containers import CachedHorizontal, CachedVertical
from lrtui.tui.terminal.painted_rows import PaintedRows, PaintedText
from lrtui.tui.terminal.typeahead import KeyOrPaste
from lrtui.tui.training.loss_follower import LossFollower
from lrtui.tui.training.session import Session

NOTE_CELLS = 130
"""A note is about so long."""


class MainScreen(CachedVertical):
    """The form at the left, plots and table at the right.

    Args:
        form_listener: is told what is done in the form.
        plot_listener: is told what is done in the plots.
        press: called with the name of what a key does whose label is clicked.
        late: called with a key or a paste that came when a dialog was over this screen.
    """

    def __init__(
        self,
        form_listener: FormListener,
        plot_listener: PlotListener,
        press: Callable[[str], None],
        late: Callable[[KeyOrPaste], None],
    ) -> None:
        super().__init__(id="main")
        self._form_listener = form_listener
        self._plot_listener = plot_listener
        self._press = press
        self._late = late
        self._offered: Sequence[Key] = ()
        self._keys: list[Key] = []
        self._footer: tuple[list[Key], Sequence[str], bool] | None = None
        """What the footer was made of."""
        self._session: Session | None = None
        self._scene: Scene | None = None
        self._ascii = False
        self._folds = True
        """Whether the form is a row while a training runs, where there is little room."""
        self._told_of: tuple[object, ...] = ()
        """What the column beside the plots shows."""

    def compose(self) -> ComposeResult:
        """Make what a first frame shows; the rest is mounted when there is something to show."""
        yield PaintedRows(id="header")
        with CachedHorizontal(id="body"):
            left = CachedVertical(id="left")
            left.border_title = "schedule"
            with left:
                yield Form(self._form_listener, self._show_footer)
                yield PaintedRows(id="side")
                yield PaintedRows(id="progress")
                yield PaintedRows(id="worker")
            with CachedVertical(id="right"):
                yield PlotView(self._plot_listener, id="rate")
                yield PaintedRows(id="readout")
                yield PaintedRows(id="notes")
        yield PaintedRows(id="footer")

    # What a first frame does not show is mounted when there is something to show.

    @property
    def form(self) -> Form:
        """The form."""
        return self.query_one(Form)

    @property
    def rates(self) -> PlotView:
        """The plot of rates."""
        return self.query_one("#rate", PlotView)

    def show(
        self,
        lines: Sequence[FormLine],
        name: str,
        scene: Scene,
        session: Session,
        losses: LossFollower,
    ) -> None:
        """Show this.

        Args:
            lines: the form.
            name: what the schedule is called.
            scene: what the plots show.
            session: what goes on.
            losses: what is had at once.
        """
        self._ascii, self._session = scene.ascii, session
        self.form.show(lines)
        seen = losses.wanted and session.active is None
        bare = scene.watched and session.record is not None and not session.record.has_losses
        self.screen.set_class((session.record is not None and not bare) or seen, "-trained")
        self.screen.set_class(session.active is not None, "-active")
        if session.active is not None:
            # A fault has a row of its own, for which there is none in a form that is folded.
            self.screen.set_class(self._folds and not self.form.present.fault, "-folded")
        self.rates.show(partial(rate_picture, scene))
        ascii = self._ascii
        self._put("#header", lambda width: status_lines.header_text(name, session, width, ascii))
        self._scene = scene
        self._show_below_plot()
        sound = not any(line.fault and line.name.section != "view" for line in lines)
        self._put(
            "#progress",
            lambda width: status_lines.progress_text(session, width, ascii, sound=sound),
        )
        self._put("#worker", lambda width: status_lines.worker_text(session, losses, width))
        self._show_losses("loss", scene, None, wanted=session.record is not None or seen)
        self._show_losses("metric", scene, scene.beside, wanted=scene.beside is not None)
        self.screen.set_class(scene.beside is not None, "-measured")
        if session.record is not None:
            self._show_epochs(scene, session.record.rows)

    def toggle_form(self) -> None:
        """Fold the form to a row, or open it; it is so in the next training too."""
        self._folds = not self.screen.has_class("-folded")
        self.screen.set_class(self._folds, "-folded")

    def unfold(self) -> None:
        """Open the form, at a key after a training: by itself nothing on the screen moves."""
        if self._session is not None and self._session.active is None:
            self.screen.remove_class("-folded")

    def show_side(self, rows: Callable[[int, int], Sequence[PaintedText]]) -> None:
        """Show this below the form, where there is room: from width and height to rows."""
        side = self.query_one("#side", PaintedRows)
        if side.display:
            self.form.styles.height = self.form.rows_needed
            side.fit(lambda width: rows(width, side.size.height))
        else:
            self.form.styles.height = "1fr"

    def _show_losses(self, id: str, scene: Scene, measure: str | None, *, wanted: bool) -> None:
        """Show the losses of the last training and those that the form's would have; or a metric.

        Args:
            id: of the plot.
            scene: what it shows.
            measure: the loss or the metric; None: what the scene draws.
            wanted: whether there is anything to be seen in it.
        """
        there = self.query_one_optional(f"#{id}", PlotView)
        if there is None:
            if not wanted:
                return
            there = PlotView(self._plot_listener, id=id)
            above = self.query_one_optional("#epochs")  # which may be there before a metric is
            self.query_one("#right").mount(there, before=above)
        there.set_class(not wanted, "-unwanted")
        draw = partial(loss_picture, scene, measure=measure)
        there.show(draw, key=loss_picture_key(scene, measure))

    def _show_epochs(self, scene: Scene, rows: Sequence[EpochRecord]) -> None:
        """Show the epochs of the last training."""
        from lrtui.tui.training.epoch_table import EpochTable

        if self.query_one_optional(EpochTable) is None:
            table = EpochTable(id="epochs")
            table.tooltip = "learning rate: that of the epoch's last step"
            self.query_one("#right").mount(table)
        self.query_one(EpochTable).show(rows, scene.measure)

    def on_resize(self) -> None:
        """Fit what is below the plot: its height depends on the width."""
        self._show_below_plot()
        self.call_after_refresh(self._show_below_plot)

    def offer_keys(self, keys: Sequence[Key]) -> None:
        """Show what can be pressed."""
        self._offered = keys
        self._show_footer()

    def on_mount(self) -> None:
        """Empty the footer while a dialog is over this screen."""
        self.watch(self.screen, "stack_updates", self._show_footer, init=False)

    def _show_footer(self) -> None:
        """The keys of what has the focus, and those that are offered; under a dialog none."""
        if self._session is None:
            return  # nothing is shown yet
        here = self.app.screen is self.screen
        offered: list[Key] = []
        if here and self.form.typing:
            offered = [*self.form.keys]
        elif here:
            offered = [*self._own_keys(), *self._offered]
        in_plot, ascii = self.rates.has_focus, self._ascii
        wanted = () if self.form.typing else likely_actions(self._session, in_plot=in_plot)
        if (offered, wanted, ascii) == self._footer:
            return
        self._footer = offered, wanted, ascii

        def fitted(width: int) -> Sequence[PaintedText]:
            self._keys = footer_keys(offered, wanted, width, ascii)
            return [footer_row(self._keys, ascii)]

        self.query_one("#footer", PaintedRows).fit(fitted)

    def _own_keys(self) -> Sequence[Key]:
        """The keys of what has the focus."""
        if self.form.has_focus:
            return self.form.keys
        return (MOVE,) if isinstance(self.screen.focused, PlotView) else ()

    def show_notice(self, text: str) -> None:
        """Show a notice above the keys; an empty one goes."""
        notice = self.query_one_optional("#notice", PaintedRows)
        if notice is None:
            if not text:
                return
            notice = PaintedRows(id="notice")
            self.mount(notice)
        width = max(1, self.app.size.width - 2)
        lines = [line for part in text.splitlines() for line in textwrap.wrap(part, width) or [""]]
        notice.styles.height = max(1, len(lines))
        notice.display = bool(lines)
        notice.fit(lambda _: [[(f" {line}".ljust(width + 2), paints.NOTICE)] for line in lines])

    def on_key(self, event: events.Key) -> None:
        """Give a key to the dialog if one was opened before it; else to what has the focus."""
        if self.app.screen is not self.screen:
            event.stop()
            event.prevent_default()
            self._late(event)
        elif isinstance(self.screen.focused, Form | PlotView):
            self.screen.focused.on_key(event)  # knows it no more than before if it came from there

    def on_paste(self, event: events.Paste) -> None:
        """Give what is pasted to the dialog if one was opened before it."""
        if self.app.screen is not self.screen:
            event.stop()
            self._late(event)

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        if event.widget is not None and event.widget.id == "footer":
            key = key_at(self._keys, event.x, self._ascii)
            if key is not None and key.action:
                self._press(key.action)

    def _show_below_plot(self) -> None:
        """Readout and notes, in rows whose number turning does not change: no plot jumps."""
        if self._scene is None:
            return
        for_readout, for_notes = self._rows_below(self._scene)
        taken = self._show_notes(self._scene, for_notes) if for_notes else 0
        self._show_readout(self._scene, for_readout + for_notes - taken)

    def _rows_below(self, scene: Scene) -> tuple[int, int]:
        """Rows that readout and notes have."""
        reading, several = scene.cursor is not None, bool(scene.pins or scene.overlaid)
        self.screen.set_class(reading or several, "-read")
        for_readout = 2 + reading if several else 1
        if self.screen.has_class("-trained") and not self.screen.has_class("-tall"):
            return for_readout, 0
        return for_readout, min(2, -(-NOTE_CELLS // self._text_width))

    def _show_readout(self, scene: Scene, rows: int) -> None:
        row = self.query_one("#readout", PaintedRows)
        row.styles.height = rows
        row.fit(lambda width: readout(scene, width, rows))

    def _show_notes(self, scene: Scene, rows: int) -> int:
        """Show the first note in at most so many rows; in how many."""
        found = scene_notes(scene)
        more = f" ({len(found) - 1} more: ?)" if len(found) > 1 else ""
        self.screen.set_class(bool(found), "-noted")
        row = self.query_one("#notes", PaintedRows)
        text = f"{found[0]}{more}" if found else ""
        taken = len(self._wrapped(text, self._text_width, rows))
        row.styles.height = max(1, taken)
        row.fit(lambda width: [[(line, None)] for line in self._wrapped(text, width, rows)])
        return taken

    def _wrapped(self, text: str, width: int, rows: int) -> list[str]:
        """A few lines; where that is not all, help has the rest."""
        rest = " ... (?)" if self._ascii else " … (?)"
        if width <= len(rest):
            return textwrap.wrap(text, max(1, width))[:rows]
        return textwrap.wrap(text, width, max_lines=rows, placeholder=rest)

    @property
    def _text_width(self) -> int:
        """The width of a text below the plot without its padding, in cells."""
        room = self.query_one("#right").content_size.width
        if not room:  # it is laid out with what is shown now
            room = self.app.size.width - (36 if self.screen.has_class("-wide") else 28)
        return max(1, room - 2)

    def _put(self, selector: str, text: Callable[[int], str]) -> None:
        self.query_one(selector, PaintedRows).fit(lambda width: [[(text(width), None)]])
