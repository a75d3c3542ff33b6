"""The optimizers in Keras: made as written, and taking the rate that is given and recorded."""

import inspect
from typing import Any

import keras
import numpy as np
import pytest

from lrtui.live.keras_schedule import keras_schedule
from lrtui.live.link import QueueLink
from lrtui.live.steering import Steering
from lrtui.protocol import Settings, Start
from lrtui.protocol.optimizers import CHOICES, read
from lrtui.runs.record import RunRecord
from lrtui.schedules import Invalid, parse
from lrtui.worker import build
from lrtui.worker.run import train
from tests.live.fits import STEPS, Witness, fit, model

SCHEDULE = "ExponentialDecay(0.01, 3, 0.5)"
OTHERS = [
    "Adadelta",
    "Ftrl",
    "SGD(weight_decay=0.01)",
    "SGD(clipnorm=0.1)",
    "adam(clipvalue=0.1)",
    "adam(global_clipnorm=0.1)",
    "SGD(use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3)",
    "SGD(gradient_accumulation_steps=2)",
    "SGD(loss_scale_factor=8.0)",
    "adamw(use_ema=True, clipnorm=1.0, gradient_accumulation_steps=3)",
]
OTHERS += [name for name in ("Muon", "ScheduleFreeAdamW") if hasattr(keras.optimizers, name)]


@pytest.mark.parametrize("name", CHOICES)
def test_the_arguments_shown_are_kerass_own(name: str) -> None:
    meant = read(name)
    cls = getattr(keras.optimizers, meant.name)
    signature = {
        one.name: one.default for one in inspect.signature(cls.__init__).parameters.values()
    }
    assert meant.defaults == {name: signature[name] for name in meant.defaults}

    config = build.optimizer(name, 0.1).get_config()
    assert meant.main.items() <= config.items()
    assert build.optimizer(str(meant), 0.1).get_config() | {"name": ""} == config | {"name": ""}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sdg", "must be one of keras.optimizers"),
        ("Optimizer", "must be one of keras.optimizers"),
        ("LossScaleOptimizer(initial_scale=2.0)", "must be one of keras.optimizers"),
        ("SGD(momentun=0.9)", "momentun"),
        ("SGD(momentum=2)", "`momentum` must be a float between [0, 1]"),
        ("Adam(clipnorm=1.0, clipvalue=1.0)", "Only one of `clipnorm`, `clipvalue`"),
    ],
)
def test_what_only_keras_can_tell(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        build.optimizer(text, 0.1)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


DRIVEN = [("schedule", name) for name in [*CHOICES, *OTHERS]]
DRIVEN += [("callback", name) for name in ("sgd", "adam", "adafactor", OTHERS[7], OTHERS[9])]


@pytest.mark.parametrize(("drive", "optimizer"), DRIVEN)
def test_each_takes_the_schedules_rates(drive: str, optimizer: str) -> None:
    link = QueueLink()
    settings = Settings(
        optimizer=optimizer,
        drive=drive,
        epochs=2,
        steps_per_epoch=4,
        batch_size=8,
        plateau_patience=100,
    )
    train(Start(SCHEDULE, settings), link)
    record = RunRecord.of(link.events)

    steps = np.arange(8) if drive == "schedule" else np.repeat([0, 4], 4)
    every = read(optimizer).arguments.get("gradient_accumulation_steps", 1)
    updates = slice(every - 1, None, every)
    np.testing.assert_allclose(record.rates[updates], parse(SCHEDULE)(steps)[updates], rtol=2e-7)
    assert np.isfinite(record.losses).all()
    assert len(np.unique(record.losses)) > 4


@pytest.mark.parametrize(
    ("arguments", "updates"),
    [
        ({"clipnorm": 0.01}, slice(None)),
        ({"weight_decay": 0.1}, slice(None)),
        ({"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2}, slice(None)),
        ({"loss_scale_factor": 4.0}, slice(None)),
        # Every second step moves the weights, by the rate of that step.
        ({"gradient_accumulation_steps": 2}, slice(1, None, 2)),
    ],
)
@pytest.mark.parametrize("by_float", [False, True])
def test_the_weights_move_by_the_recorded_rate(
    arguments: dict[str, Any], updates: slice, by_float: bool
) -> None:
    witness = Witness(0.01 if by_float else keras_schedule(parse(SCHEDULE)), **arguments)
    made = model(witness)
    with Steering(made) as steering:
        fit(made)
        steering.reset(parse("Constant(0.02)"))
        steering.scale(0.5)
        fit(made)
        recorded = steering.read(0, 2 * STEPS)[0]

    first = np.full(STEPS, 0.01) if by_float else parse(SCHEDULE)(np.arange(STEPS))
    planned = np.concatenate([first, np.full(STEPS, 0.01)])
    np.testing.assert_allclose(recorded[updates], planned[updates], rtol=2e-7)
    np.testing.assert_allclose(witness.rates(), recorded[updates], rtol=1e-6)
