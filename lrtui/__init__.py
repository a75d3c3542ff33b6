"""lrtui: see what a learning rate schedule really does.

Importing this package imports nothing heavy: the public names are resolved when first used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Invalid": "lrtui.schedules",
    "Schedule": "lrtui.schedules",
    "catalogue": "lrtui.schedules",
    "parse": "lrtui.schedules.text",
    "sweep": "lrtui.runs.sweeps.python_api",
    "Live": "lrtui.live.callback",
    "LiveCallback": "lrtui.live.callback",
    "Plateau": "lrtui.live.plateau",
    "Steering": "lrtui.live.steering",
    "find_rate": "lrtui.live.range_test",
    "keras_schedule": "lrtui.live.keras_schedule",
}

__all__ = [
    "Invalid",
    "Live",
    "LiveCallback",
    "Plateau",
    "Schedule",
    "Steering",
    "__version__",
    "catalogue",
    "find_rate",
    "keras_schedule",
    "live",
    "parse",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name == "live":  # the folder itself can be called
        return import_module("lrtui.live")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'lrtui' has no attribute {name!r}")
