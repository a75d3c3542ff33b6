"""A schedule of the user's own in the training process: read, sampled, trained with."""

import gc
import math
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live import user_code
from lrtui.live import user_schedule as own
from lrtui.live.callback import LiveCallback
from lrtui.live.link import QueueLink
from lrtui.live.rate_supply import CalledRates
from lrtui.live.steering import Steering
from lrtui.live.trial import tried
from lrtui.protocol import Marked, Reset, Sample, Sampled, Settings, Start, unpack
from lrtui.runs.record import RunRecord
from lrtui.runs.worker_process import reason
from lrtui.schedules import Invalid, parse
from lrtui.worker.run import train
from tests.consent import as_it_is
from tests.live.fits import STEPS, Director, fit, model, recorded

GOOD = """
    import math
    import keras
    import tensorflow as tf

    TABLE = {0: 0.1, 1: 0.05}

    def table(step):
        return TABLE.get(step // 10, math.pow(10, -2))

    def tensors(step):
        return 0.1 * tf.exp(-tf.cast(step, tf.float32) / 100)

    compiled = tf.function(tensors)
    plain = keras.optimizers.schedules.ExponentialDecay(0.1, 100, math.exp(-1))
    warm = keras.optimizers.schedules.CosineDecay(0.1, 100, warmup_target=0.2, warmup_steps=10)

    class Subclass(keras.optimizers.schedules.LearningRateSchedule):
        def __init__(self, rate=0.1):
            self.rate = rate

        def __call__(self, step):
            return self.rate * keras.ops.exp(-keras.ops.cast(step, "float32") / 100)

    class Callable:
        def __call__(self, step):
            return 0.1 * math.exp(-step / 100)

        def late(self, step):
            return 0.1 if step < 5 else float("nan")

    ready = Callable()
"""


def falling(step: int) -> float:
    return 0.1 * math.exp(-step / 100)


def table(step: int) -> float:
    return {0: 0.1, 1: 0.05}.get(step // 10, 0.01)


def warm(step: int) -> float:
    if step < 10:
        return 0.1 + 0.1 * step / 10
    return 0.1 * (1 + math.cos(math.pi * min(step - 10, 100) / 100))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return written(tmp_path, GOOD)


def written(folder: Path, body: str, name: str = "mine.py") -> Path:
    (folder / name).write_text(dedent(body))
    return folder / name


def sample(source: str, steps: int) -> Sampled:
    return own.sample(source, steps, as_it_is(source))


KINDS = [
    ("table", table),
    ("tensors", falling),
    ("compiled", falling),
    ("plain", falling),
    ("warm", warm),
    ("Subclass", falling),
    ("Callable", falling),
    ("ready", falling),
]


@pytest.mark.parametrize(("name", "expected"), KINDS, ids=[name for name, _ in KINDS])
def test_each_kind_is_sampled(mine: Path, name: str, expected: Callable[[int], float]) -> None:
    event = sample(f"{mine}:{name}", 130)
    assert event.error == ""
    np.testing.assert_allclose(
        unpack(event.rates), [expected(step) for step in range(130)], rtol=2e-6, atol=1e-8
    )


def test_what_is_no_finite_number_comes_as_it_is(mine: Path) -> None:
    rates = unpack(sample(f"{mine}:ready.late", 8).rates)
    np.testing.assert_array_equal(rates, np.array([0.1] * 5 + [np.nan] * 3, np.float32))


WRONG = [
    ("def f(x)\n  return 1", "f", "line 1: expected ':'", False),
    ("import nonsense", "f", "No module named 'nonsense' (line 1 of mine.py)", False),
    ("import sys\nsys.exit(3)", "f", "cannot be imported: SystemExit: 3 (line 2", False),
    ("def warmup(x): return 1", "warmpu", "has no warmpu; did you mean warmup?", True),
    ("def warmup(x): return 1", "zzz", "has no zzz; it has warmup", True),
    ("rate = 0.1", "rate", "must be a function, a LearningRateSchedule or a class.", False),
    ("class C:\n  def __init__(self, a): pass", "C", "C() cannot be made without arg", False),
    ("def f(x):\n  return [1, 2][x]", "f", "at step 2: IndexError: list index out of ra", False),
    ("def f(x):\n  return None", "f", "must give a number. At step 0 it gave: None", False),
    ("def f(x):\n  return '0.1' if x else 1", "f", "At step 1 it gave: '0.1'", False),
    (
        "def f(x):\n  raise ValueError('a\\nb')",
        "f",
        "raises at step 0: ValueError: a (line 2",
        False,
    ),
    ("def f(x): return 10**400", "f", "must give a number below 3.4e38. At step 0 it is l", False),
    ("def f(x):\n  raise KeyboardInterrupt", "f", "raises at step 0: KeyboardInterrupt", False),
    ("raise KeyboardInterrupt", "f", "cannot be imported: KeyboardInterrupt (line 1", False),
    ("class C:\n  def __init__(self): raise BaseException('x')", "C", "BaseException: x", False),
    (
        "class N:\n  def __float__(self): raise GeneratorExit\ndef f(x): return N()",
        "f",
        "must give a number. At step 0 it gave: <lrtui_own_mine.N object",
        False,
    ),
    (
        "class N:\n  def __repr__(self): raise OSError\ndef f(x): return N()",
        "f",
        "must give a number. At step 0 it gave: a N",
        False,
    ),
    (
        "class E(Exception):\n  def __str__(self): raise OSError\ndef f(x): raise E",
        "f",
        "raises at step 0: E (line 3",
        False,
    ),
    (
        "def f(x):\n  raise ValueError('\\x1b]52;c;ZXZpbA==\\x07\\u202e')",
        "f",
        r"ValueError: \x1b]52;c;ZXZpbA==\x07\u202e (line 2",
        False,
    ),
    ("def f(x):\n  return 1 / 0", "f", "ZeroDivisionError: division by zero (line 2", False),
]


@pytest.mark.parametrize(("body", "name", "said", "absent"), WRONG, ids=[w[2][:30] for w in WRONG])
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, body: str, name: str, said: str, absent: bool
) -> None:
    event = sample(f"{written(tmp_path, body)}:{name}", 9)
    assert said in event.error
    assert "\n" not in event.error
    assert "Traceback" not in event.error
    assert event.absent is absent


