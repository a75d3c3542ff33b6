"""Which keys do something now, under which name, and why the other keys do nothing."""

from collections.abc import Callable, Mapping

from lrtui.runs.epoch_columns import measures
from lrtui.runs.record import known_schedule
from lrtui.schedules.user_schedule import user_sources
from lrtui.tui.form.editor import Editor
from lrtui.tui.host import Host
from lrtui.tui.keys import KEYS, Key
from lrtui.tui.plots.plot_controller import PlotController
from lrtui.tui.scene import pins
from lrtui.tui.training.loss_follower import LossFollower
from lrtui.tui.training.session import Session

UNDER_WAY = (
    "reset",
    "pause",
    "finish_epoch",
    "double_rate",
    "halve_rate",
    "set_rate",
    "undo_steering",
    "show_forks",
    "toggle_form",
)
"""What can be done to a run under way, besides stopping it."""
AFTER_TRAINING = ("toggle_log_loss", "toggle_smooth", "start_over", "export")
"""What has something to act on once a training has begun."""


OURS_ONLY = ("train", "find_rate", "start_over", "end_worker", "show_worker", "show_forks")
"""What cannot be done to a training that somebody's script does."""


class AvailableActions:
    """Looks at what there is; changes nothing.

    Args:
        editor: holds what the form shows.
        plot_controller: holds how the plots are looked at.
        session: holds the runs.
        losses: whether there can be losses at once.
        host: the app.
    """

    def __init__(
        self,
        editor: Editor,
        plot_controller: PlotController,
        session: Session,
        losses: LossFollower,
        host: Host,
    ) -> None:
        self._editor = editor
        self._plot_controller = plot_controller
        self._session = session
        self._losses = losses
        self._host = host
        needs: list[tuple[tuple[str, ...], Callable[[str], str]]] = [
            (("undo", "redo"), self._past),
            (("pin", "list_pins"), self._pins),
            (("move_part_up", "move_part_down"), self._parts),
            (("show_code",), self._source),
            (("toggle_fan",), self._family),
            (("toggle_band",), self._band),
            (("show_response", "show_landscape"), self._response),
            (("show_all_steps", "zoom_out", "pan_left", "pan_right"), self._window),
            (("change_range",), self._range),
            (("change_marker",), self._markers),
            (AFTER_TRAINING, self._trained),
            (("list_runs",), self._runs),
            (("change_measure",), self._metrics),
            (("train", "find_rate"), self._sound),
            (UNDER_WAY, self._under_way),
            (("stop",), self._going_on),
            (("end_worker",), self._worker),
        ]
        self._needs: Mapping[str, Callable[[str], str]] = {
            action: need for actions, need in needs for action in actions
        }

    def why_not(self, action: str) -> str:
        """Why a key would do nothing now, in a line for the person; empty: it does something."""
        if self._session.watch is not None and action in (*OURS_ONLY, *UNDER_WAY, "stop"):
            return f"{self._session.attached} is a log: whoever writes it cannot be steered"
        if self._session.attached and action in OURS_ONLY:
            return f"{self._session.attached} was started by a script: lrtui steers it only"
        need = self._needs.get(action)
        return need(action) if need is not None else ""

    def keys_now(self) -> list[Key]:
        """The keys that do something, each with what it is called now."""
        does_the_other = self._others()
        return [
            key._replace(label=key.other) if key.action in does_the_other else key
            for key in KEYS
            if key.action and not self.why_not(key.action)
        ]

    def _others(self) -> set[str]:
        """The keys that would do the opposite of what they are usually for."""
        view_state, run = self._plot_controller.view_state, self._session.active
        on = {
            "pause": run is not None and run.state == "paused",
            "reset": self._session.would_restore,
            "toggle_log": view_state.axes.log,
            "toggle_log_loss": view_state.axes.log_loss,
            "toggle_fan": view_state.fan,
            "toggle_band": self._losses.on,
            "toggle_smooth": view_state.smooth,
            "read_rates": view_state.cursor is not None and self._host.in_plot,
            "quit": bool(self._session.attached) and self._session.watch is None,
        }
        return {action for action, is_on in on.items() if is_on}

    # ------------------------------------------------------------------ what each needs

    def _past(self, action: str) -> str:
        if action == "undo":
            return "" if self._editor.can_undo else "nothing to undo"
        return "" if self._editor.can_redo else "nothing to do again"

    def _pins(self, action: str) -> str:
        form_state = self._editor.form_state
        if action == "list_pins":
            return "" if form_state.pins else "nothing is pinned; p pins the present curve"
        try:
            pins.pinned(form_state.pins, form_state.schedule)
        except ValueError as refusal:
            return str(refusal)
        return ""

    def _parts(self, action: str) -> str:
        parts = self._editor.form_state.parts
        to = parts.place + (1 if action == "move_part_down" else -1)
        if 0 <= to < len(parts.sequence):
            return ""
        return (
            "there is no part to change places with"
            if len(parts.sequence) > 1
            else ("there is one part only; a adds another")
        )

    def _source(self, _: str) -> str:
        if user_sources(self._editor.form_state.schedule):
            return "a schedule of your own is code already"
        return ""

    def _family(self, _: str) -> str:
        if self._plot_controller.view_state.fan or self._editor.has_family:
            return ""
        return "a fan is of a parameter of the schedule; go to its line first"

    def _band(self, _: str) -> str:
        return "" if self._losses.possible else "nothing is trained at once here"

    def _response(self, _: str) -> str:
        if not self._losses.possible:
            return self._band("")
        state, present = self._editor.form_state, self._editor.present_line
        held = state.parameter(present)
        if present.section == "view" or held is None:
            return "a response is to a parameter or a setting; go to its line first"
        return state.fault

    def _window(self, action: str) -> str:
        window = self._plot_controller.view_state.window
        if window is None:
            return "all steps are seen; + zooms in"
        if action == "pan_left" and window.start <= 0:
            return "there are no earlier steps"
        if action == "pan_right" and window.stop >= self._host.scene.total:
            return "there are no later steps"
        return ""

    def _range(self, _: str) -> str:
        state = self._editor.form_state
        if self._session.active is not None:
            return "the plot shows the training that runs"
        if state.view.valid.total_steps is not None or state.own_range is not None:
            return ""
        return "the schedule has no end of its own, or ends with the training"

    def _markers(self, _: str) -> str:
        return "this terminal shows ASCII only" if self._host.ascii else ""

    def _runs(self, _: str) -> str:
        return "" if self._session.has_runs else self._nothing_yet()

    def _trained(self, _: str) -> str:
        return "" if self._session.record is not None else self._nothing_yet()

    def _nothing_yet(self) -> str:
        name = self._session.attached
        return f"{name} has not begun to train" if name else "nothing was trained yet; t trains"

    def _metrics(self, action: str) -> str:
        run = self._session.record
        if run is None:
            return self._trained(action)
        return "" if len(measures(run.rows)) > 1 else "this run has no metric besides the loss"

    def _sound(self, action: str) -> str:
        if action == "find_rate" and self._session.finding is not None:
            return "a range test is under way; s stops it"
        return self._editor.form_state.fault

    def _under_way(self, action: str) -> str:
        run = self._session.active
        if run is None and self._session.attached:
            return self._over()
        if run is None:
            coming = self._session.queued is not None
            return "the training has not begun yet" if coming else "nothing trains; t trains"
        if action == "finish_epoch" and run.state != "paused":
            return "it does not wait; space pauses it"
        if action == "show_forks" and not self._losses.possible:
            return self._band("")
        if action == "reset" and not run.steps and known_schedule(run.schedule) is None:
            return "which rate it trains with is not known yet"  # nor what the form should show
        return self._editor.form_state.fault if action == "reset" else ""

    def _going_on(self, _: str) -> str:
        going = self._session.active is not None or self._session.finding is not None
        if not going and self._session.attached:
            return self._over()
        return "" if going else "nothing is under way that could be stopped"

    def _over(self) -> str:
        """Why an attached training takes no order."""
        name, record = self._session.attached, self._session.record
        if record is None:
            return f"{name} has not begun to train"
        return f"{name} is over ({record.state}): it cannot be steered"

    def _worker(self, _: str) -> str:
        return "" if self._session.worker.pid is not None else "there is no worker"
