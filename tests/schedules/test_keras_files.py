"""What Keras saves: a schedule's config as JSON, and the archive of a model.

The archives are written here with the standard library, as Keras 3 lays them out; that Keras' own
files are understood is tested beside the worker.
"""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lrtui.schedules import Invalid, keras_files, parse

COSINE = {
    "module": "keras.optimizers.schedules",
    "class_name": "CosineDecay",
    "config": {
        "initial_learning_rate": 0.1,
        "decay_steps": 1000,
        "alpha": 0.0,
        "name": "CosineDecay",
        "warmup_target": None,
        "warmup_steps": 0,
    },
    "registered_name": None,
}
PIECEWISE = {
    "class_name": "PiecewiseConstantDecay",
    "config": {"boundaries": [10, 20], "values": [0.1, 0.05, 0.01], "name": "mine"},
}
OURS = {"class_name": "KerasSchedule", "config": {"schedule": "OneCycle(0.1, total_steps=1000)"}}
NESTED = {"class_name": "Warmup", "config": {"schedule": COSINE, "steps": 10}}


@pytest.mark.parametrize(
    ("config", "written"),
    [
        (COSINE, "CosineDecay(0.1, decay_steps=1000)"),
        (PIECEWISE, "PiecewiseConstantDecay([10, 20], values=[0.1, 0.05, 0.01])"),
        (OURS, "OneCycle(0.1, total_steps=1000)"),
        (NESTED, "Warmup(CosineDecay(0.1, decay_steps=1000), steps=10)"),
    ],
)
def test_a_config_as_keras_serialises_it(config: dict[str, Any], written: str) -> None:
    assert str(parse(json.dumps(config))) == written
    assert str(parse(json.dumps(config, indent=2) + "\n")) == written


def test_overrides_win_over_a_config() -> None:
    assert str(parse(json.dumps(COSINE), {"decay_steps": "5k"})) == (
        "CosineDecay(0.1, decay_steps=5000)"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "schedule must be the JSON of a Keras config"),
        ("{'class_name': 'CosineDecay'}", "schedule must be the JSON of a Keras config"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "a Keras config"),
        ("{}", "schedule must be a Keras config with class_name and config"),
        ('{"class_name": 5}', "schedule must be a Keras config with class_name and config"),
        ('{"class_name": "MyCosine", "config": {}}', "schedule must be the name of a schedule"),
        ('{"class_name": "CosineDecay", "config": {"beta": 1}}', "takes the arguments initial_"),
        ('{"class_name": "CosineDecay", "config": {"alpha": 2}}', "alpha must be a finite number"),
        ('{"class_name": "CosineDecay", "config": {"alpha": NaN}}', "alpha must be a finite"),
        ('{"class_name": "CosineDecay", "config": {"decay_steps": ' + "9" * 9000 + "}}", "schedul"),
        ('{"class_name": "Constant", "config": {"learning_rate": "__import__(1)"}}', "learning_ra"),
        (
            '{"class_name": "Scaled", "config": {"schedule": ' * 100 + "1" + "}}" * 100,
            "schedule must be a Keras config",
        ),
        (
            '{"class_name": "Scaled", "config": {"schedule": ' * 20
            + '{"class_name": "Constant", "config": {"learning_rate": 0.1}}'
            + "}}" * 20,
            "schedule must nest at most 16 deep",
        ),
    ],
)
def test_a_config_that_is_not_understood(text: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(text)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400


def archive(path: Path, optimizer: Any, *, member: str = "config.json") -> str:
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "model", "layers": []},
        "compile_config": None if optimizer is None else {"optimizer": optimizer, "loss": "mse"},
    }
    with zipfile.ZipFile(path, "w") as model:
        model.writestr("metadata.json", "{}")
        model.writestr(member, json.dumps(config))
        model.writestr("model.weights.h5", b"\0" * 100)
    return str(path)


