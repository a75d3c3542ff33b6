"""A task of the user's own, as far as it is known without running its file."""

from typing import Any, ClassVar

from lrtui.schedules.docstrings import read_docstring
from lrtui.schedules.user_schedule import is_source
from lrtui.tasks.base import Task


class UserTask(Task):
    """A model and data of your own, in a Python file.

    A function returns a compiled model and its data, or model, loss and data. The data are inputs
    and targets as arrays (several in a list or by name, as ``fit`` takes them), or these and a
    weight for each sample; or a pair of such data whose second one is validated, or a
    tf.data.Dataset or a generator of batches, which must end. The function may take ``seed`` and
    ``batch_size``; a training seeds Python, NumPy and Keras before it calls it. It is run in the
    training processes only.

    Args:
        source: the file and the name in it, ``mymodule.py:name``.

    Note:
        An epoch is steps_per_epoch updates, whatever the length of the data, which are gone
        through again and again in a new order.
    """

    unused: ClassVar[frozenset[str]] = frozenset(("model_width", "model_depth", "noise"))

    def __init__(self, source: str) -> None:
        self.source = source

    @property
    def name(self) -> str:
        """The source."""
        return self.source

    @property
    def about(self) -> str:
        """What it is, a sentence."""
        return f"{read_docstring(UserTask).summary.removesuffix('.')}: {self.source}."


def sources_of_task(task: Any) -> tuple[str, ...]:
    """The source whose file a task's name has read; mostly none."""
    return (task,) if is_source(task) else ()
