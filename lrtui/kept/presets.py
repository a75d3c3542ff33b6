"""Named schedules with the settings of their training: the user's own, and those to start from.

Operations are pure; :func:`edit` is what reads and writes the file.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from lrtui.kept.file import Loaded, read, write
from lrtui.kept.sections import SECTION, from_table
from lrtui.protocol.settings import Settings
from lrtui.schedules import Described, Invalid
from lrtui.schedules.base import Inner
from lrtui.schedules.quantities import AnyText

MOST_CHARACTERS = 60
"""Of a name."""
COMMENT = """\
lrtui: presets. They may be edited here: a schedule is written as in a training script, and of the
settings only what differs from the defaults. Read anew whenever the presets are shown."""

Text = Annotated[str, AnyText()]


class Preset(Described, frozen=True):
    """A schedule and the settings to train it with, under a name.

    Args:
        name: what it is called; one line.
        schedule: the schedule.
        when: when to use it; one line.
        reference: where it comes from.
        settings: of the training.
    """

    name: Text
    schedule: Inner
    when: Text = ""
    reference: Text = ""
    settings: Annotated[Settings, SECTION] = Settings()

    def check(self) -> None:
        """Names that a list can show."""
        name = self.name
        if not (name.strip() == name and name.isprintable() and 0 < len(name) <= MOST_CHARACTERS):
            allowed = f"must be one line of 1 to {MOST_CHARACTERS} characters"
            raise Invalid("name", f"{allowed}, without blanks around it", name)
        for field in ("when", "reference"):
            if not (text := getattr(self, field)).isprintable():
                raise Invalid(field, "must be one line", text)


class Presets(Described, frozen=True):
    """The user's own presets, which is all that their file holds.

    Args:
        presets: in the order in which they were saved.
    """

    presets: Annotated[tuple[Preset, ...], SECTION] = ()

    def listed(self) -> tuple[Preset, ...]:
        """All that can be opened: one's own, then those to start from."""
        return (*self.presets, *starting_presets())

    def find(self, name: str) -> Preset | None:
        """The one of that name, one's own before those to start from."""
        return next((one for one in self.listed() if one.name == name), None)

    def owns(self, name: str) -> bool:
        """Whether one of that name can be renamed and deleted, and is there to be overwritten."""
        return any(one.name == name for one in self.presets)

    def save(self, preset: Preset, overwrite: bool = False) -> Self:
        """With one more, at the end; or in the place of that name.

        Raises:
            Invalid: there is one of that name, and it shall not (or, one to start from, cannot) be
                overwritten.
        """
        if not self.owns(preset.name):
            self._free(preset.name)
            return self.replace(presets=(*self.presets, preset))
        if not overwrite:
            raise Invalid("name", "must be another one, or overwrite the preset", preset.name)
        return self.replace(
            presets=tuple(preset if one.name == preset.name else one for one in self.presets)
        )

    def rename(self, name: str, to: str) -> Self:
        """With another name for one's own.

        Raises:
            Invalid: the new name is taken, or is none; there is no such preset of one's own.
        """
        self._known(name)
        if name == to:
            return self
        self._free(to)
        return self.replace(
            presets=tuple(one.replace(name=to) if one.name == name else one for one in self.presets)
        )

    def delete(self, name: str) -> Self:
        """Without one's own of that name.

        Raises:
            Invalid: there is none.
        """
        self._known(name)
        return self.replace(presets=tuple(one for one in self.presets if one.name != name))

    def _known(self, name: str) -> None:
        if not self.owns(name):
            raise Invalid("name", "must be that of a preset of your own", name)

    def _free(self, name: str) -> None:
        if self.find(name) is not None:
            whose = "of your own" if self.owns(name) else "to start from"
            raise Invalid("name", f"must be another one: there is a preset {whose}", name)


@cache
def starting_presets() -> tuple[Preset, ...]:
    """The presets to start from, which come with the program."""
    import tomllib
    from importlib import resources

    text = resources.files("lrtui.kept").joinpath("starting.toml").read_text(encoding="utf-8")
    presets, faults = from_table(Presets, tomllib.loads(text))
    assert not faults, faults
    return presets.presets


def edit(path: Path, change: Callable[[Presets], Presets]) -> Loaded[Presets]:
    """Change the presets of a file: read anew, so that nobody's other change is lost, and written.

    Raises:
        NotWritten: the file has a fault.
        Invalid: what `change` refuses.
        OSError: nothing may be written there.
    """
    kept = read(path, Presets)
    return write(kept, change(kept.value), COMMENT)
