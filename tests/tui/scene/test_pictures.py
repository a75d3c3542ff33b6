"""What can be read off the pictures: losses of a run that diverged, rates that are planned."""

import numpy as np
import pytest

from lrtui.protocol import Ended, Epoch, Script, Settings, Started, StepsDone, pack
from lrtui.runs.record import RunRecord
from lrtui.schedules import parse
from lrtui.tui.scene.pictures import loss_picture, rate_picture
from lrtui.tui.scene.plot_view_state import Axes, PlotViewState
from lrtui.tui.scene.scene import Scene, driving_schedule
from tests.plotting.reading import y_labels

BLOWN_UP = [4.0, 1e5, 1e20, 4e36]


def scene(last: list[float], *, log: bool = False) -> Scene:
    """A run of two epochs whose losses fall from 0.9, and end with these."""
    losses = [*np.linspace(0.9, 0.5, 20 - len(last)).tolist(), *last]
    record = RunRecord.of(
        [
            Started("Constant(0.1)", Settings(epochs=2, steps_per_epoch=10)),
            StepsDone(0, pack([0.1] * 20), pack(losses), 0),
            Epoch(1, 10, {"loss": 0.8, "val_loss": 0.85, "learning_rate": 0.1}),
            Epoch(2, 20, {"loss": float(np.mean(losses)), "val_loss": 1e30, "learning_rate": 0.1}),
            Ended("done"),
        ]
    )
    view = PlotViewState(Axes(log_loss=log))
    return Scene(parse("Constant(0.1)"), 20, 10, record, view)


def highest_label(scene: Scene) -> float:
    return max(float(label) for label in y_labels(loss_picture(scene, 60, 12)).values())


def test_a_linear_axis_shows_the_losses_before_a_divergence() -> None:
    assert highest_label(scene([*BLOWN_UP, np.inf])) <= 5


def test_a_logarithmic_axis_shows_them_all() -> None:
    assert highest_label(scene([*BLOWN_UP, np.inf], log=True)) >= 1e20


@pytest.mark.parametrize("last", [[30.0], [30.0, 0.5]])
def test_a_high_loss_of_a_run_that_has_not_diverged_is_shown(last: list[float]) -> None:
    spiked = scene(last)
    assert spiked.record is not None
    del spiked.record.rows[1]  # its validation is that of a divergence
    assert highest_label(spiked) >= 25


def of_a_script(schedule: str, rates: list[float], origin: int = 0) -> RunRecord:
    """A training of 60 steps under way, that has used these rates."""
    script = Script("mine", epochs=6, steps_per_epoch=10)
    done = StepsDone(0, pack(rates), pack([0.5] * len(rates)))
    return RunRecord.of([Started(schedule, script=script, origin=origin), done])


def test_a_second_fit_is_planned_on_from_where_its_schedule_is() -> None:
    """Keras goes on counting: of a fall over 40 steps, 20 are done when the second one begins."""
    falling = "PolynomialDecay(0.1, 40, 0.0)"
    driving = driving_schedule(of_a_script(falling, [0.05], origin=-20))
    assert driving is not None
    assert [driving.rate(step) for step in (0, 10, 20)] == pytest.approx([0.05, 0.025, 0.0])


@pytest.mark.parametrize("used", [[0.1, 0.1], [0.1, 0.09]])
def test_what_a_loop_makes_of_its_own_rate_is_not_said_to_be_planned(used: list[float]) -> None:
    """As with a scheduler of torch's, of which nothing is known but what it did so far."""
    record = of_a_script("Constant(0.1)", used)
    drawn = rate_picture(Scene(parse("Constant(0.1)"), 60, 10, record), 80, 12)
    text = "\n".join(drawn.rows)
    assert ("planned" in text) == (used[0] == used[1])
    assert "used" in text


@pytest.mark.parametrize("size", [(51, 18), (84, 34)])
def test_each_curve_of_a_fan_has_its_value_beside_it(size: tuple[int, int]) -> None:
    values = ("0.1", "0.2", "0.5", "0.8", "0.9")
    fan = tuple(
        (value, parse(f"ExponentialDecay(0.1, decay_steps=300, decay_rate={value})"))
        for value in values
    )
    plot = rate_picture(
        Scene(fan[2][1], 1280, 64, view_state=PlotViewState(Axes()), fan=fan), *size
    )
    inside = " ".join(row[8:-1] for row in plot.rows[1:]).split()
    assert set(values) <= set(inside), "\n".join(plot.rows)
