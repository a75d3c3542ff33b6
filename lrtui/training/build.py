"""What a training is made of, built with Keras from its settings."""

from typing import Any

import keras

from lrtui.schedules import Invalid
from lrtui.training import optimizers


def optimizer(text: str, rate: Any) -> Any:
    """The Keras optimizer that a text means.

    Args:
        text: what :func:`lrtui.training.optimizers.read` understands.
        rate: its learning rate, a float or a Keras schedule.

    Raises:
        Invalid: Keras has no such optimizer, or none with such arguments.
    """
    meant = optimizers.read(text)
    classes = _classes()
    if meant.name not in classes:
        allowed = f"must be one of keras.optimizers {keras.__version__}: {', '.join(classes)}"
        raise Invalid("optimizer", allowed, meant.name)
    try:
        return classes[meant.name](learning_rate=rate, **meant.arguments)
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise Invalid("optimizer", f"must be one that Keras can make ({reason})", text) from None


_NEED_ANOTHER = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer")
"""Those that cannot be made by themselves."""


def _classes() -> dict[str, Any]:
    base = keras.optimizers.Optimizer
    found = vars(keras.optimizers).items()
    return {
        name: one
        for name, one in sorted(found)
        if isinstance(one, type) and issubclass(one, base) and name not in _NEED_ANOTHER
    }