def sgd(rate: Any) -> dict[str, Any]:
    return {
        "module": "keras.optimizers",
        "class_name": "SGD",
        "config": {"name": "SGD", "learning_rate": rate, "momentum": 0.9},
        "registered_name": None,
    }


@pytest.mark.parametrize(
    ("optimizer", "written"),
    [
        (sgd(0.05), "Constant(0.05)"),
        (sgd(0.05000000074505806), "Constant(0.05)"),  # as float32, which Keras keeps it in
        (sgd(COSINE), "CosineDecay(0.1, decay_steps=1000)"),
        (sgd(OURS), "OneCycle(0.1, total_steps=1000)"),
        (
            {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": sgd(PIECEWISE)}},
            "PiecewiseConstantDecay([10, 20], values=[0.1, 0.05, 0.01])",
        ),
        ("sgd", "Constant(0.01)"),
        ("adam", "Constant(0.001)"),
    ],
)
def test_the_schedule_of_a_saved_model(optimizer: Any, written: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "my model.keras", optimizer)
    assert str(parse(path)) == written
    assert str(parse(f" {path}\n")) == written


def test_overrides_win_over_a_saved_model(tmp_path: Path) -> None:
    path = archive(tmp_path / "model.keras", sgd(COSINE))
    assert str(parse(path, {"alpha": "0.5"})) == "CosineDecay(0.1, decay_steps=1000, alpha=0.5)"


def refusal_of(path: Path) -> str:
    with pytest.raises(Invalid) as refusal:
        parse(str(path))
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_model_without_an_optimizer(tmp_path: Path) -> None:
    nothing: tuple[Any, ...] = (None, {}, {"config": []}, 5, sgd(None), "not a name")
    path = tmp_path / "model.keras"
    for optimizer in nothing:
        archive(path, optimizer)
        assert "must be a model that was compiled with an optimizer" in refusal_of(path)


def test_a_model_with_a_schedule_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    archive(path, sgd({"class_name": "Mine", "config": {}}))
    assert "schedule must be the name of a schedule" in refusal_of(path)
    archive(path, sgd("fast"))
    assert "learning_rate must be a finite number >= 0. Received: 'fast'" in refusal_of(path)


def test_a_file_that_is_not_a_model(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    assert "must be the path of a file that is there" in refusal_of(path)
    path.mkdir()
    assert "must be a file that can be read (Is a directory)" in refusal_of(path)
    path.rmdir()
    path.write_bytes(b"\x89HDF\r\n\x1a\n" * 100)
    assert "must be a saved Keras model, a zip archive (File is not a zip file)" in refusal_of(path)
    archive(path, sgd(0.1), member="other.json")
    assert "must be a Keras model with a config.json in it" in refusal_of(path)
    whole = Path(archive(path, sgd(0.1))).read_bytes()
    path.write_bytes(whole.replace(b"learning_rate", b"learning_rat_"))
    assert "a zip archive (Bad CRC-32 for file 'config.json')" in refusal_of(path)
    assert "must be the path of a file" in refusal_of(Path("a\0b.keras"))


def test_a_huge_config_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as model:
        model.writestr("config.json", b" " * (keras_files.MAX_BYTES + 1))
    assert path.stat().st_size < 100_000
    assert "must be a model with a config below 10 MB" in refusal_of(path)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_an_archive_damaged_anywhere_is_refused_in_a_line(tmp_path: Path, method: int) -> None:
    """Each decompressor has errors of its own: zlib's, lzma's, an OSError of no number."""
    path = tmp_path / "model.keras"
    config = json.dumps({"compile_config": {"optimizer": "adam"}, "x": "abc" * 300})
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("config.json", config)
    sound = path.read_bytes()
    for place in range(0, len(sound), 3):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0x5A]) + sound[place + 1 :])
        said = ""
        try:
            parse(str(path))
        except Invalid as refusal:
            said = str(refusal)
        assert "\n" not in said
        assert "(None)" not in said


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.keras")
    assert "it is no plain file" in refusal_of(tmp_path / "model.keras")
