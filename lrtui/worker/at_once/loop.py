"""What a loop is that trains at once, and which kind a model and an optimizer can have.

A loop is compiled once for a model, an optimizer and the shapes of its data; rates, weights, data
and their order are arguments. What it computes is what ``model.fit`` does, step by step.
"""

import contextlib
import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import keras
import tensorflow as tf

from lrtui.schedules.arrays import Float32s
from lrtui.worker.at_once.seeded import ModelForm, Seeded

PIECE_STEPS = 256
"""At most so many steps are done between two looks at whether they are still wanted."""

STACKED_SEEDS = 8
"""Seeds at most whose data a stack holds."""
MOST_STACKED_BYTES = 2**28
"""Of the data of a stack's seeds; where there are more, models are trained in turn."""

_ELEMENT_BY_ELEMENT = frozenset(
    ("SGD", "RMSprop", "Adam", "AdamW", "Nadam", "Adamax", "Adagrad", "Adadelta", "Lion", "Ftrl")
)
"""Keras' optimizers whose update of a weight depends on no other weight."""
_NOT_BY_XLA = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError)
"""What XLA says of an operation that it cannot compile, before anything is computed."""
_GAINING = frozenset(
    ("Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Flatten", "Reshape", "Rescaling")
)
"""Layers that gain by being stacked: convolutions and attention do not."""


class Impossible(Exception):
    """It cannot be had at once; the message says why, in a line."""


class TrainedPiece(NamedTuple):
    """What some steps of every training of a loop gave."""

    losses: Float32s
    """Of each step's batch, shape (steps, trainings)."""
    validation: Float32s | None
    """After the last of them, shape (trainings,)."""


class CompiledLoop(Protocol):
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
    gains = not has_foreign_code(model) and layers <= _GAINING | {"InputLayer"}
    small = form.data_bytes * STACKED_SEEDS <= MOST_STACKED_BYTES
    gains = gains and form.plain_data
    return by_element and plain and gains and small and form.loss is not None


def why_not(form: ModelForm) -> str:
    """Why no loop has the numbers of ``fit``; empty: one has them."""
    kind = type(form.model)
    for name in ("train_step", "make_train_function", "fit"):
        if getattr(kind, name) is not getattr(keras.Model, name):
            return f"it cannot be had at once: its {name} is its own; model.fit trains it"
    return ""


def draws_random_numbers(model: Any) -> bool:
    """Whether its layers do, as dropout does: XLA would draw others than ``fit``."""
    return any(getattr(layer, "_seed_generators", None) for layer in model._flatten_layers())


def has_foreign_code(model: Any) -> bool:
    """Whether some of its layers are not Keras' own: what they draw, or keep, is not known."""
    modules = (type(one).__module__ for one in model._flatten_layers())
    return any(not (name == "keras" or name.startswith("keras.")) for name in modules)


class Compiled:
    """A function as a graph, by XLA or not, traced once for each set of shapes.

    Its arguments are arrays and tensors. It is called past ``tf.function``'s own look-up, which
    takes a third as long as an epoch of a small model.

    Args:
        function: may read and assign variables, too.
        jit: whether XLA is to compile it, if it can.
    """

    def __init__(self, function: Callable[..., Any], jit: bool) -> None:
        self._plain, self._jit = tf.autograph.experimental.do_not_convert(function), jit
        self._graphs: dict[Any, Any] = {}

    def __call__(self, *given: Any) -> Any:
        """What the function gives for these."""
        tensors = [tf.convert_to_tensor(one) for one in given]
        shapes = _shapes(tensors)
        if shapes not in self._graphs:
            self._graphs[shapes], done = self._compile(tensors)
            return done
        return self._graphs[shapes](*tensors)

    def on(self, variables: Sequence[tuple[Any, Any]]) -> Callable[..., Any]:
        """The same on other variables, for shapes that it was called with before.

        Nothing is compiled for it, and both can be called at a time.

        Args:
            variables: each of TensorFlow's own that it uses, with that to be used instead.
        """
        handles = {id(one.handle): other.handle for one, other in variables}
        graphs: dict[Any, Any] = {}

        def call(*given: Any) -> Any:
            tensors = [tf.convert_to_tensor(one) for one in given]
            shapes = _shapes(tensors)
            if shapes not in graphs:
                graphs[shapes] = copy.copy(self._graphs[shapes])
                used = graphs[shapes].captured_inputs
                graphs[shapes].set_external_captures([handles.get(id(one), one) for one in used])
            return graphs[shapes](*tensors)

        return call

    def _compile(self, tensors: Sequence[Any]) -> tuple[Any, Any]:
        """The graph, and what it gives for these."""
        if self._jit:
            with contextlib.suppress(*_NOT_BY_XLA):
                graph = tf.function(self._plain, jit_compile=True).get_concrete_function(*tensors)
                return graph, graph(*tensors)
        graph = tf.function(self._plain, jit_compile=False).get_concrete_function(*tensors)
        return graph, graph(*tensors)


def _shapes(tensors: Sequence[Any]) -> Any:
    return tuple((tuple(one.shape), one.dtype) for one in tensors)
