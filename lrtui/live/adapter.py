"""Any schedule of ours as one that Keras trains with, and the other way round as text.

Knows nothing of optimizers or of steering.
"""

from typing import Any

import keras
from keras import ops
from keras.optimizers.schedules import LearningRateSchedule

from lrtui.schedules import Invalid, Schedule, find, parameters, parse
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.user_schedule import user_schedules


@keras.saving.register_keras_serializable(package="lrtui")
class KerasSchedule(LearningRateSchedule):  # type: ignore[misc]
    """A schedule that Keras has no class for: the same formula, on tensors.

    Args:
        schedule: the schedule, or its text form.
        itself: where the schedule is a Keras schedule of the user's own, that one.

    Raises:
        Invalid: it names a file of the user's own, whose rates are not known here.
    """

    def __init__(self, schedule: Schedule | str, itself: Any = None) -> None:
        self.schedule = parse(schedule) if isinstance(schedule, str) else schedule
        self._itself = itself
        for part in user_schedules(self.schedule):
            if not part.samples:
                allowed = "must be imported here, and used itself, to train with it"
                raise Invalid("schedule", allowed, part.source)

    def __call__(self, step: Any) -> Any:
        """The rate at `step`, an integer tensor of any shape; float32 of that shape."""
        if self._itself is not None:
            return ops.cast(self._itself(step), "float32")
        return self.schedule.formula(ops.cast(step, self.schedule.step_dtype), ops)

    def get_config(self) -> dict[str, Any]:
        """What Keras saves; the class must be importable where the model is loaded."""
        return {"schedule": str(self.schedule)}


def keras_schedule(schedule: Schedule | KerasSchedule) -> Any:
    """Keras' own class of that name where there is one, else the adapter."""
    if isinstance(schedule, KerasSchedule):
        return schedule
    cls: type[Schedule] = type(schedule)
    own = getattr(keras.optimizers.schedules, cls.__name__, None)
    if own is None:
        return KerasSchedule(schedule)
    arguments = {parameter.name: getattr(schedule, parameter.name) for parameter in parameters(cls)}
    return own(
        **{
            name: list(value) if isinstance(value, tuple) else value
            for name, value in arguments.items()
        }
    )


def describe(source: Any) -> str:
    """The text form of what gives an optimizer its rate.

    Args:
        source: a number, a schedule of ours or of Keras, or any callable.

    Returns:
        The constructor expression where we have that schedule, else the name of its class.
    """
    if isinstance(source, Schedule):
        return str(source)
    if isinstance(source, KerasSchedule):
        return str(source.schedule)
    if isinstance(source, (int, float)):
        return str(Constant(float(source)))
    name = type(source).__name__
    try:
        cls = find(name)
        config = source.get_config()
        known = {parameter.name for parameter in parameters(cls)}
        return str(cls(**{key: value for key, value in config.items() if key in known}))
    except (Invalid, NotImplementedError, AttributeError, TypeError):
        return name
