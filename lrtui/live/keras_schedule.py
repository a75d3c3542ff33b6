"""Any schedule as one that Keras trains with and saves, and the other way round as text.

Knows nothing of optimizers or of steering.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops
from keras.optimizers.schedules import LearningRateSchedule

from lrtui.schedules import Invalid, Schedule, find, parameters, parse
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.given_arguments import require_points
from lrtui.schedules.user_schedule import user_schedules


@keras.saving.register_keras_serializable(package="lrtui")
class KerasSchedule(LearningRateSchedule):  # type: ignore[misc]
    """A schedule that Keras has no class for: the same formula, on tensors.

    Args:
        schedule: the schedule, or its text form.

    Raises:
        Invalid: it names a file of the user's own, whose rates are not known here.
    """

    def __init__(self, schedule: Schedule | str) -> None:
        self.schedule = parse(schedule) if isinstance(schedule, str) else schedule
        for part in user_schedules(self.schedule):
            if not part.samples:
                allowed = "must be imported here, and used itself, to train with it"
                raise Invalid("schedule", allowed, part.source)

    def __call__(self, step: Any) -> Any:
        """The rate at `step`, an integer tensor of any shape; float32 of that shape."""
        return self.schedule.formula(ops.cast(step, self.schedule.step_dtype), ops)

    def get_config(self) -> dict[str, Any]:
        """What Keras saves; the class must be importable where the model is loaded."""
        return {"schedule": str(self.schedule)}


def keras_schedule(schedule: Schedule | KerasSchedule | str | type[Schedule]) -> Any:
    """A schedule as Keras takes it: ``Adam(keras_schedule("OneCycle(0.1, total_steps=1000)"))``.

    Args:
        schedule: a schedule, its text, or its class, which stands for its defaults.

    Returns:
        Keras' own class where there is one. Else one that Keras saves with the model; where such a
        model is loaded, lrtui must be installed and ``lrtui.keras_schedule`` have been named.

    Raises:
        Invalid: it is no schedule, or one of the user's own that is not known here.
    """
    if isinstance(schedule, KerasSchedule):
        return schedule
    if isinstance(schedule, str):
        schedule = parse(schedule)
    if isinstance(schedule, type) and issubclass(schedule, Schedule):
        schedule = parse(schedule.__name__)
    if not isinstance(schedule, Schedule):
        raise Invalid("schedule", "must be a schedule, its text or its class", repr(schedule)[:60])
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


def described(given: Any) -> Schedule | None:
    """Our schedule of the same rates as what gives an optimizer its rate; None: there is none.

    A class of the user's own is none, whatever its name. Nor is one with a whole first rate, with
    which Keras goes on in whole numbers.
    """
    if isinstance(given, Schedule):
        return given
    if isinstance(given, KerasSchedule):
        return given.schedule
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return Constant(float(given))
    name = type(given).__name__
    if type(given) is not getattr(keras.optimizers.schedules, name, None):
        return None
    try:
        cls = find(name)
        config = given.get_config()
        require_points(cls, config)
        known = {parameter.name for parameter in parameters(cls)}
        return cls(**{key: value for key, value in config.items() if key in known})
    except (Invalid, NotImplementedError, AttributeError, TypeError):
        return None


def text_of(given: Schedule | Callable[..., Any] | float) -> str:
    """The text form of what gives an optimizer its rate.

    Returns:
        The constructor expression where we have that schedule, else that of Keras' own class, or
        the name of its function or class.
    """
    ours = described(given)
    if ours is not None:
        return str(ours)
    name = type(given).__name__
    if type(given) is getattr(keras.optimizers.schedules, name, None):
        # Not the name alone, which as a text stands for the defaults of ours.
        config: dict[str, Any] = given.get_config()  # type: ignore[union-attr]
        arguments = (f"{key}={value}" for key, value in config.items())
        return f"{name}({', '.join(arguments)})"
    return str(getattr(given, "__name__", type(given).__name__))
