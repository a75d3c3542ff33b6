"""What Keras writes of an attached optimizer into an ``.h5`` is what it would be without us.

``keras.saving.save_model`` calls no method of model or optimizer that could be hooked, so a
function of Keras' module is, while anything is attached. One wrapper serves all attachments:
wrappers of their own would have to go in the reverse of the order in which they came.
"""

from typing import Any, Protocol
from weakref import WeakSet

from keras.src.legacy.saving import legacy_h5_format

from lrtui.live.hooks import Hook

_SAVES = "save_optimizer_weights_to_hdf5_group"


class SavesWithoutUs(Protocol):
    """An attachment, as far as it is asked here."""

    optimizer: Any
    active: bool

    def without_us(self, own: Any) -> Any:
        """A function that does what `own` does, while nothing of ours is to be seen."""


_attached: WeakSet[Any] = WeakSet()
_hook: Hook | None = None


def add(attachment: SavesWithoutUs) -> None:
    """From now on its optimizer is saved without us."""
    global _hook
    _attached.add(attachment)
    if _hook is None and hasattr(legacy_h5_format, _SAVES):
        _hook = Hook(legacy_h5_format, _SAVES, _saver)


def remove(attachment: SavesWithoutUs) -> None:
    """Its optimizer is saved by Keras alone again; after the last one nothing is hooked."""
    global _hook
    _attached.discard(attachment)
    if not _attached and _hook is not None:
        _hook.undo()
        _hook = None


def _saver(own: Any) -> Any:
    def save(group: Any, optimizer: Any) -> Any:
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        saving = own
        for attachment in list(_attached):
            if attachment.active and attachment.optimizer is inner:
                saving = attachment.without_us(saving)
        return saving(group, optimizer)

    return save
