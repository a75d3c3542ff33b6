"""Where a compiler's way of dividing by a constant moves the edges of a stair."""

import numpy as np

_EDGES = 1000


def moved_edges(period: int, *, up: bool = False) -> list[int]:
    """The first multiples of `period` at which float32 counts one period too few.

    Compilers (XLA, TensorFlow's constant folding) divide by a constant by multiplying with its
    rounded inverse: 41 * (1 / 41) is less than 1, and its floor is 0.

    Args:
        period: steps from edge to edge.
        up: periods are counted by rounding up: one too many.

    Returns:
        At most three steps, of the first thousand edges; none for most periods.
    """
    edges = np.arange(1, _EDGES + 1, dtype=np.float32)
    counted = (edges * np.float32(period)) * (np.float32(1) / np.float32(period))
    moved = np.ceil(counted) > edges if up else np.floor(counted) < edges
    return [int(edge) * period for edge in edges[moved][:3]]
