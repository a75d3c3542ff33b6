"""Whether a loop of one's own is trained by several processes together, and which one this is.

A framework is asked only where the script has loaded it and has joined a group of processes.
"""

import sys
from typing import NamedTuple


class ProcessGroup(NamedTuple):
    """The processes that train together."""

    size: int = 1
    place: int = 0
    """Of this one, counted from 0; the first is the one that is watched."""

    @property
    def refusal(self) -> str | None:
        """Why a training of so many processes is not steered; None: it is one."""
        return refusal_of(self.size) if self.size > 1 else None


def group() -> ProcessGroup:
    """The group of this process; one of its own where it has joined none."""
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return ProcessGroup(distributed.get_world_size(), distributed.get_rank())
    jax = sys.modules.get("jax")
    if jax is not None and getattr(jax.distributed, "is_initialized", bool)():
        return ProcessGroup(jax.process_count(), jax.process_index())
    return ProcessGroup()


def refusal_of(processes: int) -> str:
    """Why a training of so many processes is not steered."""
    return (
        f"{processes} processes train this model together; one that is steered a step "
        "before the others ends with other weights, so they are watched only"
    )
