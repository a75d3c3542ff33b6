"""Which method each key of the program calls."""

from collections.abc import Callable, Mapping
from functools import partial

from lrtui.protocol import Scale, UndoSteering
from lrtui.tui.dialogs.pages import Pages
from lrtui.tui.form.editor import Editor
from lrtui.tui.plots.plot_controller import PlotController
from lrtui.tui.training.explorer import Explorer
from lrtui.tui.training.session import Session
from lrtui.tui.training.trainer import Trainer


def actions_of(
    editor: Editor,
    plot_controller: PlotController,
    session: Session,
    trainer: Trainer,
    explorer: Explorer,
    pages: Pages,
    *,
    read_rates: Callable[[], object],
    toggle_band: Callable[[], object],
    toggle_form: Callable[[], object],
    leave: Callable[[], object],
) -> Mapping[str, Callable[[], object]]:
    """What to call for each name.

    Args:
        editor: changes what the form shows.
        plot_controller: changes how the plots are looked at.
        session: steers trainings.
        trainer: does what a training and the form have to do with each other.
        explorer: shows what can be had at once.
        pages: shows texts and lists over the screen.
        read_rates: goes into the plot, or out of it.
        toggle_band: draws the losses that the form's training would have, or no longer.
        toggle_form: folds the form while a training runs, or opens it.
        leave: ends the program.
    """
    return {
        "change_range": editor.change_range,
        "undo": editor.undo,
        "redo": editor.redo,
        "open": editor.ask_schedule,
        "add_part": editor.add_part,
        "move_part_up": partial(editor.move_part, -1),
        "move_part_down": partial(editor.move_part, 1),
        "list_presets": pages.list_presets,
        "show_code": pages.show_code,
        "show_parameter": pages.show_parameter,
        "pin": editor.pin_list.pin,
        "list_pins": editor.pin_list.show,
        "toggle_fan": plot_controller.toggle_fan,
        "toggle_band": toggle_band,
        "show_response": explorer.show_response,
        "show_landscape": explorer.show_landscape,
        "show_forks": explorer.show_forks,
        "read_rates": read_rates,
        "go_to": plot_controller.go_to,
        "toggle_log": plot_controller.toggle_log,
        "toggle_log_loss": plot_controller.toggle_log_loss,
        "change_unit": plot_controller.change_unit,
        "zoom_in": partial(plot_controller.zoom, True),
        "zoom_out": partial(plot_controller.zoom, False),
        "pan_left": partial(plot_controller.pan, -1),
        "pan_right": partial(plot_controller.pan, 1),
        "show_all_steps": plot_controller.show_all_steps,
        "toggle_smooth": plot_controller.toggle_smooth,
        "change_measure": plot_controller.change_measure,
        "change_marker": plot_controller.change_marker,
        "train": trainer.train,
        "reset": trainer.reset,
        "start_over": session.start_over,
        "pause": session.pause_or_resume,
        "stop": session.stop,
        "finish_epoch": session.finish_epoch,
        "undo_steering": partial(session.steer, UndoSteering()),
        "double_rate": partial(session.steer, Scale(2.0)),
        "halve_rate": partial(session.steer, Scale(0.5)),
        "set_rate": trainer.ask_rate,
        "find_rate": trainer.find_rate,
        "list_runs": trainer.list_runs,
        "export": trainer.export,
        "show_worker": trainer.show_worker,
        "end_worker": session.end_worker,
        "show_help": pages.show_help,
        "toggle_form": toggle_form,
        "quit": leave,
    }
