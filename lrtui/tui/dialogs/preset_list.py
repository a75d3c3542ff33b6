"""The gallery of presets: open, save, rename and delete one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from lrtui.kept import NotWritten, read
from lrtui.kept.presets import Preset, Presets, edit
from lrtui.plotting.markers import MarkerName
from lrtui.schedules import Invalid
from lrtui.schedules.user_schedule import user_sources
from lrtui.tui.form.editor import Editor
from lrtui.tui.host import Host
from lrtui.tui.list_line import ListLine
from lrtui.tui.scene.pictures import curve_picture


def _card(preset: Preset, marker: MarkerName) -> ListLine:
    """Its curve over its own training, and what it trains."""
    settings = preset.settings
    about = f"{settings.steps} steps of {settings.task}, {settings.optimizer}"
    draw = partial(curve_picture, preset.schedule, settings.steps, marker)
    known = not user_sources(preset.schedule)
    told = f"{about} · {preset.when or preset.schedule}"
    return ListLine(preset.name, told, draw=draw if known else None)


class PresetList:
    """The presets, each with its picture, and what can be done with one.

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
        from lrtui.tui.dialogs.cards_dialog import CardsDialog

        keys = (
            ("enter", "open", self._open),
            ("s", "save the form as ...", lambda _: self._ask_name("", self._save)),
            ("n", "rename", self._rename),
            ("backspace", "delete", self._delete),
        )
        self._host.push_screen(CardsDialog("presets, each over its own steps", self._lines, keys))
        if self._path is not None and (complaints := read(self._path, Presets).complaints):
            self._host.say(f"{complaints[0]}. The file is left as it is")

    @property
    def _presets(self) -> Presets:
        return Presets() if self._path is None else read(self._path, Presets).value

    def _lines(self) -> list[ListLine]:
        marker = self._host.scene.marker
        return [_card(one, marker) for one in self._presets.listed()]

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
