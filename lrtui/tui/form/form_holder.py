"""What parts of the editor ask of it."""

from typing import Protocol

from lrtui.tui.form.form_state import FormState


class FormHolder(Protocol):
    """Holds the state of the form."""

    @property
    def form_state(self) -> FormState:
        """What the form shows."""

    def put(self, form_state: FormState) -> None:
        """Put this state in the place of the present one, and have it drawn."""
