"""What is known of a training that a script of the user's own does."""

import msgspec


class Script(msgspec.Struct, frozen=True):
    """A training that was not started by lrtui, and so has no settings of ours."""

    name: str
    """As the list of trainings shows it."""
    optimizer: str = ""
    """The class of its optimizer; empty: not known."""
    backend: str = ""
    """Of Keras, or the framework of a loop of one's own."""
    epochs: int | None = None
    """None: not known."""
    steps_per_epoch: int | None = None
    """None: not known, as of a dataset whose length Keras has yet to learn."""

    total_steps: int | None = None
    """Of a loop of one's own, which has no epochs of a known length; None: not known."""

    @property
    def steps(self) -> int | None:
        """The updates of the whole training; None: not known."""
        if self.total_steps is not None:
            return self.total_steps
        if self.epochs is None or self.steps_per_epoch is None:
            return None
        return self.epochs * self.steps_per_epoch
