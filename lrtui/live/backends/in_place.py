"""What backends share whose model and optimizer are trained as the objects they are.

On JAX their state is taken out of them instead, and put back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class TrainedInPlace:
    """A step that needs nothing of its own in model or optimizer."""

    def around(self, train_function: Any) -> Any:
        """The train function, which needs nothing around it."""
        return train_function

    def about_to_run(self, *args: Any) -> None:
        """Before an execution: what is read now is what it is given. It is there already."""

    def attach(self) -> None:
        """Put into model and optimizer what the framework needs there. Nothing is needed."""

    def detach(self) -> None:
        """Take it out again."""

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """While something is saved or loaded: model and optimizer are as if without us.

        There is nothing to hide.
        """
        yield
