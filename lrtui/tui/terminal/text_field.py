"""A field of one line that is typed into, as a value. Pure."""

from typing import Self

from msgspec import Struct
from msgspec.structs import replace


class TextField(Struct, frozen=True):
    """A text with a cursor. A fresh one is replaced as a whole by what is typed first."""

    text: str
    at: int
    """How many characters stand before the cursor."""
    fresh: bool = False

    def insert(self, typed: str) -> Self:
        """The field after these characters were typed or pasted."""
        if self.fresh:
            return replace(self, text=typed, at=len(typed), fresh=False)
        text = self.text[: self.at] + typed + self.text[self.at :]
        return replace(self, text=text, at=self.at + len(typed))

    def press(self, key: str) -> Self:
        """The field after an editing key; other keys leave it as it is."""
        match key:
            case "backspace" if self.fresh:
                return replace(self, text="", at=0, fresh=False)
            case "backspace" if self.at:
                text = self.text[: self.at - 1] + self.text[self.at :]
                return replace(self, text=text, at=self.at - 1)
            case "delete":
                text = self.text[: self.at] + self.text[self.at + 1 :]
                return replace(self, text=text, fresh=False)
            case "ctrl+u":
                return replace(self, text=self.text[self.at :], at=0, fresh=False)
            case "left":
                return replace(self, at=max(0, self.at - 1), fresh=False)
            case "right":
                return replace(self, at=min(len(self.text), self.at + 1), fresh=False)
            case "home" | "ctrl+a":
                return replace(self, at=0, fresh=False)
            case "end" | "ctrl+e":
                return replace(self, at=len(self.text), fresh=False)
        return self
