"""An optimizer of ``torch.optim`` that takes its rates by its own step hooks.

Before a step its groups get the steered rate, after it their own again. So the schedulers of a loop
work on from their own rates, and what is saved is the loop's own. Torch is not imported.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lrtui.live.host_steering import HostSteering
from lrtui.live.processes import group
from lrtui.schedules.family.constant import Constant


class TorchOptimizer:
    """An optimizer of ``torch.optim`` in a loop, whose rates are set before each of its steps.

    The rate is that of the first group of parameters; the others keep their ratio to it.

    Args:
        optimizer: of ``torch.optim``, or any with its hooks and groups.
    """

    def __init__(self, optimizer: Any) -> None:
        self._optimizer = optimizer
        self.optimizer, self.backend = type(optimizer).__name__, "torch"
        own = [_initial(one) for one in optimizer.param_groups]
        self._ratios = [one / own[0] if own[0] else 1.0 for one in own]
        self._present = _number(optimizer.param_groups[0]["lr"])
        self.steering = HostSteering(text=str(Constant(self._present)))
        processes = group()
        self.watched_here = processes.place == 0
        self.steering.refusal = processes.refusal
        self._kept: list[Any] | None = None
        self._rate: Any = math.nan
        self._hooks = [
            optimizer.register_step_pre_hook(self._before),
            optimizer.register_step_post_hook(self._after),
        ]

    @property
    def refusal(self) -> str | None:
        """Why it cannot be steered, as far as is known; None: it can."""
        return self.steering.refusal

    def next_rate(self) -> float:
        """The rate that the next step is to use."""
        return self.steering.next_rate(_number(self._optimizer.param_groups[0]["lr"]))

    @contextmanager
    def using(self, rate: Any) -> Iterator[None]:
        """A context in which the optimizer applies this rate, where that must be said.

        It has the same rate already.
        """
        yield

    def stepped(self) -> None:
        """The loop has done a step. The hooks have seen it."""

    def end(self) -> None:
        """Give the optimizer back as it was."""
        self._put_back()
        for hook in self._hooks:
            hook.remove()

    def _before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self._put_back()  # a step that raised has not
        steering, groups = self.steering, optimizer.param_groups
        own = groups[0]["lr"]
        if steering.own_restarts and (_is_elsewhere(own) or own != self._present):
            steering.own_restarts = False
        if steering.untouched:
            self._rate = _copied(own)
            return
        self._kept = [_copied(one["lr"]) for one in groups]
        if steering.drives:
            self._rate = steering.next_rate()
            for one, ratio in zip(groups, self._ratios_of(len(groups)), strict=True):
                _set(one, self._rate * ratio)
        else:
            for one, kept in zip(groups, self._kept, strict=True):
                _set(one, kept * steering.factor)
            self._rate = _copied(groups[0]["lr"])

    def _ratios_of(self, count: int) -> list[float]:
        """Of each group to the first; one that was added since takes the same rate."""
        return [*self._ratios, *[1.0] * count][:count]

    def _after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self._put_back()
        self.steering.note(self._rate)

    def _put_back(self) -> None:
        if self._kept is not None:
            for one, own in zip(self._optimizer.param_groups, self._kept, strict=False):
                _set(one, own)
            self._kept = None


def _initial(group_of_parameters: Any) -> float:
    """The rate that a group began with, whatever a scheduler has made of it since."""
    return _number(group_of_parameters.get("initial_lr", group_of_parameters["lr"]))


def _number(rate: Any) -> float:
    return float(rate)


def _is_elsewhere(rate: Any) -> bool:
    """Whether it is a number of another device, which is not waited for."""
    return hasattr(rate, "device") and rate.device.type != "cpu"


def _copied(rate: Any) -> Any:
    """A rate that stays: one that is a tensor is changed in place."""
    return rate.detach().clone() if hasattr(rate, "detach") else rate


def _set(group_of_parameters: Any, rate: Any) -> None:
    present = group_of_parameters["lr"]
    if hasattr(present, "copy_"):  # compiled steps know this very tensor
        present.copy_(rate) if hasattr(rate, "detach") else present.fill_(rate)
    else:
        group_of_parameters["lr"] = rate
