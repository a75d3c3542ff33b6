"""Numbers as the screen shows them: short, and of one width where they stand in a column."""

import math

import numpy as np

from lrtui.protocol.values import is_known


def format_rate(value: float, digits: int = 3) -> str:
    """A learning rate: ``9.820e-2``."""
    if not math.isfinite(value):
        return str(value)
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def format_loss(value: float | None) -> str:
    """A loss: ``0.3127``; outside 0.001 to 9999 in powers of ten; nothing where there is none."""
    if value is None:
        return ""
    if not math.isfinite(value) or value == 0:
        return str(value)
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 else format_rate(value, 2)


def format_batch_loss(loss: np.float32) -> str:
    """The loss of a step's batch, where a training may not show it."""
    return format_loss(float(loss)) if is_known(loss) else "not known"


def format_memory(size: int) -> str:
    """Bytes: ``612 MB``."""
    return f"{size / 2**20:.0f} MB"


def format_duration(seconds: float) -> str:
    """A time span: ``0:07``, ``12:30``, ``1:02:03``."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def format_speed(steps_per_second: float) -> str:
    """Steps a second: ``563``, ``4.2``, ``0.25``."""
    if steps_per_second >= 9.95:
        return f"{steps_per_second:.0f}"
    return f"{steps_per_second:.1f}" if steps_per_second >= 0.95 else f"{steps_per_second:.2f}"
