"""What a task is: data that are made in milliseconds, and a small model for them. No Keras here.

Keras is an argument: so the UI's process, which never imports it, can say what each task is, which
settings it uses and which rates it stands. NumPy's generators are only named, in quotes: importing
them takes 6 ms before the first frame.
"""

from typing import Any, ClassVar, Protocol

import numpy as np

from lrtui.schedules.arrays import Anys
from lrtui.schedules.docstrings import read_docstring

Samples = tuple[Anys, Anys]
"""Inputs and targets, of the same length."""


class Wanted(Protocol):
    """What a task may ask of the settings."""

    @property
    def batch_size(self) -> int:
        """Samples in an update."""

    @property
    def model_width(self) -> int:
        """Units in a hidden layer."""

    @property
    def model_depth(self) -> int:
        """Hidden layers."""

    @property
    def noise(self) -> float:
        """How noisy the data are, 0 to 1."""


class Task:
    """One of these a file of this folder; its name is that of the class.

    The docstring of a class says what it is, and under ``Note`` what it teaches about rates.
    """

    unused: ClassVar[frozenset[str]] = frozenset()
    """The settings that mean nothing to it."""
    whole_batches: ClassVar[bool] = False
    """Whether the samples of a batch belong together: only the batches are shuffled then."""

    @property
    def name(self) -> str:
        """What it is called in the settings."""
        return type(self).__name__.lower()

    @property
    def about(self) -> str:
        """What it is, a sentence."""
        return read_docstring(type(self)).summary

    @property
    def teaches(self) -> str:
        """What it teaches about rates, a sentence or two."""
        return read_docstring(type(self)).note

    def samples(self, random: "np.random.Generator", count: int, wanted: Wanted) -> Samples:
        """So many samples, drawn from `random` and nothing else."""
        raise NotImplementedError

    def model(self, keras: Any, wanted: Wanted) -> Any:
        """A model for them, not compiled."""
        raise NotImplementedError

    def loss(self, keras: Any) -> Any:
        """What is minimized."""
        raise NotImplementedError

    def metrics(self, keras: Any) -> list[Any]:
        """What is measured beside the loss, for ``model.compile``; each by its own name."""
        return []

    def curvature(self, wanted: Wanted) -> float | None:
        """The largest eigenvalue of the loss's Hessian, if all weights and batches share it."""
        return None


def perceptron(keras: Any, inputs: int, outputs: int, wanted: Wanted) -> Any:
    """Layers of ReLU, each connected with the next."""
    hidden = [
        keras.layers.Dense(wanted.model_width, activation="relu") for _ in range(wanted.model_depth)
    ]
    return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])
