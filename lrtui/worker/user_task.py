"""Makes a model and data with a function of the user's own, and checks what it returns.

The function is called anew for each training, after the seeds have been set, so that the seed of a
training counts. Whatever it does wrong becomes one or two lines (:class:`OwnFault`).
"""

import contextlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from lrtui.live.user_code import OwnFault, TookTooLong, file_of, loaded, raised, shown
from lrtui.protocol import Allowed
from lrtui.protocol.settings import Settings
from lrtui.schedules.arrays import Anys
from lrtui.worker.memory_limit import at_most_more
from lrtui.worker.parts import Parts, count_of, joined, leaves, taken

MOST_DATA_BYTES = 2**31
"""Data that are larger are not read into memory."""
MOST_VALIDATED = 4096
"""Of more samples the first are validated: all of them go through the model at a time."""

_BATCHES = (tf.data.Dataset, keras.utils.PyDataset, Iterator)
"""What gives data batch by batch."""
_RETURNED = (
    "must return a compiled model and its data, or (model, loss, data); data are (inputs, "
    "targets) or (inputs, targets, sample_weight), a pair of these, or a tf.data.Dataset or a "
    "generator of batches"
)
_PARTS = ("inputs", "targets", "sample_weight")


class UserMade(NamedTuple):
    """What the function returned."""

    model: Any
    compiled_with: Mapping[str, Any]
    """What it was compiled with, by the names of ``compile``; of a model that came with its loss
    that alone."""
    own_compile: bool
    """Whether it must not be compiled again: it has a ``compile`` of its own."""
    train: Parts
    validation: Parts | None


def make(settings: Settings, allowed: Allowed) -> UserMade:
    """Call the function.

    Args:
        settings: of the training; the task is the source.
        allowed: what its file may hold.

    Raises:
        OwnFault: there is no such file or name, nobody allowed it, it raises, takes too long or
            needs too much memory, or what it returns is no model with its data.
    """
    source = settings.task
    with loaded(source, allowed, "make model and data") as function, _undone(), at_most_more():
        if isinstance(function, type) or not callable(function):
            raise OwnFault(f"{source} must be a function. Received: {shown(function)}")
        try:
            return _checked(source, function(**_arguments(source, function, settings)), settings)
        except (TookTooLong, OwnFault):
            raise
        except BaseException as error:
            raised(f"{source} raises", error, file_of(source))


def optimizer_like(compiled_with: Mapping[str, Any], rate: Any) -> Any:
    """The optimizer that a model was compiled with, fresh, with this rate; SGD if with none."""
    if compiled_with.get("optimizer") is None:
        return keras.optimizers.SGD(rate)
    one = keras.optimizers.get(compiled_with["optimizer"])
    one = getattr(one, "inner_optimizer", one)
    return type(one).from_config({**one.get_config(), "learning_rate": rate})


