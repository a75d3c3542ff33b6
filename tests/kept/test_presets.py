"""Presets: those that come with the program, and what one does with one's own."""

from pathlib import Path

import numpy as np
import pytest

from lrtui.kept import NotWritten, read
from lrtui.kept.presets import MOST_CHARACTERS, Preset, Presets, edit, starting_presets
from lrtui.plotting.columns import schedule_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.picture import Curve
from lrtui.protocol.settings import Settings
from lrtui.schedules import Invalid, parse

MINE = Preset("mine", parse("Constant(0.3)"), settings=Settings(epochs=7))
OTHER = Preset("other", parse("own.py:rate"), when="never")
THEIRS = "vision from scratch"


@pytest.mark.parametrize("preset", starting_presets(), ids=lambda preset: str(preset.name))
def test_one_to_start_from(preset: Preset) -> None:
    steps = preset.settings.steps
    rates = preset.schedule(np.arange(steps))
    assert np.isfinite(rates).all()
    assert 0 <= rates.min() <= rates.max() <= 1
    # It says when and whence, in a line of a dialog.
    assert 20 < len(preset.when) < 90
    assert 20 < len(preset.reference) < 90
    # The training is as long as the schedule.
    assert preset.schedule.end() in (None, steps, steps - 1)
    columns = schedule_columns(preset.schedule, 0, steps, columns_of(60))
    picture = plot(60, 12, [Curve(columns, 1)], start=0, stop=steps)
    assert (picture.paint == 1).sum() >= 51


def test_those_that_were_asked_for_are_there() -> None:
    names = [one.name for one in starting_presets()]
    assert len(names) == len(set(names))
    assert {"fine-tuning", "transformer pre-training", THEIRS} <= set(names)
    halved = Presets().find("step decay, once an epoch")
    assert halved is not None
    epochs = np.arange(50)
    halving = halved.schedule(epochs * halved.settings.steps_per_epoch)
    np.testing.assert_allclose(halving, [0.1 * 0.5 ** (epoch // 10) for epoch in epochs], 1e-6)
    wave = Presets().find("cosine of the epoch")
    assert wave is not None
    waving = wave.schedule(epochs * wave.settings.steps_per_epoch)
    np.testing.assert_allclose(waving, [0.005 + 0.005 * np.cos(epoch) for epoch in epochs], 1e-4)


def test_ones_own_come_first() -> None:
    assert Presets().save(MINE).listed() == (MINE, *starting_presets())
    assert Presets((Preset(THEIRS, parse("noam")),)).find(THEIRS) != starting_presets()[0]
    assert Presets().find("nothing") is None


def test_a_name_that_is_taken_is_overwritten_only_if_so_wished() -> None:
    both = Presets().save(MINE).save(OTHER)
    again = MINE.replace(schedule=parse("noam"))
    assert both.owns("mine")
    with pytest.raises(Invalid, match=r"must be another one, or overwrite the preset.*'mine'"):
        both.save(again)
    assert both.save(again, overwrite=True).presets == (again, OTHER)


def test_one_to_start_from_is_never_overwritten_renamed_or_deleted() -> None:
    assert not Presets().owns(THEIRS)
    with pytest.raises(Invalid, match="must be another one: there is a preset to start from"):
        Presets().save(MINE.replace(name=THEIRS), overwrite=True)
    with pytest.raises(Invalid, match="must be another one: there is a preset to start from"):
        Presets((MINE,)).rename("mine", THEIRS)
    with pytest.raises(Invalid, match="must be that of a preset of your own"):
        Presets().rename(THEIRS, "x")
    with pytest.raises(Invalid, match="must be that of a preset of your own"):
        Presets().delete(THEIRS)


def test_renaming_keeps_the_place() -> None:
    both = Presets((MINE, OTHER))
    assert [one.name for one in both.rename("mine", "new").presets] == ["new", "other"]
    assert both.rename("mine", "mine") == both
    with pytest.raises(Invalid, match="there is a preset of your own"):
        both.rename("mine", "other")


def test_deleting() -> None:
    assert Presets((MINE, OTHER)).delete("mine") == Presets((OTHER,))


@pytest.mark.parametrize("name", ["", " ", "a\nb", " a", "x" * (MOST_CHARACTERS + 1), "a\x1b[2J"])
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(Invalid, match="name must be one line of 1 to 60 characters"):
        MINE.replace(name=name)
    with pytest.raises(Invalid, match="name must be one line"):
        Presets((MINE,)).rename("mine", name)


@pytest.mark.parametrize("name", ["größer, schneller", "CIFAR-10 “fast”", "[x]", "a = 'b'", "#1"])
def test_any_name_comes_back_from_the_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "presets.toml"
    edit(path, lambda presets: presets.save(MINE.replace(name=name)))
    assert read(path, Presets).value.presets == (MINE.replace(name=name),)


def test_the_file_can_be_read_and_edited_by_a_person(tmp_path: Path) -> None:
    path = tmp_path / "lrtui" / "presets.toml"
    edit(path, lambda presets: presets.save(MINE))
    edit(path, lambda presets: presets.save(OTHER))
    comment, _, text = path.read_text().partition("\n\n")
    assert all(line.startswith("# ") for line in comment.splitlines())
    assert text == (
        "[[presets]]\n"
        'name = "mine"\n'
        'schedule = "Constant(0.3)"\n'
        "\n"
        "[presets.settings]\n"
        "epochs = 7\n"
        "\n"
        "[[presets]]\n"
        'name = "other"\n'
        'schedule = "own.py:rate"\n'
        'when = "never"\n'
    )


def test_what_another_program_saved_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "presets.toml"
    ours = read(path, Presets)
    edit(path, lambda presets: presets.save(MINE))
    assert ours.value == Presets()
    assert edit(path, lambda presets: presets.save(OTHER)).value.presets == (MINE, OTHER)


def test_a_file_with_a_fault_is_left_until_it_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "presets.toml"
    text = "[[presets]]\nname = 'a'\nschedule = 'noam'\n\n[[presets]]\nname = 'b'\n"
    path.write_text(text)
    kept = read(path, Presets)
    assert [str(one) for one in kept.complaints] == [f"{path}, line 5: schedule is missing"]
    assert [one.name for one in kept.value.presets] == ["a"]
    with pytest.raises(NotWritten, match="line 5: schedule is missing"):
        edit(path, lambda presets: presets.save(MINE))
    assert path.read_text() == text
    path.write_text(f"{text}schedule = 'constant'\n")
    edit(path, lambda presets: presets.save(MINE))
    assert [one.name for one in read(path, Presets).value.presets] == ["a", "b", "mine"]
