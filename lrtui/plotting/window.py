"""The stretch of steps that a plot shows: zoomed, panned, and following a cursor. Pure integers.

A window never leaves the steps that there are, and never is empty.
"""

from typing import NamedTuple


class Window(NamedTuple):
    """Steps ``[start, stop)``."""

    start: int
    stop: int

    @property
    def steps(self) -> int:
        """How many they are."""
        return self.stop - self.start


def clamped(window: Window, total: int) -> Window:
    """The window moved, and if it must be cut, to lie within ``[0, total)``.

    Raises:
        ValueError: there is no step.
    """
    if total < 1:
        raise ValueError(f"total must be at least 1. Received: {total}")
    steps = min(max(window.steps, 1), total)
    start = min(max(window.start, 0), total - steps)
    return Window(start, start + steps)


def zoomed(window: Window, factor: float, around: int, total: int) -> Window:
    """The window with `factor` times as many steps: below 1 closer, above 1 farther.

    It always changes by a step at least, until it is a single one or all there are.

    Args:
        window: what is seen now.
        factor: above 0; 0.5 and 2 undo each other but for rounding and the ends.
        around: the step that stays where it is, if it is seen now; else it comes into the middle.
        total: how many steps there are.
    """
    steps = round(window.steps * factor)
    if factor < 1:
        steps = min(steps, window.steps - 1)
    elif factor > 1:
        steps = max(steps, window.steps + 1)
    steps = min(max(steps, 1), total)
    if window.start <= around < window.stop:
        before = (around - window.start) * steps // window.steps
    else:
        before = steps // 2
    return clamped(Window(around - before, around - before + steps), total)


def panned(window: Window, share: float, total: int) -> Window:
    """The window moved by this share of its width, to the left if negative; by a step at least."""
    way = round(window.steps * share)
    if way == 0 and share != 0:
        way = 1 if share > 0 else -1
    return clamped(Window(window.start + way, window.stop + way), total)


def shown(window: Window, step: int, total: int) -> Window:
    """The window, moved as little as makes it hold `step`; at a jump farther, with `step` amid."""
    window = clamped(window, total)
    step = min(max(step, 0), total - 1)
    way = min(step - window.start, 0) + max(step - window.stop + 1, 0)
    if abs(way) > window.steps:
        way = step - window.start - window.steps // 2
    return clamped(Window(window.start + way, window.stop + way), total)