def _arguments(source: str, function: Callable[..., Any], settings: Settings) -> dict[str, Any]:
    """What it is called with: the seed and the batch size, where it takes them by these names."""
    known = {"seed": settings.seed, "batch_size": settings.batch_size}
    try:
        taken = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}
    named = [one for one in taken if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    for one in named:
        if one.default is one.empty and one.name not in known:
            allowed = "must take no arguments, or seed and batch_size"
            raise OwnFault(f"{source} {allowed}. Received: one that needs {one.name}")
    return {one.name: known[one.name] for one in named if one.name in known}


@contextlib.contextmanager
def _undone() -> Iterator[None]:
    """What the user's code sets for the whole process does not outlive it."""
    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    eager = tf.config.functions_run_eagerly()
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        keras.config.set_floatx(floatx)
        tf.config.run_functions_eagerly(eager)


# ---------------------------------------------------------------------- what it returned


def _checked(source: str, found: Any, settings: Settings) -> UserMade:
    if not isinstance(found, (tuple, list)) or len(found) < 2:
        raise OwnFault(f"{source} {_RETURNED}. Received: {shown(found)}")
    model, *rest = found
    if not isinstance(model, keras.Model):
        raise OwnFault(f"{source} {_RETURNED}. Received, as the model: {shown(model)}")
    loss = None
    if _is_loss(rest[0]):
        loss, *rest = rest
        loss = loss() if isinstance(loss, type) else loss
    if not rest:
        raise OwnFault(f"{source} {_RETURNED}. Received: no data")
    if loss is None and not model.compiled:
        wanted = "must compile its model, or return (model, loss, data)"
        raise OwnFault(f"{source} {wanted}. Received: a model without a loss")
    train, validation = _weighted(*_parts(source, rest[0] if len(rest) == 1 else tuple(rest)))
    if validation is None and settings.validation_share:
        train, validation = _split(source, train, settings.validation_share)
    if not settings.validation_share:
        validation = None
    elif validation is not None:
        validation = taken(validation, slice(MOST_VALIDATED))
    _build(source, model, train)
    own = type(model).compile is not keras.Model.compile and loss is None
    compiled = dict(getattr(getattr(model, "_compile_config", None), "config", None) or {})
    compiled |= {"optimizer": model.optimizer} if model.compiled else {}
    return UserMade(
        model, compiled if loss is None else {**compiled, "loss": loss}, own, train, validation
    )


def _is_loss(one: Any) -> bool:
    if isinstance(one, (str, keras.losses.Loss)):
        return True
    data = isinstance(one, (np.ndarray, tf.Tensor, *_BATCHES))
    return callable(one) and not data


def _weighted(train: Parts, validation: Parts | None) -> tuple[Parts, Parts | None]:
    """Both with weights if one has them: of 1, which change nothing."""
    if validation is None or len(train) == len(validation):
        return train, validation
    ones = [np.ones(count_of(one), np.float32) for one in (train, validation)]
    return (*train, ones[0])[:3], (*validation, ones[1])[:3]


def _build(source: str, model: Any, train: Parts) -> None:
    """Give it its weights, if it has none yet, and see that there is something to train, and that
    it takes its inputs where there are several.
    """
    inputs = taken(train, slice(1))[0]
    if not isinstance(inputs, np.ndarray):
        try:
            model(inputs)
        except Exception as error:
            names = ", ".join(map(shown, inputs)) if isinstance(inputs, dict) else "in a list"
            wanted = "must return inputs that its model takes"
            received = f"{len(inputs)} of them, {names}"
            raise OwnFault(f"{source} {wanted}. Received: {received}") from error
    elif not model.built:
        model(inputs)
    if not model.trainable_variables:
        raise OwnFault(f"{source} must return a model with weights to train. Received: none")


def _parts(source: str, data: Any) -> tuple[Parts, Parts | None]:
    """What is trained on, and what is validated if the data say so."""
    if isinstance(data, Mapping) and {"x", "y"} <= set(data):
        if more := set(data) - {"x", "y", "sample_weight", "validation_data"}:
            # What fit takes besides, such as class_weight, would be other losses than these.
            names = "x, y, sample_weight and validation_data alone"
            wanted = f"must return {names}; lines of the form say the rest"
            raise OwnFault(f"{source} {wanted}. Received: {', '.join(map(shown, sorted(more)))}")
        weights = data.get("sample_weight")
        train = (data["x"], data["y"], *(() if weights is None else (weights,)))
        data = (train, data.get("validation_data"))
    if isinstance(data, _BATCHES):
        return _samples(source, data), None
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3, 4):
        raise OwnFault(f"{source} {_RETURNED}. Received, as data: {shown(data)}")
    if len(data) == 4:
        return _samples(source, data[:2]), _samples(source, data[2:])
    if len(data) == 3:
        return _samples(source, data), None
    first, second = data
    sets = (tuple, *_BATCHES)
    if isinstance(first, sets) and (second is None or isinstance(second, (*sets, list))):
        return _samples(source, first), None if second is None else _samples(source, second)
    return _samples(source, data), None


