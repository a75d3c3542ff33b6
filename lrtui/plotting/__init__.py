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
from lrtui.plotting.layout import column_at, columns_of
from lrtui.plotting.picture import CURSOR, MARK, Curve, Mark, Picture, plot
from lrtui.plotting.ticks import step_labels

__all__ = [
    "CURSOR",
    "MARK",
    "Columns",
    "Curve",
    "Mark",
    "Picture",
    "column_at",
    "column_of",
    "columns_of",
    "plot",
    "points_columns",
    "schedule_columns",
    "series_columns",
    "step_labels",
    "step_of",
]
