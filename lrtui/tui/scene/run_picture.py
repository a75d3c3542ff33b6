"""The picture of a run in the list of runs: what it used, and what came of it. Pure."""

import numpy as np

from lrtui.plotting.columns import series_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.markers import MarkerName
from lrtui.plotting.picture import Curve, Picture
from lrtui.runs.record import RunRecord
from lrtui.schedules.family.constant import Constant
from lrtui.tui.scene.pictures import USED, loss_picture, marks_of
from lrtui.tui.scene.scene import FEWEST_STEPS, Scene

RATE_SHARE = 1 / 3
"""Of the width: the losses' legend is longer."""


def run_picture(run: RunRecord, marker: MarkerName, width: int, height: int) -> Picture:
    """The rates that a run used, and on their right its losses, both over the steps it did.

    Args:
        run: the run.
        marker: what curves are made of.
        width: of both, in cells.
        height: in cells.
    """
    left, stop = round(width * RATE_SHARE), max(run.steps, FEWEST_STEPS)
    used = Curve(series_columns(run.rates, 0, stop, columns_of(left)), USED)
    marks = marks_of(run, ascii=marker == "ascii")
    rates = plot(left, height, [used], start=0, stop=stop, title="rate", marks=marks, marker=marker)
    # The losses do not depend on the schedule of the scene.
    scene = Scene(Constant(0.0), stop, run.settings.steps_per_epoch or stop, run, marker=marker)
    losses = loss_picture(scene, width - left, height)
    rows = [one + other for one, other in zip(rates.rows, losses.rows, strict=True)]
    return Picture.of(rows, np.hstack([rates.paint, losses.paint]))
