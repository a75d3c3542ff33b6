"""The fit that is under way, as a callback can know it: when it ends, however it ends.

Keras tells callbacks of a regular end only. After Ctrl+C, or an exception in someone's callback,
what is left of a fit is its list of callbacks, which goes when the exception has been dealt with.
"""

import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import keras


class PresentFit:
    """The fit whose list of callbacks has called `callback`; None is known of other loops.

    Args:
        callback: called by Keras right now.
        over: called once the fit is over and nobody has called :meth:`forget`; at the latest when
            the process ends.
        before_epoch_end: called with the logs of an epoch before any callback sees them. What it
            puts into them every callback sees.
    """

    def __init__(
        self,
        callback: keras.callbacks.Callback,
        over: Callable[[], None],
        before_epoch_end: Callable[[dict[str, Any]], None],
    ) -> None:
        found, self._frame = _list_that_calls(callback)
        self._thread = threading.get_ident()
        self._list = None if found is None else weakref.ref(found)
        self._finalizer = None if found is None else weakref.finalize(found, over)
        if found is not None:
            _have_told(found, before_epoch_end)

    def callbacks(self) -> list[Any]:
        """All callbacks of the fit."""
        found = None if self._list is None else self._list()
        return [] if found is None else list(found.callbacks)

    def under_way(self) -> bool:
        """Whether the fit has not ended: the code that asks was called by it."""
        found = None if self._list is None else self._list()
        frame = sys._getframe(1)
        while frame is not None and found is not None:
            if any(value is found for value in frame.f_locals.values()):
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False

    def left(self) -> bool:
        """Whether it was interrupted and something keeps what it held, as a prompt does.

        Python keeps the last traceback there, and so the list. For any thread; costs the more the
        deeper the fit's thread is.
        """
        if self._list is None or self._list() is None:
            return False
        frame = sys._current_frames().get(self._thread)
        while frame is not None:
            if id(frame) == self._frame:
                return False
            frame = frame.f_back
        return True

    def forget(self) -> None:
        """The fit has ended, and all that is to be done has been done."""
        if self._finalizer is not None:
            self._finalizer.detach()


def _list_that_calls(callback: keras.callbacks.Callback) -> tuple[Any, int]:
    """The list, and the identity of the frame of the fit that holds it; None: no list calls."""
    frame = sys._getframe(2)
    while frame is not None:
        found = frame.f_locals.get("self")
        if isinstance(found, keras.callbacks.CallbackList) and callback in found.callbacks:
            return found, id(frame.f_back)  # not the frame: who holds it holds the list
        frame = frame.f_back  # type: ignore[assignment]
    return None, 0


def _have_told(found: Any, before_epoch_end: Callable[[dict[str, Any]], None]) -> None:
    # Nothing here may hold the list itself: it would not go when the fit does.
    weak, of_class = weakref.ref(found), type(found).on_epoch_end

    def on_epoch_end(epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = logs if logs is not None else {}
        given = set(logs)
        before_epoch_end(logs)
        put = _Put({name: logs[name] for name in logs if name not in given})
        present = weak()
        assert present is not None  # it calls this
        theirs = present.callbacks
        present.callbacks = [each for one in theirs for each in (put, one)]
        try:
            of_class(present, epoch, logs)
        finally:  # one that was added or taken out meanwhile stays so
            theirs[:] = [one for one in present.callbacks if one is not put]
            present.callbacks = theirs

    found.on_epoch_end = on_epoch_end


class _Put(keras.callbacks.Callback):  # type: ignore[misc]
    """Puts entries back into an epoch's logs before each callback: LearningRateScheduler and
    ReduceLROnPlateau write the rate there that the optimizer has now, which is the next step's.
    """

    def __init__(self, entries: dict[str, Any]) -> None:
        super().__init__()
        self._entries = entries

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is not None:
            logs.update(self._entries)
