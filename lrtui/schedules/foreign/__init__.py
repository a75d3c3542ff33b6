"""The constructors of PyTorch, optax and transformers, understood as schedules of ours.

Each is a function with the arguments of the original, in its order and with its defaults, that
returns the schedule of ours with the same rates, or a :class:`Reading` of it with notes. Nothing is
imported from those libraries.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import get_type_hints

from lrtui.schedules.base import Schedule
from lrtui.schedules.foreign import optax, torch, transformers
from lrtui.schedules.parameters import Invalid, Parameter, parameter_of
from lrtui.schedules.reading import Reading


@dataclass(frozen=True)
class Constructor:
    """A constructor of another library.

    Args:
        name: what it is called there.
        make: one of the functions of this module.
        after_optimizer: whether its first argument is an optimizer.
    """

    name: str
    make: Callable[..., Schedule | Reading]
    after_optimizer: bool

    silent = frozenset(("optimizer", "verbose", "name"))
    """Arguments that say nothing about the rate."""

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """What it takes, in its order."""
        hints = get_type_hints(self.make, include_extras=True)
        return {
            name: parameter_of(name, hints[name], one.default)
            for name, one in self._signature.items()
        }

    @property
    def by_keyword(self) -> frozenset[str]:
        """What is given by keyword only."""
        kinds = self._signature.items()
        return frozenset(name for name, one in kinds if one.kind is one.KEYWORD_ONLY)

    @property
    def required(self) -> tuple[str, ...]:
        """What has no default."""
        return tuple(name for name, one in self._signature.items() if one.default is one.empty)

    @property
    def returns(self) -> type[Schedule]:
        """The schedule of ours that it gives, where that does not hang on its arguments.

        Raises:
            Invalid: it does.
        """
        cls = get_type_hints(self.make)["return"]
        if not isinstance(cls, type) or cls in (Schedule, Reading):
            raise Invalid("schedule", "must be given with its arguments", self.name)
        return cls

    @property
    def _signature(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.make).parameters


FOREIGN: Mapping[str, Constructor] = MappingProxyType(
    {
        name: Constructor(name, make, library is not optax)
        for library in (torch, optax, transformers)
        for name, make in library.CONSTRUCTORS.items()
    }
)
"""By the name that the constructor has in its library."""

UNSUPPORTED = {
    "ReduceLROnPlateau": "depends on the loss, so it has no curve of its own",
    "LambdaLR": "must be a schedule with arguments, not a function of your own",
    "MultiplicativeLR": "must be a schedule with arguments, not a function of your own",
    "ChainedScheduler": "must be one schedule or a SequentialLR: products are not understood",
}
"""Why a constructor is not understood, where its name is known."""
