"""A model and data of the user's own: trained by fit and at once with the same numbers."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import pytest

from lrtui.live import user_code
from lrtui.live.link import KeepingLink, QueueLink
from lrtui.live.user_code import OwnFault
from lrtui.protocol import AtOnceEnded, Settings, Start, TrainAtOnce, TrainedAtOnce, pack, unpack
from lrtui.runs.record import RunRecord
from lrtui.worker import memory_limit, user_task
from lrtui.worker.at_once.loop import Impossible
from lrtui.worker.at_once.pace import Forecast
from lrtui.worker.at_once.service import train_at_once
from lrtui.worker.at_once.training import Trainings
from lrtui.worker.run import train
from tests.consent import as_it_is

CODE = '''
import keras
import numpy as np

def data(seed=3):
    random = np.random.default_rng(seed)
    x = random.normal(size=(300, 4))
    return x, (x.sum(1) > 0).astype(int)

def dense():
    import threading
    assert threading.current_thread() is threading.main_thread(), "where what hangs is ended"
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"),
                              keras.layers.Dense(1)])
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["mae"])
    return model, data()

def squares(seed, batch_size):
    """Not compiled, lazily built, random numbers, data of its seed, its own validation."""
    assert batch_size == 32
    model = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization(),
                              keras.layers.Dropout(0.2), keras.layers.Dense(1)])
    x, y = data(seed)
    return model, "mse", ((x, y[:, None]), (x[:50], y[:50, None]))

class Subclass(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = keras.layers.Dense(1)
    def call(self, x):
        return self.inner(x)

def dataset():
    import tensorflow as tf
    model = Subclass()
    model.compile(keras.optimizers.SGD(0.5, momentum=0.9), "mse")
    batches = tf.data.Dataset.from_tensor_slices(data()).batch(17)
    return model, (batches, iter(batches.take(2)))

def two(named):
    a, b = (keras.Input((width,), name=name) for name, width in (("b", 4), ("a", 1)))
    both = keras.layers.Concatenate()([keras.layers.Dense(8, "tanh")(a), b])
    model = keras.Model({"b": a, "a": b} if named else [a, b], keras.layers.Dense(1)(both))
    model.compile("sgd", "mse")
    return model

def by_name():
    x, y = data()
    return two(True), {"a": x[:, :1], "b": x}, y

def in_a_list():
    """And weights; validated without."""
    x, y = data()
    inputs = [x, x[:, :1]]
    weights = np.linspace(0, 3, 300)
    return two(False), ((inputs, y, weights), ([one[:40] for one in inputs], y[:40]))

def batches_with_weights():
    model = Subclass()
    model.compile("sgd", "mse")
    x, y = data()
    return model, ((x[at:at + 50], y[at:at + 50], 1.0 + y[at:at + 50]) for at in range(0, 300, 50))

def two_outputs():
    entry = keras.Input((4,))
    outs = [keras.layers.Dense(1, name=name)(entry) for name in ("u", "v")]
    model = keras.Model(entry, outs)
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 0.3])
    x, y = data()
    return model, x, [y, 1 - y]

class Step(Subclass):
    def train_step(self, data):
        return super().train_step(data)

def own_step():
    model = Step()
    model.compile("sgd", "mse")
    return model, data()

def sets_policy():
    keras.config.set_dtype_policy("mixed_bfloat16")
    raise ValueError("no \\x1b[31mdata")

def hangs():
    while True:
        pass

def number(): return 42
def no_model(): return "model", data()
def no_loss(): return keras.Sequential([keras.layers.Dense(1)]), data()
def short(): return dense()[0], (np.ones((5, 4)), np.ones(4))
def words(): return dense()[0], (["a", "b"], [0, 1])
def endless():
    while True:
        yield np.ones((10**6, 4)), np.ones(10**6)
def forever(): return dense()[0], endless()
def named(): return dense()[0], ({"a": np.ones((5, 2)), "b": np.ones((5, 2))}, np.ones(5))
def huge(): return dense()[0], (np.ones((10 * 2**30,), np.uint8), 3)
def weighs_pairs(): return dense()[0], (*data(), np.ones((300, 2)))
def weighs(): return dense()[0], dict(zip("xy", data())) | {"class_weight": {0: 1.0, 1: 5.0}}
def leaves(): raise SystemExit(3)
def asks(path): return dense()
'''


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "task.py"
    path.write_text(CODE)
    return path


def settings_of(file: Path, name: str, **more: object) -> Settings:
    small = {"optimizer": "compiled", "epochs": 3, "steps_per_epoch": 12, **more}
    return Settings(task=f"{file}:{name}", **small)  # type: ignore[arg-type]


def at_once(
    settings: Settings, rate: float, trainings: Trainings, seeds: Sequence[int] = (0, 1)
) -> tuple[AtOnceEnded, list[TrainedAtOnce]]:
    link = QueueLink()
    rates = pack(np.full(settings.steps, rate, np.float32))
    rows = tuple((0, seed) for seed in seeds)
    allowed = as_it_is(settings.task)
    train_at_once(
        TrainAtOnce(1, settings, rates, 1, rows, allowed=allowed), KeepingLink(link), trainings
    )
    *told, ended = link.events
    assert isinstance(ended, AtOnceEnded)
    return ended, [one for one in told if isinstance(one, TrainedAtOnce)]


@pytest.mark.parametrize(
    ("name", "stacked"),
    [
        ("dense", True),
        ("squares", False),
        ("dataset", False),
        ("by_name", False),
        ("in_a_list", False),
        ("batches_with_weights", False),
        ("two_outputs", False),
    ],
)
def test_at_once_has_the_numbers_of_fit(file: Path, name: str, stacked: bool) -> None:
    """Batches go over the end of the data, whose length is no multiple of theirs."""
    settings = settings_of(file, name)
    ended, told = at_once(settings, 0.01, Trainings(threads=2), range(10) if stacked else (0, 1))
    assert (ended.reason, ended.message, ended.stacked) == ("done", "", stacked)

    for row, seed in enumerate((0, 1)):
        link = QueueLink()
        one = settings.replace(seed=seed)
        train(Start("Constant(0.01)", one, allowed=as_it_is(settings.task)), link)
        fitted = RunRecord.of(link.events)
        of_row = [one for one in told if one.first_row <= row < one.first_row + one.rows]
        validated = [epoch.validation() or np.nan for epoch in fitted.rows]
        for part, expected in (
            ("means", [epoch.loss for epoch in fitted.rows]),
            ("validation", validated),
        ):
            made = [
                unpack(getattr(one, part)).reshape(one.rows, -1)[row - one.first_row]
                for one in of_row
                if getattr(one, part)
            ]
            np.testing.assert_allclose(np.concatenate(made), expected, rtol=2e-6)


def test_the_optimizer_is_the_one_it_was_compiled_with(file: Path) -> None:
    one = user_task.make(settings_of(file, "dataset"), as_it_is(f"{file}:dataset"))
    made = user_task.optimizer_like(one.compiled_with, 0.01)
    assert isinstance(made, keras.optimizers.SGD)
    assert made.momentum == 0.9
    assert float(made.learning_rate) == pytest.approx(0.01)


def test_a_step_of_its_own_is_left_to_fit(file: Path) -> None:
    ended, told = at_once(settings_of(file, "own_step"), 0.01, Trainings())
    assert ended.reason == "impossible"
    assert "its train_step is its own" in ended.message
    assert not told


WRONG = {
    "sets_policy": r"task.py:sets_policy raises: ValueError: no .?data \(line \d+ of task.py\)",
    "hangs": "task.py:hangs took more than 0.3 s to make model and data",
    "number": "must return a compiled model and its data, or .* Received: 42",
    "no_model": "Received, as the model: 'model'",
    "no_loss": r"must compile its model, or return \(model, loss, data\)",
    "short": "as many targets as inputs, and at least one. Received: 5 and 4",
    "words": "must return inputs as arrays of numbers. Received: an array of <U1",
    "forever": "its batches must end before 0.1 GB; what repeats without end has none",
    "named": "must return inputs that its model takes. Received: 2 of them, 'a', 'b'",
    "weighs_pairs": "must return sample_weight as one number for each sample",
    "huge": "task.py:huge raises: MemoryError: Unable to allocate 10.0 GiB",
    "weighs": "must return x, y, sample_weight and validation_data alone; .*: 'class_weight'",
    "leaves": r"task.py:leaves raises: SystemExit: 3 \(line \d+ of task.py\)",
    "asks": "must take no arguments, or seed and batch_size. Received: one that needs path",
    "nothing": "has no nothing; did you mean hangs",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_a_line(file: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "hangs":
        monkeypatch.setattr(user_code, "SECONDS", 0.3)
    monkeypatch.setattr(user_task, "MOST_DATA_BYTES", 10**8)
    monkeypatch.setattr(memory_limit, "MOST_MORE", 4 * 2**30)
    source = f"{file}:{name}"
    policy = keras.config.dtype_policy()
    with pytest.raises(OwnFault, match=WRONG[name]) as fault:
        user_task.make(settings_of(file, name), as_it_is(source))
    assert len(str(fault.value).splitlines()) == 1
    assert "\x1b" not in str(fault.value)
    assert keras.config.dtype_policy() == policy


def test_nothing_runs_that_nobody_allowed(file: Path) -> None:
    with pytest.raises(OwnFault, match="was not run: nobody allowed it"):
        user_task.make(settings_of(file, "dense"), ())


def test_what_would_take_too_long_is_said_with_its_time() -> None:
    """A second a step, of which a thousand are wanted; compiling takes a minute and counts not."""
    now = iter([100.0, 160.0, 161.0, 162.0, 163.0])
    forecast = Forecast(1000, 60.0, clock=lambda: next(now))
    forecast.add(1, compilations=1)
    for _ in range(3):
        forecast.add(1, compilations=2)
    with pytest.raises(Impossible, match="these trainings would take about 17 min"):
        forecast.add(1, compilations=2)
    # Steps that wait half a second for a processor, and are quick from then on.
    busy = Forecast(1000, 60.0, clock=iter([0.0, 0.5, 1.0, 1.5, 1.6, 3.0]).__next__)
    for steps in (1, 1, 1, 1, 5, 400):
        busy.add(steps, compilations=1)
