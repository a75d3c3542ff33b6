"""Ways to reset a schedule in mid-training, on the same run: what is reported, what is done.

Prints docs/resetting.md: ``python -m benchmarks.naive_reset > docs/resetting.md``. What the page
claims is asserted in tests/live/test_naive_reset.py, from the same run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.optimizers.schedules import ExponentialDecay
from numpy.typing import NDArray

from lrtui.live.steering import Steering

RESET_AT = 300
STEPS = 350
INITIAL = 0.01
"""The rate at step 0; it is halved every 100 steps, so at step 300 it is an eighth of that."""


class Witness(keras.optimizers.Adam):  # type: ignore[misc]
    """Keras' Adam, which notes the rate that each of its updates is called with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.used = tf.Variable(tf.zeros(STEPS), trainable=False)
        self.count = tf.Variable(0, trainable=False)

    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        done = super().apply(grads, trainable_variables)
        self.count.assign_add(1)
        return done

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        self.used.scatter_nd_update([[self.count]], [tf.cast(learning_rate, tf.float32)])
        super().update_step(gradient, variable, learning_rate)


@dataclass(frozen=True)
class Run:
    """What one way of resetting did."""

    reported: float
    """``optimizer.learning_rate`` just after the reset."""
    used: NDArray[np.float32]
    """The rate of each update, shape (STEPS,)."""
    norms: NDArray[np.float64]
    """How far each update moved the weights, shape (STEPS,)."""
    weights: int
    """How many there are."""
    iterations: int
    """What the optimizer has counted in the end."""


def schedule(initial: float = INITIAL) -> Any:
    return ExponentialDecay(initial, 100, 0.5)


def assigned(model: Any, steering: Steering | None) -> None:
    # 0.08 halved three times is 0.01: what one would have to assign to begin anew at step 300.
    model.optimizer.learning_rate = schedule(8 * INITIAL)


def counted_from_0(model: Any, steering: Steering | None) -> None:
    model.optimizer.iterations.assign(0)


def compiled_anew(model: Any, steering: Steering | None) -> None:
    model.compile(Witness(schedule()), "mse")


def reset(model: Any, steering: Steering | None) -> None:
    assert steering is not None
    steering.reset()


WAYS: dict[str, Callable[[Any, Steering | None], None]] = {
    "no reset": lambda model, steering: None,
    "optimizer.learning_rate = ...": assigned,
    "optimizer.iterations.assign(0)": counted_from_0,
    "model.compile(...) again": compiled_anew,
    "steering.reset()": reset,
}


class Movement(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes how far each update moves the weights, and resets amid the fit, before RESET_AT."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.norms: list[float] = []
        self._act = act

    def on_train_begin(self, logs: Any = None) -> None:
        self._before = self._flat()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = self._flat()
        self.norms.append(float(np.linalg.norm(now - self._before)))
        self._before = now
        if len(self.norms) == RESET_AT:
            self._act()

    def _flat(self) -> NDArray[np.float64]:
        parts = [np.ravel(one) for one in self.model.get_weights()]
        return np.concatenate(parts).astype(np.float64)


def run(way: str) -> Run:
    """One training of STEPS updates, the same for all ways up to RESET_AT."""
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    x = random.uniform(-1, 1, (STEPS * 32, 1))
    y = np.sin(2 * np.pi * x) + random.normal(0, 0.1, x.shape)
    layers = [keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    before = Witness(schedule())
    model.compile(before, "mse")
    steering = Steering(model) if way == "steering.reset()" else None
    reported = []

    def act() -> None:
        WAYS[way](model, steering)
        rate = model.optimizer.learning_rate
        reported.append(float(rate(model.optimizer.iterations) if callable(rate) else rate))

    # A model cannot be compiled amid a fit: that way gets two fits.
    anew = way == "model.compile(...) again"
    movement = Movement(act if not anew else lambda: None)
    for first, stop in [(0, RESET_AT), (RESET_AT, STEPS)] if anew else [(0, STEPS)]:
        part = slice(32 * first, 32 * stop)
        model.fit(x[part], y[part], batch_size=32, shuffle=False, verbose=0, callbacks=[movement])
        if anew and stop == RESET_AT:
            act()
    used = before.used.numpy()
    if model.optimizer is not before:
        used[RESET_AT:] = model.optimizer.used.numpy()[: STEPS - RESET_AT]
    return Run(
        reported[0],
        used,
        np.array(movement.norms),
        model.count_params(),
        int(model.optimizer.iterations.numpy()),
    )


HEAD = """\
# Resetting a schedule in mid-training

Four ways to let a schedule begin anew in Keras, on the same run, and what each really does. The
numbers on this page are measured (`python -m benchmarks.naive_reset`), its claims are
[a test](../tests/live/test_naive_reset.py).

A small network learns a noisy sine with Adam and `ExponentialDecay({initial}, 100, 0.5)`. Before
step {at} the rate is {eighth:g}, an eighth of what it began with. There the schedule shall begin
anew: the rate shall be {initial} again, and fall as it did; the weights, and what Adam has learned
of the gradients, shall stay.

*Used* is the rate that Adam's update was called with. *Moved* is how far the update of step {at}
moved the weights, as a multiple of what it should: what Adam would do there without a reset, times
{initial} / {eighth:g}.

"""

TAIL = """
- **Assigning another schedule** does nothing to a compiled model, though `optimizer.learning_rate`
  *reports* the new one from then on, in the next `fit` too: the compiled step goes on with the old
  schedule until `model.make_train_function(force=True)`.
- **`iterations.assign(0)`** gives the rate that was wanted, but the count is also what Adam
  corrects its bias by. The moments are not new, and are corrected as if they were: by
  sqrt(1 - 0.999^t) / (1 - 0.9^t) with t = 1, 2, ... in place of {at} + 1, {at} + 2, .... The
  updates are too small for hundreds of steps, while the rate that is reported is right.
- **Compiling again** makes a new optimizer: the moments are lost. In the first step each weight
  moves by the whole rate, whichever way its gradient points, by however little.
- **`steering.reset()`** moves the schedule's origin. The rate begins anew, each update is what
  Adam would have done, times the ratio of the rates, and `optimizer.iterations` goes on.
"""


def page() -> str:
    """The page, as Markdown."""
    runs = {way: run(way) for way in WAYS}
    plain = runs["no reset"]
    eighth = INITIAL / 8
    after = (0, 1, 10, 49)
    moved = "moved at the reset | " + " | ".join(f"{n} later" for n in after[1:])
    lines = [
        HEAD.format(initial=INITIAL, at=RESET_AT, eighth=eighth),
        f"| | reported | used | {moved} |\n| --- | --- | --- |{' --- |' * len(after)}\n",
    ]
    best = runs["steering.reset()"]
    for way, one in runs.items():
        first = one.norms[RESET_AT] / (plain.norms[RESET_AT] * 8)
        later = [one.norms[RESET_AT + n] / best.norms[RESET_AT + n] for n in after[1:]]
        moves = " | ".join(f"{ratio:.2f}" for ratio in (first, *later))
        lines.append(f"| `{way}` | {one.reported:.5f} | {one.used[RESET_AT]:.5f} | {moves} |\n")
    lines.append("\nThe later columns are multiples of the last row's.\n")
    return "".join([*lines, TAIL.format(at=RESET_AT)]).replace("`no reset`", "no reset")


if __name__ == "__main__":
    print(page(), end="")