def test_the_rates_before_an_error_are_kept(tmp_path: Path) -> None:
    mine = written(tmp_path, "def f(step): return [0.5, 0.25][step]")
    event = sample(f"{mine}:f", 9)
    assert unpack(event.rates).tolist() == [0.5, 0.25]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    event = sample(f"{tmp_path}/nothing.py:f", 9)
    assert event.absent
    assert "there is no file" in event.error
    assert sample(f"{tmp_path}:f.py:f", 9).absent


@pytest.mark.parametrize("body", ["while True: pass", "__import__('time').sleep(1000)"])
def test_code_that_hangs_is_ended(
    tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_code, "SECONDS", 0.2)
    mine = written(tmp_path, f"def f(step):\n  try:\n    {body}\n  except Exception: pass")
    assert "took more than 0.2 s" in sample(f"{mine}:f", 9).error


def test_in_another_thread_too_as_in_a_worker_of_dask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_code, "SECONDS", 0.2)
    source = f"{written(tmp_path, 'def f(step): pass')}:f"

    def hangs() -> None:
        with user_code.loaded(source, as_it_is(source), "sample"):
            while True:
                pass

    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(user_code.OwnFault, match=r"took more than 0\.2 s to sample"):
            threads.submit(hangs).result(30)
        assert threads.submit(int, "7").result(30) == 7


def test_an_edited_file_and_what_it_imports_are_read_anew(tmp_path: Path) -> None:
    """Also within one second and with the same size, where Python takes its .pyc for new."""
    mine = written(tmp_path, "from beside import SCALE\ndef f(step): return 0.1 * SCALE")
    for place, value in (("beside", "1"), ("beside", "2"), ("mine", "3")):
        if place == "beside":
            written(tmp_path, f"SCALE = {value}", "beside.py")
        else:
            mine.write_text(mine.read_text().replace("0.1", "0.3"))
        rate = unpack(sample(f"{mine}:f", 1).rates)[0]
        wanted = {"1": 0.1, "2": 0.2, "3": 0.6}[value]
        assert rate == np.float32(wanted)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["beside.py", "mine.py"]
    assert "beside" not in sys.modules
    assert str(tmp_path) not in sys.path


def test_a_file_with_the_name_of_a_module_replaces_none(tmp_path: Path) -> None:
    import random

    mine = written(tmp_path, "def f(step): return 0.1", "random.py")
    assert sample(f"{mine}:f", 1).error == ""
    assert sys.modules["random"] is random


