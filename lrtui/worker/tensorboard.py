"""A run's TensorBoard event files: Keras' own callback, and the rate that every step applied.

Needs no TensorBoard: what writes the files is in TensorFlow. Whoever looks at them has it.
"""

import time
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.compat.v1 import Event as Record
from tensorflow.compat.v1 import Summary, SummaryMetadata

from lrtui.live.link import Link
from lrtui.protocol import Command, Event, StepsDone, unpack
from lrtui.protocol.values import is_known


class TensorBoard(keras.callbacks.TensorBoard):  # type: ignore[misc]
    """``keras.callbacks.TensorBoard`` with the applied rates. Put it after LiveCallback.

    In `folder` are then: ``train`` and ``validation``, which Keras writes, a value an epoch; and
    ``steps`` with ``learning_rate`` and ``loss``, a value a step.

    Keras by itself writes as an epoch's learning rate what the schedule gives for the *next* step,
    and nothing of a scale; here it is that of the epoch's last step, from LiveCallback's logs.

    Args:
        folder: is made, if it is not there. It holds no such run yet.

    Raises:
        OSError: it cannot be made, or there is a run in it.
    """

    def __init__(self, folder: Path) -> None:
        (folder / "steps").mkdir(parents=True)
        super().__init__(log_dir=folder, write_graph=False)
        began = time.time()
        path = folder / "steps" / f"events.out.tfevents.{began:.6f}.lrtui"
        self._steps = tf.io.TFRecordWriter(str(path))
        self._write(Record(wall_time=began, file_version="brain.Event:2"))

    @property
    def summary(self) -> Any:
        """What Keras writes with: ``tf.summary``, but for what of it asks for TensorBoard."""
        return _Summary

    def take(self, steps: StepsDone) -> None:
        """Write these steps; a record a step in one piece costs a tenth of ``tf.summary``."""
        now = time.time()
        rows = zip(unpack(steps.rates), unpack(steps.losses), strict=True)
        for step, (rate, loss) in enumerate(rows, start=steps.first):
            values = [
                Summary.Value(tag=tag, simple_value=value)
                for tag, value in (("learning_rate", rate), ("loss", loss))
                if is_known(value)
            ]
            self._write(Record(wall_time=now, step=step, summary=Summary(value=values)))
        self._steps.flush()

    def close(self) -> None:
        """Close what is open, also after a run that broke off; a second time harmless."""
        self._steps.close()
        self._close_writers()

    def _write(self, record: Any) -> None:
        self._steps.write(record.SerializeToString())

    def _collect_learning_rate(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Of Keras' callback: would put the next step's rate in place of LiveCallback's."""
        return logs


class TensorBoardLink:
    """A link whose steps are written by a board too."""

    def __init__(self, link: Link, board: TensorBoard) -> None:
        self._link, self._board = link, board

    def send(self, event: Event) -> None:
        """Write the steps, and hand every event on."""
        if isinstance(event, StepsDone):
            self._board.take(event)
        self._link.send(event)

    def poll(self) -> Command | None:
        """The next command; None: there is none."""
        return self._link.poll()

    def wait(self, seconds: float | None = None) -> Command | None:
        """Wait for the next command; None: there was none for so many seconds."""
        return self._link.wait(seconds)

    def answer(self, refused: str = "") -> None:
        """Hand it on."""
        self._link.answer(refused)


class _Summary:
    """The part of ``tf.summary`` that Keras needs here. Its own scalar asks for TensorBoard."""

    create_file_writer = staticmethod(tf.summary.create_file_writer)
    _metadata = SummaryMetadata(
        plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"),
        data_class="DATA_CLASS_SCALAR",
    )

    @classmethod
    def scalar(cls, name: str, data: Any, step: int) -> None:
        """As ``tf.summary.scalar``."""
        value = tf.cast(data, tf.float32)
        tf.summary.write(name, value, step=step, metadata=cls._metadata)
