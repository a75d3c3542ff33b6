"""What lies on the screen: header, form, plots, readout, table. Shows what it is given."""

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Static

from lrtui.schedules import Schedule
from lrtui.schedules.notes import notes
from lrtui.tui import scene, status
from lrtui.tui.form import Form, Line, Listener
from lrtui.tui.plot_view import PlotView
from lrtui.tui.session import Session


class Desk(Vertical):
    """Form at the left, what it does at the right.

    Args:
        listener: is told what is done in the form.
        ascii: whether nothing but ASCII can be shown.
    """

    def __init__(self, listener: Listener, *, ascii: bool) -> None:
        super().__init__(id="desk")
        self._listener = listener
        self._ascii = ascii
        self._shown_run: object = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static(id="header", markup=False)
        with Horizontal(id="body"):
            left = Vertical(id="left")
            left.border_title = "schedule"
            with left:
                yield Form(self._listener)
                yield Static(id="progress", markup=False)
                yield Static(id="worker", markup=False)
            with Vertical(id="right"):
                yield PlotView(id="rate")
                yield Static(id="readout", markup=False)
                yield Static(id="notes", markup=False)
                yield PlotView(id="loss")
                table: DataTable[str] = DataTable(id="epochs", cursor_type="none")
                table.tooltip = "learning rate: that of the epoch's last step"
                yield table

    def on_mount(self) -> None:
        """Head the table."""
        table = self.query_one("#epochs", DataTable)
        for label, width in scene.EPOCH_COLUMNS:
            table.add_column(label.rjust(width), width=width)

    @property
    def form(self) -> Form:
        """The form."""
        return self.query_one(Form)

    @property
    def rates(self) -> PlotView:
        """The plot of rates."""
        return self.query_one("#rate", PlotView)

    def show(self, lines: Sequence[Line], name: str, seen: scene.Scene, session: Session) -> None:
        """Show this.

        Args:
            lines: the form.
            name: what the schedule is called.
            seen: what the plots show.
            session: what goes on.
        """
        self.form.show(lines)
        self.screen.set_class(session.record is not None, "-trained")
        self.screen.set_class(session.active is not None, "-active")
        self.rates.show(partial(scene.rate_picture, seen))
        self.query_one("#loss", PlotView).show(partial(scene.loss_picture, seen))
        width = self.app.size.width
        self._put("#header", status.header(name, session, width, self._ascii))
        room = self.query_one("#readout").content_size.width or width
        self._put("#readout", scene.readout(seen, room))
        self._put("#notes", self._noted(seen.schedule, seen.stop))
        inner = self.query_one("#left").content_size.width
        self._put("#progress", status.progress(session, inner, self._ascii))
        self._put("#worker", status.worker(session))
        self._show_epochs(session)

    def _noted(self, schedule: Schedule, steps: int) -> str:
        found = notes(schedule, steps)
        more = f" (+{len(found) - 1}: ?)" if len(found) > 1 else ""
        self.screen.set_class(bool(found), "-noted")
        return f"{found[0]}{more}" if found else ""

    def _put(self, selector: str, text: str) -> None:
        line = self.query_one(selector, Static)
        if line.content != text:
            line.update(text)

    def _show_epochs(self, session: Session) -> None:
        record = session.record
        table = self.query_one("#epochs", DataTable)
        if record is not self._shown_run:
            table.clear()
            self._shown_run = record
        if record is not None and table.row_count < len(record.rows):
            for row in record.rows[table.row_count :]:
                table.add_row(*scene.epoch_cells(row))
            table.scroll_end(animate=False)
