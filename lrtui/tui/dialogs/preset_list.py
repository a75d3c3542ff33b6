"""The dialog with the list of presets: open, save, rename and delete one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from lrtui.kept import NotWritten, read
from lrtui.kept.presets import Preset, Presets, edit
from lrtui.plotting.sparkline import sparkline
from lrtui.schedules import Invalid
from lrtui.schedules.user_schedule import user_sources
from lrtui.tui.form.editor import Editor
from lrtui.tui.host import Host
from lrtui.tui.list_line import ListLine

PICTURE_CELLS = 10


def _small(preset: Preset, *, ascii: bool) -> str:
    """The curve of a preset over its own training, in a row."""
    steps = np.linspace(0, preset.settings.steps - 1, 8 * PICTURE_CELLS).astype(np.int64)
    known = not user_sources(preset.schedule)
    return sparkline(preset.schedule(steps) if known else (), PICTURE_CELLS, ascii=ascii)


class PresetList:
    """The list of presets and what can be done with one.

    Args:
        path: the file of one's own; None: there are only those to start from.
        editor: holds what the form shows.
        host: the app.
    """

    def __init__(self, path: Path | None, editor: Editor, host: Host) -> None:
        self._path = path
        self._editor = editor
        self._host = host

    def show(self) -> None:
        """List them."""
        from lrtui.tui.dialogs.list_dialog import ListDialog

        keys = (
            ("enter", "open", self._open),
            ("s", "save the form as ...", lambda _: self._ask_name("", self._save)),
            ("n", "rename", self._rename),
            ("backspace", "delete", self._delete),
        )
        self._host.push_screen(ListDialog("presets", self._lines, keys))
        if self._path is not None and (complaints := read(self._path, Presets).complaints):
            self._host.say(f"{complaints[0]}. The file is left as it is")

    @property
    def _presets(self) -> Presets:
        return Presets() if self._path is None else read(self._path, Presets).value

    def _lines(self) -> list[ListLine]:
        ascii = self._host.ascii
        return [
            ListLine(one.name, f"{_small(one, ascii=ascii)} {one.when or one.schedule}")
            for one in self._presets.listed()
        ]

    def _at(self, place: int) -> Preset:
        return self._presets.listed()[place]

    def _open(self, place: int) -> bool:
        preset = self._at(place)
        self._host.say(preset.when or f"{preset.name} is in the form")
        self._editor.load(str(preset.schedule), preset.settings)
        return True

    def _save(self, name: str) -> None:
        form_state = self._editor.form_state
        preset = Preset(name, form_state.schedule, settings=form_state.settings.valid)
        if self._presets.owns(name):
            self._confirm(
                f"there is a preset {name}: overwrite it?",
                lambda: self._edit(lambda presets: presets.save(preset, overwrite=True)),
            )
        else:
            self._edit(lambda presets: presets.save(preset))

    def _rename(self, place: int) -> None:
        name = self._at(place).name
        self._ask_name(name, lambda to: self._edit(lambda presets: presets.rename(name, to)))

    def _delete(self, place: int) -> None:
        name = self._at(place).name
        if not self._presets.owns(name):
            self._host.say("this one comes with the program and stays")
            return
        self._confirm(
            f"delete the preset {name}?",
            lambda: self._edit(lambda presets: presets.delete(name)),
        )

    def _ask_name(self, name: str, use: Callable[[str], None]) -> None:
        from lrtui.tui.dialogs.dialogs import AskDialog

        def valid(text: str) -> str:
            return Preset(text.strip(), self._editor.form_state.schedule).name

        def named(given: str | None) -> None:
            if given is not None:
                use(given)

        self._host.push_screen(AskDialog("name of the preset", valid, name, "one line"), named)

    def _confirm(self, question: str, then: Callable[[], None]) -> None:
        from lrtui.tui.dialogs.dialogs import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if yes:
                then()

        self._host.push_screen(ConfirmDialog(question), answered)

    def _edit(self, change: Callable[[Presets], Presets]) -> None:
        if self._path is None:
            self._host.say("presets are not kept here")
            return
        try:
            edit(self._path, change)
        except (Invalid, NotWritten) as refusal:
            self._host.say(str(refusal))
        except OSError as error:
            self._host.say(f"{self._path} could not be written: {error.strerror}")
