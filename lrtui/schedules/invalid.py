"""The refusal of a value: names the argument, what is allowed and what was received."""

from lrtui.schedules.number_text import shorten


class Invalid(ValueError):
    """A value that cannot be: names the argument, what is allowed and what was received."""

    def __init__(self, name: str, allowed: str, received: object) -> None:
        self.name = name
        self.nested = False
        self.reason = f"{allowed}. Received: {shorten(received)}"
        super().__init__(f"{name} {self.reason}")

    def inside(self, name: str) -> "Invalid":
        """The same fault, told of the argument `name`, whose value holds it."""
        if self.name == name:
            return self
        reason = self.reason if self.nested else str(self)
        fault = Invalid.__new__(Invalid, f"{name}: {reason}")
        fault.name, fault.reason, fault.nested = name, reason, True
        return fault


class NotGiven(Invalid):
    """A value that must be given and was not: names the argument, and says what to give."""

    def __init__(self, name: str, allowed: str) -> None:
        super().__init__(name, allowed, None)
        self.reason = allowed
        self.args = (f"{name} {allowed}",)
