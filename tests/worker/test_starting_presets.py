"""The presets that come with the program, trained as they stand, past their highest rate."""

import math

import numpy as np
import pytest

from lrtui.kept.presets import Preset, starting_presets
from lrtui.live.link import QueueLink
from lrtui.protocol import Ended, Start
from lrtui.runs.record import RunRecord
from lrtui.worker.run import train


@pytest.mark.parametrize("preset", starting_presets(), ids=lambda preset: str(preset.name))
def test_it_trains_and_takes_the_rates_that_are_shown(preset: Preset) -> None:
    rates = preset.schedule(np.arange(preset.settings.steps))
    past_highest = int(rates.argmax()) // preset.settings.steps_per_epoch + 2
    epochs = min(max(3, past_highest), math.ceil(preset.settings.epochs / 3))
    settings = preset.settings.replace(epochs=epochs)
    assert rates[: settings.steps].max() == rates.max()
    link = QueueLink()
    train(Start(str(preset.schedule), settings), link)
    assert isinstance(link.events[-1], Ended)
    record = RunRecord.of(link.events)
    assert record.steps == settings.steps
    assert np.isfinite(record.losses).all()
    assert record.rows[-1].loss < record.rows[0].loss
    per_epoch = settings.steps_per_epoch if settings.drive == "callback" else 1
    steps = np.arange(record.steps) // per_epoch * per_epoch
    np.testing.assert_allclose(record.rates, preset.schedule(steps), rtol=1e-5, atol=1e-12)