def _samples(source: str, data: Any) -> Parts:
    """Inputs, targets and perhaps weights, as arrays or trees of them."""
    if isinstance(data, _BATCHES):
        data = _read(source, data)
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise OwnFault(f"{source} {_RETURNED}. Received, as data: {shown(data)}")
    parts = tuple(
        _tree(source, one, what) for one, what in zip(data, _PARTS[: len(data)], strict=True)
    )
    first, *others = [len(one) for one in leaves(parts)]
    if not first or set(others) != {first}:
        wanted = "must return as many targets as inputs, and at least one"
        other = next((one for one in others if one != first), first)
        raise OwnFault(f"{source} {wanted}. Received: {first} and {other}")
    if len(parts) == 3 and (not isinstance(parts[2], np.ndarray) or parts[2].ndim != 1):
        raise OwnFault(f"{source} must return sample_weight as one number for each sample")
    return parts


def _tree(source: str, one: Any, what: str) -> Any:
    """An array; several where there are several by name, or in a list, as ``fit`` takes them."""
    if isinstance(one, Mapping) and len(one) > 1:
        return {name: _array(source, part, what) for name, part in one.items()}
    several = isinstance(one, (list, tuple)) and len(one) > 1
    if several and all(isinstance(part, (np.ndarray, tf.Tensor)) and part.ndim for part in one):
        # A tuple: of a list tf.data would make one tensor.
        return tuple(_array(source, part, what) for part in one)
    return _array(source, one, what)


def _array(source: str, one: Any, what: str) -> Anys:
    if isinstance(one, Mapping):
        one = next(iter(one.values())) if len(one) == 1 else one
    try:
        made = np.asarray(one)
    except (ValueError, TypeError):
        made = np.asarray(None)
    if made.ndim == 0 or made.dtype.kind not in "fiub":
        allowed = f"must return {what} as arrays of numbers"
        raise OwnFault(f"{source} {allowed}. Received: {_described(one, made)}")
    # As fit does.
    return made.astype(keras.config.floatx()) if made.dtype.kind == "f" else made


def _described(one: Any, made: Anys) -> str:
    if isinstance(one, (Mapping, list, tuple)) and made.ndim == 0:
        names = f": {', '.join(map(shown, one))}" if isinstance(one, Mapping) else ""
        return f"{len(one)} of them{names}"
    return shown(one) if made.ndim == 0 else f"an array of {made.dtype}"


def _read(source: str, data: Any) -> Sequence[Any]:
    """All batches of a dataset or generator, one after another."""
    read: list[Any] = []
    size = 0
    batches: Iterable[Any] = data
    if isinstance(data, keras.utils.PyDataset):
        batches = (data[place] for place in range(len(data)))
    for batch in batches:
        if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
            raise OwnFault(f"{source} must give batches of (inputs, targets), or with weights")
        read.append(tuple(_tree(source, one, "batches") for one in batch))
        if len(read[0]) != len(batch):
            raise OwnFault(f"{source} must give weights with each batch, or with none")
        size += sum(one.nbytes for one in leaves(read[-1]))
        if size > MOST_DATA_BYTES:
            limit = f"must end before {MOST_DATA_BYTES / 1e9:.1f} GB"
            raise OwnFault(f"{source}: its batches {limit}; what repeats without end has none")
    if not read:
        raise OwnFault(f"{source} must return data. Received: no batch")
    return joined(read)


def _split(source: str, samples: Parts, share: float) -> tuple[Parts, Parts]:
    """The last samples apart, as Keras' validation_split does."""
    count = count_of(samples)
    begin = count - max(1, int(count * share))
    if begin < 1:
        wanted = "must return at least two samples, or --validation-share 0"
        raise OwnFault(f"{source} {wanted}. Received: {count}")
    return taken(samples, slice(begin)), taken(samples, slice(begin, None))