ENDLESS = "sum(range(10**13))"
HANGS = {
    ENDLESS: "took more than 0.3 s to sample",
    "while True: pass": "took more than 0.3 s to sample",
    "__import__('time').sleep(1000)": "took more than 0.3 s to sample",
}
FAILS = {
    "raise SystemExit(3)": "raises at step 0: SystemExit: 3",
    "raise KeyboardInterrupt": "raises at step 0: KeyboardInterrupt",
    "raise GeneratorExit": "raises at step 0: GeneratorExit",
    "__import__('os')._exit(0)": "ends the process that runs it",
    "__import__('ctypes').string_at(0)": "crashes the process that runs it",
    "__import__('sys').exit()": "raises at step 0: SystemExit",
    "return 10**step if step else 10**400": "must give a number below 3.4e38",
}


@pytest.mark.parametrize(("does", "seconds"), [(HANGS, 0.3), (FAILS, 60)])
def test_whatever_ones_own_does_in_mid_run_the_run_goes_on_with_its_rates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: dict[str, str], seconds: float
) -> None:
    monkeypatch.setattr(user_code, "SECONDS", seconds)
    link, sources = QueueLink(), []
    orders: dict[int, Any] = {2: []}
    for number, body in enumerate(does):
        code = f"def f(step):\n    {body}"
        source = f"{written(tmp_path, code, f'own{number}.py')}:f"
        sources.append(source)
        orders[2] += [Sample(source, 5, allowed=as_it_is(source))]
    orders[3] = [Reset(sources[0], allowed=as_it_is(sources[0]))]
    falling = keras.optimizers.schedules.ExponentialDecay(0.5, 9, 0.5)
    fit(
        model(keras.optimizers.SGD(falling)), callbacks=[Director(link, orders), LiveCallback(link)]
    )
    np.testing.assert_allclose(recorded(link), [0.5 ** (1 + i / 9) for i in range(STEPS)], 1e-6)
    told = {event.source: event.error for event in link.events if isinstance(event, Sampled)}
    for source, wanted in zip(sources, does.values(), strict=True):
        assert wanted in told[source]
        assert "\n" not in told[source]
    assert not [event for event in link.events if isinstance(event, Marked)]


