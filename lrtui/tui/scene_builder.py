"""Builds the scene that the plots show, from the form, the view state and the runs."""

from operator import is_

from msgspec.structs import replace

from lrtui.plotting.markers import MARKERS, MarkerName
from lrtui.schedules import Schedule
from lrtui.schedules.user_schedule import user_sources, with_samples
from lrtui.tui.form.editor import Editor
from lrtui.tui.plots.plot_controller import PlotController
from lrtui.tui.scene import pins
from lrtui.tui.scene.scene import Scene
from lrtui.tui.training.loss_follower import LossFollower
from lrtui.tui.training.session import Session
from lrtui.tui.training.trainer import Trainer


class SceneBuilder:
    """Builds a scene when something in it has changed, and else gives the one that there is.

    Args:
        editor: holds what the form shows.
        plot_controller: holds how the plots are looked at.
        trainer: knows the runs that are laid over the present one.
        losses: holds the losses that the form's training would have.
        session: holds the runs, and the samples of the user's own schedules.
        ascii: whether only ASCII can be shown.
        fills: whether there are colours enough to fill what was used.
    """

    def __init__(
        self,
        editor: Editor,
        plot_controller: PlotController,
        trainer: Trainer,
        session: Session,
        losses: LossFollower,
        *,
        ascii: bool,
        fills: bool = False,
    ) -> None:
        self._editor = editor
        self._plot_controller = plot_controller
        self._trainer = trainer
        self._session = session
        self._losses = losses
        self._ascii = ascii
        self._fills = fills and not ascii
        self._inputs: tuple[object, ...] = ()
        self._scene: Scene | None = None

    @property
    def scene(self) -> Scene:
        """What the plots show at this moment."""
        rates = self._session.user_schedules.rates
        inputs = (
            self._editor.form_state,
            self._editor.present_line if self._plot_controller.view_state.fan else None,
            self._plot_controller.view_state,
            self._session.record,
            self._session.active,
            self._losses.band,
            self._losses.wanted,
            self._losses.trouble,
            *(rates.get(source) for source in user_sources(self._editor.form_state.schedule)),
        )
        same = len(inputs) == len(self._inputs) and all(map(is_, inputs, self._inputs))
        if self._scene is None or not same:
            self._inputs, self._scene = inputs, self._build()
        return self._scene

    def _build(self) -> Scene:
        state, view = self._editor.form_state, self._plot_controller.view_state
        names: list[str] = []
        name = "schedule"
        if state.pins:
            names, name = pins.names(state.pins, state.schedule)
        scene = Scene(
            schedule=state.schedule,
            total_steps=self._total_steps(),
            training_steps=state.settings.valid.steps,
            range_name=state.range_name,
            fills=self._fills,
            steps_per_epoch=state.settings.valid.steps_per_epoch,
            record=self._session.record,
            view_state=view,
            marker=self._marker(view.axes.marker),
            pins=tuple(
                (pin, name) for pin, name in zip(state.pins, names, strict=True) if not pin.hidden
            ),
            name=name,
            fan=self._editor.family() if view.fan else (),
            fanned=self._editor.present_line.field if view.fan else "",
            overlaid=self._trainer.overlaid(),
            smooth=view.smooth,
            band=self._losses.band,
            asked=self._losses.wanted,
            trouble=self._losses.trouble if self._losses.on else "",
            verdict=self._verdict(state.schedule),
        )
        return replace(scene, schedule=with_samples(scene.schedule, self._samples(scene.total)))

    def _total_steps(self) -> int:
        """How many steps the form asks to see; 0: beside a log, as many as there are."""
        state = self._editor.form_state
        if self._session.watch is not None and self._session.record is not None:
            return state.view.valid.total_steps or 0
        return state.total_steps

    def _verdict(self, schedule: Schedule) -> str:
        watch = self._session.watch
        told = watch.verdict(schedule) if watch is not None else None
        return told.text if told is not None else ""

    def _marker(self, chosen: str) -> MarkerName:
        if self._ascii:
            return "ascii"
        return next((one for one in MARKERS if one == chosen), "braille")

    def _samples(self, stop: int) -> dict[str, bytes]:
        """The rates of the user's own schedules, up to a step, by their source."""
        rates = self._session.user_schedules.rates
        sources = user_sources(self._editor.form_state.schedule)
        return {source: rates[source][: 4 * stop] for source in sources if source in rates}
