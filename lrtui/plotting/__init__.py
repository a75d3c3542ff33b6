"""Curves to terminal text. The only importer of plotext.

It knows neither colours nor Textual: a picture says which curve each cell belongs to.
"""

from lrtui.plotting.columns import (
    Columns,
    column_of,
    points_columns,
    schedule_columns,
    series_columns,
    step_of,
)
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import column_at, columns_of
from lrtui.plotting.legend import legend_fits, legend_rows
from lrtui.plotting.markers import MARKERS, MarkerName, ascii_only
from lrtui.plotting.picture import CURSOR, MARK, Curve, Mark, Picture
from lrtui.plotting.range_picture import range_picture
from lrtui.plotting.ticks import step_labels
from lrtui.plotting.window import Window, clamped, panned, shown, zoomed
from lrtui.plotting.x_axis import Epochs, Percent, Rates, Steps, XAxis

__all__ = [
    "CURSOR",
    "MARK",
    "MARKERS",
    "Columns",
    "Curve",
    "Epochs",
    "Mark",
    "MarkerName",
    "Percent",
    "Picture",
    "Rates",
    "Steps",
    "Window",
    "XAxis",
    "ascii_only",
    "clamped",
    "column_at",
    "column_of",
    "columns_of",
    "legend_fits",
    "legend_rows",
    "panned",
    "plot",
    "points_columns",
    "range_picture",
    "schedule_columns",
    "series_columns",
    "shown",
    "step_labels",
    "step_of",
    "zoomed",
]
