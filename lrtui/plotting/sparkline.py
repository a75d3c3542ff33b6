"""A curve in one row of text: a block a column, as high as its value. Pure."""

import numpy as np

from lrtui.schedules.arrays import ArrayLike

BLOCKS, ASCII_BLOCKS = "▁▂▃▄▅▆▇█", "_.-=^"


def sparkline(values: ArrayLike, width: int, *, ascii: bool = False) -> str:
    """The means of as many stretches as there are cells, from the least to the greatest.

    Args:
        values: any number of them, in order. What is not finite has no block.
        width: of the text, in cells; it is shorter where there are fewer values.
        ascii: use nothing but ASCII.
    """
    known = np.asarray(values, np.float64)
    if not known.size or width < 1:
        return ""
    blocks = ASCII_BLOCKS if ascii else BLOCKS
    edges = np.linspace(0, known.size, min(width, known.size) + 1).astype(int)
    finite = np.where(np.isfinite(known), known, 0.0)
    begins = edges[:-1]
    counts = np.add.reduceat(np.isfinite(known).astype(int), begins)
    means = np.add.reduceat(finite, begins) / np.maximum(counts, 1)
    seen = means[counts > 0]
    if not seen.size:
        return " " * len(means)
    low, high = float(seen.min()), float(seen.max())
    scale = (len(blocks) - 1) / (high - low) if high > low else 0.0
    return "".join(
        blocks[round((mean - low) * scale)] if count else " "
        for mean, count in zip(means.tolist(), counts.tolist(), strict=True)
    )
