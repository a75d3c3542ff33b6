"""A schedule as Keras saves it: its config as JSON, alone or in the archive of a model.

Read with the standard library. Keras is not loaded, and nothing in the file is run.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from lrtui.schedules.base import Schedule
from lrtui.schedules.catalogue import find
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.files import open_file
from lrtui.schedules.given_arguments import require_arguments, require_points
from lrtui.schedules.parameters import Described, Invalid, Parameter, parameters
from lrtui.schedules.quantities.described import read_described

MAX_BYTES = 10 * 2**20
"""A larger config is not a model's."""
MAX_LEVELS = 64
"""Wrappers around an optimizer, or compositions, within each other."""

_DEFAULT_RATE = 0.001
_DEFAULT_RATES = {"sgd": 0.01}
"""Of the optimizers of Keras, which a model may name without a rate."""


def from_config(text: str) -> Schedule:
    """The schedule in the JSON of ``keras.optimizers.schedules.serialize``.

    Raises:
        Invalid: it is not that, or of a class that is not known.
    """
    try:
        config = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        raise Invalid("schedule", "must be the JSON of a Keras config", text) from None
    return _schedule(config, "schedule")


def from_archive(path: str) -> Schedule:
    """The schedule of the optimizer of a saved ``.keras`` model; a plain rate gives a Constant.

    Raises:
        Invalid: there is no such file, or no optimizer, or one whose schedule is not known.
    """
    config = _read_config(path)
    compiled = config.get("compile_config") if isinstance(config, dict) else None
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    for _ in range(MAX_LEVELS):  # LossScaleOptimizer wraps the one that holds the rate
        inner = _config_of(optimizer).get("inner_optimizer")
        if inner is None:
            break
        optimizer = inner
    if isinstance(optimizer, str) and optimizer.isidentifier():
        return Constant(_DEFAULT_RATES.get(optimizer.lower(), _DEFAULT_RATE))
    rate = _config_of(optimizer).get("learning_rate")
    if rate is None:
        raise Invalid("schedule", "must be a model that was compiled with an optimizer", path)
    return _schedule(rate, path) if isinstance(rate, dict) else _constant(rate)


def _constant(rate: Any) -> Constant:
    """A plain rate, which Keras keeps as float32: 0.05000000074505806 was given as 0.05."""
    constant = Constant(rate)
    short = float(str(np.float32(constant.learning_rate)))
    same = float(np.float32(short)) == constant.learning_rate
    return Constant(short) if same else constant


def _read_config(path: str) -> Any:
    try:
        with open_file(Path(path).expanduser()) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo("config.json").file_size > MAX_BYTES:
                raise Invalid("schedule", "must be a model with a config below 10 MB", path)
            with archive.open("config.json") as member:
                text = member.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise Invalid("schedule", "must be a model with a config below 10 MB", path)
        return _decoded(text)
    except FileNotFoundError:
        raise Invalid("schedule", "must be the path of a file that is there", path) from None
    except KeyError:
        raise Invalid("schedule", "must be a Keras model with a config.json in it", path) from None
    except Invalid:
        raise
    except OSError as fault:  # bz2 raises one without a number for data that are damaged
        allowed = f"must be a file that can be read ({fault.strerror or _reason(fault)})"
        raise Invalid("schedule", allowed, path) from None
    # zipfile and the decompressors each have exceptions of their own, of no common class.
    except Exception as fault:
        allowed = f"must be a saved Keras model, a zip archive ({_reason(fault)})"
        raise Invalid("schedule", allowed, path) from None


def _reason(fault: Exception) -> str:
    lines = str(fault).splitlines()
    return lines[0][:80] if lines else "damaged"


class _Model(msgspec.Struct):
    """What is read of a model's config; the layers, which are most of it, are skipped."""

    compile_config: Any = None


def _decoded(text: bytes) -> Any:
    try:
        return {"compile_config": msgspec.json.decode(text, type=_Model).compile_config}
    except msgspec.DecodeError:
        return json.loads(text)  # which takes NaN, as Keras may have written it


def _config_of(saved: Any) -> dict[str, Any]:
    config = saved.get("config") if isinstance(saved, dict) else None
    return config if isinstance(config, dict) else {}


def _schedule(saved: Any, source: str, level: int = 0) -> Schedule:
    name = saved.get("class_name") if isinstance(saved, dict) else None
    if not isinstance(name, str) or level > MAX_LEVELS:
        raise Invalid("schedule", "must be a Keras config with class_name and config", saved)
    config = {key: value for key, value in _config_of(saved).items() if key != "name"}
    if name == "KerasSchedule" and isinstance(config.get("schedule"), str):
        schedule = read_described(Schedule, config["schedule"])
        assert isinstance(schedule, Schedule)
        return schedule
    cls = find(name)
    known = {parameter.name: parameter for parameter in parameters(cls)}
    unknown = next((key for key in config if key not in known), None)
    if unknown is not None:
        raise Invalid(cls.__name__, f"takes the arguments {', '.join(known)}", unknown)
    given = {key: _value(known[key], value, source, level) for key, value in config.items()}
    require_arguments(cls, given, source)
    require_points(cls, config)
    return cls(**given)


def _value(parameter: Parameter, saved: Any, source: str, level: int) -> Any:
    if not issubclass(parameter.type, Described):
        return parameter.check(saved)
    if parameter.many and isinstance(saved, list):
        return tuple(_schedule(one, source, level + 1) for one in saved)
    if isinstance(saved, str):
        return parameter.read(saved)
    return _schedule(saved, source, level + 1)
