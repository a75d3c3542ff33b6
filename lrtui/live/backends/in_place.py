"""What backends share whose model and optimizer are trained as the objects they are.

On JAX their state is taken out of them instead, and put back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class TrainedInPlace:
    """A step that needs nothing of its own in model or optimizer."""

    def around(self, train_function: Any, before: Callable[[], None]) -> Any:
        """The train function, with `before` called before each execution."""

        def train_function_and_before(*args: Any) -> Any:
            before()
            return train_function(*args)

        return train_function_and_before

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
