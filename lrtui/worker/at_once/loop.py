"""What a loop is that trains at once, and which kind a model and an optimizer can have.

A loop is compiled once for a model, an optimizer and the shapes of its data; rates, weights, data
and their order are arguments. What it computes is what ``model.fit`` does, step by step.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import tensorflow as tf

from lrtui.schedules.arrays import Float32s
from lrtui.worker.at_once.seeded import ModelForm, Seeded

PIECE_STEPS = 256
"""At most so many steps are done between two looks at whether they are still wanted."""

_ELEMENT_BY_ELEMENT = frozenset(
    ("SGD", "RMSprop", "Adam", "AdamW", "Nadam", "Adamax", "Adagrad", "Adadelta", "Lion", "Ftrl")
)
"""Keras' optimizers whose update of a weight depends on no other weight."""
_GAINING = frozenset(
    ("Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Flatten", "Reshape", "Rescaling")
)
"""Layers that gain by being stacked: convolutions and attention do not."""


class TrainedPiece(NamedTuple):
    """What some steps of every training of a loop gave."""

    losses: Float32s
    """Of each step's batch, shape (steps, trainings)."""
    validation: Float32s | None
    """After the last of them, shape (trainings,)."""


class Loop(Protocol):
    """Trains models of one form with one optimizer, some at a time."""

    def begin(self, seeded: Sequence[Seeded]) -> None:
        """Begin anew, a training for each of these."""

    def steps(self, first: int, rates: Float32s, validate: bool) -> TrainedPiece:
        """Do steps of every training, at most :data:`PIECE_STEPS`.

        Args:
            first: the number of the first of them.
            rates: shape (steps, trainings).
            validate: whether the validation loss is wanted after them.
        """


def can_stack(form: ModelForm, optimizer: Any) -> bool:
    """Whether many such models can be trained as one, and gain by it."""
    model = form.model
    clipped = optimizer.clipnorm is not None or optimizer.global_clipnorm is not None
    by_element = type(optimizer).__name__ in _ELEMENT_BY_ELEMENT and not clipped
    weights = model.trainable_variables
    plain = len(model.variables) == len(weights) and all(one.constraint is None for one in weights)
    layers = {type(layer).__name__ for layer in model._flatten_layers(include_self=False)}
    return by_element and plain and layers <= _GAINING | {"InputLayer"}


def draws_random_numbers(model: Any) -> bool:
    """Whether its layers do, as dropout does: XLA would draw others than ``fit``."""
    return any(getattr(layer, "_seed_generators", None) for layer in model._flatten_layers())


def compiled(function: Callable[..., Any], jit: bool) -> Callable[..., Any]:
    """The function as a graph, by XLA or not, traced once for each set of shapes.

    Its arguments are arrays and tensors. It is called past ``tf.function``'s own look-up, which
    takes a third as long as an epoch of a small model.
    """
    graph = tf.function(tf.autograph.experimental.do_not_convert(function), jit_compile=jit)
    traced: dict[Any, Any] = {}

    def call(*given: Any) -> Any:
        tensors = [tf.convert_to_tensor(one) for one in given]
        shapes = tuple((tuple(one.shape), one.dtype) for one in tensors)
        if shapes not in traced:
            traced[shapes] = graph.get_concrete_function(*tensors)
        return traced[shapes](*tensors)

    return call
