"""The values of a group of parameters, also wrong ones, and the last that were all right. Pure."""

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar

from msgspec import NODEFAULT, Struct, field
from msgspec.structs import replace

from lrtui.schedules import Described, Invalid, Parameter, parameters

D = TypeVar("D", bound=Described)


class FormValues(Struct, Generic[D], frozen=True):
    """The values of a form's parameters, of which some may be wrong."""

    valid: D
    """The last value without a fault: what is drawn."""
    by_name: Mapping[str, Any]
    """Each parameter's own last valid value; together they may not fit."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Texts that were typed and not understood, by parameter."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """What is wrong, by parameter; empty when `valid` is what the form shows."""

    @classmethod
    def of(cls, value: D) -> Self:
        """The form's values when it shows this one."""
        return cls(value, {one.name: getattr(value, one.name) for one in parameters(type(value))})

    @property
    def sound(self) -> bool:
        """Whether the form shows no fault."""
        return not self.faults

    def type(self, name: str, text: str) -> Self:
        """The values after a person typed `text` for a parameter."""
        try:
            value = self._parameter(name).read(text)
        except Invalid as fault:
            refused, faults = {**self.refused, name: text}, {**self.faults, name: fault.reason}
            return replace(self, refused=refused, faults=faults)
        return self.put(name, value)

    def turn(self, name: str, notches: int, coarse: bool = False) -> Self:
        """The values after a parameter was turned."""
        turned = self._parameter(name).turn(self.by_name[name], notches, coarse)
        return self.put(name, turned)

    def default(self, name: str) -> Self:
        """The values with a parameter at its default; without one it stays."""
        default = self._parameter(name).default
        return self if default is NODEFAULT else self.put(name, default)

    def put(self, name: str, value: Any) -> Self:
        """The values with a value of the parameter's own type."""
        values = {**self.by_name, name: value}
        refused = {other: text for other, text in self.refused.items() if other != name}
        faults = {other: self.faults[other] for other in refused}
        try:
            valid = type(self.valid)(**values)
        except Invalid as fault:
            faults.setdefault(fault.name, fault.reason)
            return replace(self, by_name=values, refused=refused, faults=faults)
        return replace(self, valid=valid, by_name=values, refused=refused, faults=faults)

    def _parameter(self, name: str) -> Parameter:
        return next(one for one in parameters(type(self.valid)) if one.name == name)