def test_a_crash_of_what_is_tried_prints_nothing() -> None:
    """Though the process tells its own crashes on a descriptor of its own, as pytest's does."""
    code = (
        "import ctypes, faulthandler, os; from lrtui.live.trial import tried;"
        "faulthandler.enable(os.dup(2)); print(tried(lambda: ctypes.string_at(0), 30))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("crashes\n", "")


def test_a_crash_that_does_not_come_again_is_none(tmp_path: Path) -> None:
    """A fork of a process with threads may crash by itself."""
    once = tmp_path / "once"
    body = f"""
        import ctypes, pathlib
        def f(step):
            if not pathlib.Path({str(once)!r}).exists():
                pathlib.Path({str(once)!r}).touch()
                ctypes.string_at(0)
            return 0.5
    """
    source = f"{written(tmp_path, body)}:f"
    event = own.sample(source, 3, as_it_is(source), in_mid_run=True)
    assert event.error == ""
    np.testing.assert_array_equal(unpack(event.rates), 0.5)


def test_what_is_tried_lets_go_of_nothing_that_its_parent_has() -> None:
    """What TensorFlow made there aborts the child when it is collected as garbage."""
    assert tried(lambda: os._exit(1) if gc.isenabled() else None, 30) == "ends"


def test_what_tensorflow_does_in_its_threads_is_no_hang(tmp_path: Path) -> None:
    """They are not there in a forked child, where it would wait for them for ever."""
    body = """
        import tensorflow as tf
        @tf.function
        def f(step):
            return 0.1 / (1.0 + tf.cast(step, tf.float32))
    """
    source = f"{written(tmp_path, body)}:f"
    event = own.sample(source, 300, as_it_is(source), in_mid_run=True)
    assert event.error == ""
    np.testing.assert_allclose(unpack(event.rates), 0.1 / np.arange(1, 301), rtol=1e-6)


def test_a_function_that_raises_in_mid_run_leaves_the_rates_it_gave(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def rate(step: int) -> float:
        if step == 12:
            raise SystemExit(3)
        return 0.1 * step

    source = CalledRates(rate)
    for first, stop, known in ((0, 10, 10), (5, 20, 12), (11, 30, 12), (14, 30, 14)):
        np.testing.assert_allclose(
            source.rates(first, stop), 0.1 * np.arange(first, known), rtol=1e-6
        )
    (line,) = capsys.readouterr().err.splitlines()
    assert "must give a number at step 12 (SystemExit: 3)" in line
    with pytest.raises(Invalid, match="at step 12"):
        CalledRates(rate).rates(0, 20)


def test_what_hangs_in_c_before_a_run_is_ended_with_its_process(tmp_path: Path) -> None:
    mine = written(tmp_path, "def f(step): return sum(range(10**13))")
    # The signal comes never: on a busy machine it would come before the code is in C. What is to be
    # imported is: the process may crash where that is told amid Python.
    code = f"""
from lrtui.live import sampling, user_code, user_schedule
user_code.SECONDS, user_code.SECONDS_MORE = 1000, -999.5
user_schedule.sample("{mine}:f", 3, {as_it_is(f"{mine}:f")!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    last = [line for line in done.stderr.splitlines() if line.startswith("Timeout (")]
    assert reason(1, last[0]) == "your code hung where it could not be interrupted, and was ended"


# ---------------------------------------------------------------------- allowed

RUNS = "open('ran', 'w')\ndef f(step): return 0.1\n"


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return f"{written(tmp_path, RUNS)}:f"


def test_what_nobody_allowed_is_not_run(named: str) -> None:
    event = own.sample(named, 3, ())
    assert "mine.py was not run: nobody allowed it" in event.error
    assert not Path("ran").exists()


def test_what_was_edited_since_it_was_allowed_is_not_run(named: str, tmp_path: Path) -> None:
    allowed = as_it_is(named)
    written(tmp_path, RUNS + "# one more line")
    event = own.sample(named, 3, allowed)
    assert "mine.py was not run: it was edited since it was allowed" in event.error
    assert not Path("ran").exists()
    assert own.sample(named, 3, as_it_is(named)).error == ""
    assert Path("ran").exists()


@pytest.mark.parametrize("schedule", ["{0}", "Warmup('{0}', 3)", "Floor('{0}', 0.01)"])
def test_a_training_that_asks_for_what_nobody_allowed_does_not_begin(
    named: str, schedule: str
) -> None:
    link = QueueLink()
    with pytest.raises(user_code.OwnFault, match="nobody allowed it"):
        train(Start(schedule.format(named), Settings(epochs=1, steps_per_epoch=2)), link)
    assert not Path("ran").exists()
    assert not [event for event in link.events if not isinstance(event, Sampled)]


def test_a_command_of_the_socket_runs_nothing_that_nobody_allowed(named: str) -> None:
    link = QueueLink()
    director = Director(link, {3: [Reset(named), Sample(named, 2)]})
    fit(model(keras.optimizers.SGD(0.5)), callbacks=[director, LiveCallback(link)])
    assert not Path("ran").exists()
    assert recorded(link).tolist() == [0.5] * STEPS


def test_a_script_runs_nothing_that_nobody_allowed(named: str, tmp_path: Path) -> None:
    settings = Settings(epochs=1, steps_per_epoch=4)
    script = ((2, Reset(named)),)
    link = QueueLink()
    train(Start("Constant(0.5)", settings, script=script), link)
    assert not Path("ran").exists()
    np.testing.assert_allclose(recorded(link), [0.5] * 4)
    link = QueueLink()
    train(Start("Constant(0.5)", settings, script=script, allowed=as_it_is(named)), link)
    assert Path("ran").exists()
    np.testing.assert_allclose(recorded(link)[-2:], [0.1] * 2)


# ---------------------------------------------------------------------- trained with


@pytest.mark.parametrize("drive", ["schedule", "callback"])
@pytest.mark.parametrize(("name", "expected"), [("table", table), ("warm", warm)])
def test_what_is_sampled_is_what_is_trained_with(
    mine: Path, name: str, expected: Callable[[int], float], drive: str
) -> None:
    source, link = f"{mine}:{name}", QueueLink()
    settings = Settings(epochs=2, steps_per_epoch=16, drive=drive)
    start = Start(source, settings, script=((20, Reset()),), allowed=as_it_is(source))
    train(start, link)
    record = RunRecord.of(link.events)
    own_steps = [*range(20), *range(12)]
    if drive == "callback":  # each epoch, and each reset, has the rate of its first step
        own_steps = [0] * 16 + [16] * 4 + [0] * 12
    assert record.state == "done"
    assert record.schedule == source
    assert record.marks[0].schedule == source
    np.testing.assert_allclose(record.rates, [expected(s) for s in own_steps], rtol=1e-6)
    np.testing.assert_allclose(
        unpack(record.samples[source]), [expected(s) for s in range(32)], rtol=1e-6
    )


OF_EPOCHS = """
    def decay(epoch, lr):
        return lr if epoch < 2 else lr * 0.5

    def optional(epoch, lr=None):
        return 0.2 if lr is None else lr / 2

    def two(step, before):
        return before + 0.25

    def other(step, base=0.5):
        return base
"""


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("decay", [0.1, 0.1, 0.05, 0.025]),
        ("optional", [0.05, 0.025, 0.0125, 0.00625]),
        ("two", [0.35, 0.6, 0.85, 1.1]),
        ("other", [0.5, 0.5, 0.5, 0.5]),
    ],
)
def test_a_function_of_epoch_and_rate_is_given_the_rate_before(
    tmp_path: Path, name: str, rates: list[float]
) -> None:
    """As Keras' LearningRateScheduler calls it; 0.1 at first."""
    file = tmp_path / "epochs.py"
    file.write_text(dedent(OF_EPOCHS))
    sampled = sample(f"{file}:{name}", 4)
    assert sampled.error == ""
    np.testing.assert_allclose(unpack(sampled.rates), rates, rtol=1e-6)


def test_a_keras_schedule_of_ones_own_trains_with_the_rates_that_are_drawn(tmp_path: Path) -> None:
    """Also if it would give others within a compiled step: a schedule is an array of rates."""
    body = """
        import keras, tensorflow as tf
        variable = tf.Variable(0.1)
        class Mine(keras.optimizers.schedules.LearningRateSchedule):
            def __call__(self, step):
                if tf.inside_function():
                    return variable + 0.1
                return variable + 0.0 * tf.cast(step, tf.float32)
    """
    source, link = f"{written(tmp_path, body)}:Mine", QueueLink()
    settings = Settings(epochs=1, steps_per_epoch=4)
    train(Start(source, settings, allowed=as_it_is(source)), link)
    record = RunRecord.of(link.events)
    np.testing.assert_allclose(unpack(record.samples[source]), [0.1] * 4)
    np.testing.assert_allclose(record.rates, [0.1] * 4)


def test_a_warmup_before_ones_own_is_trained_with(mine: Path) -> None:
    link = QueueLink()
    schedule = f"Warmup('{mine}:table', steps=5)"
    settings = Settings(epochs=1, steps_per_epoch=30)
    train(Start(schedule, settings, allowed=as_it_is(f"{mine}:table")), link)
    record = RunRecord.of(link.events)
    assert record.schedule == schedule
    expected = [0.02 * step for step in range(5)] + [table(step) for step in range(25)]
    np.testing.assert_allclose(record.rates, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rate", [0.5, keras.optimizers.schedules.ExponentialDecay(0.5, 9, 0.5)])
def test_a_reset_to_ones_own_reads_the_file_then(tmp_path: Path, rate: object) -> None:
    mine = written(tmp_path, "def f(step): return 0.1 / (1 + step)")
    link, bad = QueueLink(), f"{tmp_path}/nothing.py:f"
    may, source = as_it_is(f"{mine}:f"), f"{mine}:f"
    orders = {3: [Reset(bad), Reset(source, allowed=may)], 6: Sample(source, 5, allowed=may)}
    director = Director(link, orders)
    made = model(keras.optimizers.SGD(rate))
    fit(made, callbacks=[director, LiveCallback(link)])
    np.testing.assert_allclose(recorded(link)[3:], [0.1 / (1 + i) for i in range(STEPS - 3)], 1e-6)
    marks = [event for event in link.events if isinstance(event, Marked)]
    assert [(mark.step, mark.schedule) for mark in marks] == [(3, f"{mine}:f")]
    told = [event for event in link.events if isinstance(event, Sampled)]
    assert [(one.absent, one.used_by_run, one.steps) for one in told] == [
        (True, False, STEPS),
        (False, True, STEPS),
        (False, False, 5),
    ]


def test_its_name_alone_trains_nothing(mine: Path) -> None:
    """In a script of the user's own nothing has sampled it: better refused than a rate of NaN."""
    with Steering(model(keras.optimizers.SGD(0.5))) as steering:
        with pytest.raises(Invalid, match="must be imported"):
            steering.reset(parse(f"{mine}:table"))
        assert steering.schedule == "Constant(0.5)"


@pytest.mark.parametrize("body", ["def f(step): return 1 / (5 - step)", "def g(step): return 1"])
def test_what_cannot_be_sampled_is_not_trained_with(tmp_path: Path, body: str) -> None:
    link = QueueLink()
    source = f"{written(tmp_path, body)}:f"
    settings = Settings(epochs=1, steps_per_epoch=9)
    with pytest.raises(user_code.OwnFault) as refusal:
        train(Start(source, settings, allowed=as_it_is(source)), link)
    (told,) = link.events
    assert isinstance(told, Sampled)
    assert told.error == str(refusal.value)
    assert told.absent == body.startswith("def g")
