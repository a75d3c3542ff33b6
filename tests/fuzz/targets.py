"""The readers of what comes from outside, each as a function of bytes, and what it may raise."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from lrtui.export.recipe import NotARun, read_run
from lrtui.kept import read as read_kept
from lrtui.kept.consent import Consent
from lrtui.kept.presets import Presets
from lrtui.live.user_code import OwnFault
from lrtui.live.user_schedule import sample
from lrtui.logs.audit.verdict import verdict
from lrtui.logs.follower import read_logs
from lrtui.protocol import Settings, decode_command, decode_event, optimizers
from lrtui.protocol.attach import decode_from_training, decode_from_viewer
from lrtui.protocol.chunks import decode_done, decode_reply
from lrtui.protocol.registry import Place, read_entry
from lrtui.runs.journal import read_journal
from lrtui.runs.sweeps.axes import read_axis
from lrtui.runs.sweeps.cells import SweepRequest
from lrtui.runs.sweeps.store import Store
from lrtui.schedules import Invalid, parse, read
from lrtui.tui.saved_session import SavedSession
from tests.consent import as_it_is
from tests.logs.events import file_of, simple, tensor

Target = Callable[[bytes, Path], object]
"""Reads these bytes; may use a file of this name."""

REFUSALS = (Invalid, NotARun, OSError, OwnFault, msgspec.DecodeError)
"""Each is a line for the person."""


def _session(data: bytes, file: Path) -> object:
    file.write_bytes(data)
    return read_kept(file, SavedSession)


def _presets(data: bytes, file: Path) -> object:
    file.write_bytes(data)
    return read_kept(file, Presets)


def _run(data: bytes, file: Path) -> object:
    file.write_bytes(data)
    return read_run(file)


def _journal(data: bytes, file: Path) -> object:
    place = Place(file.parent, "fuzzed")
    place.events.write_bytes(data)
    place.steps.write_bytes(data)
    return read_journal(place).record()


def _archive(data: bytes, file: Path) -> object:
    model = file.with_suffix(".keras")
    model.write_bytes(data)
    return read(str(model))


def _model(data: bytes, file: Path) -> object:
    """The config of a sound archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", data)
    return _archive(made.getvalue(), file)


def _log(ending: str) -> Target:
    """A log of somebody else's, by the ending of its name: read, and held against a schedule."""

    def read_it(data: bytes, file: Path) -> object:
        log = file.with_name(f"log{ending}")
        log.write_bytes(data)
        found = read_logs(log)
        for one in found.logs[:3]:
            verdict(one, parse("CosineDecay(0.1, 100)"), None)
        return found

    return read_it


def _store(data: bytes, file: Path) -> object:
    path = file.with_name("sweep.db")
    path.write_bytes(data)
    store = Store(path, writes=False)
    try:
        number, _ = store.latest()
        return store.ends(number), store.schedules(number), store.kinds(number)
    finally:
        store.close()


def _made_store() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "sweep.db"
        store = Store(path)
        store.begin(SweepRequest(("noam",), (), (0, 1), Settings()), [])
        store.close()
        return path.read_bytes()


def _consent(data: bytes, file: Path) -> object:
    file.write_bytes(data)
    return Consent(file).missing(["nothing.py:f"])


def _entry(data: bytes, file: Path) -> object:
    place = Place(file.parent, "fuzzed")
    place.entry.write_bytes(data)
    return read_entry(place)


def _own_schedule(data: bytes, file: Path) -> object:
    file.with_name(OWN).write_bytes(data)
    source = f"{file.with_name(OWN)}:f"
    return sample(source, 20, as_it_is(source))


def _own_task(data: bytes, file: Path) -> object:
    from lrtui.worker.user_task import make  # which loads TensorFlow

    file.with_name(OWN).write_bytes(data)
    source = f"{file.with_name(OWN)}:f"
    return make(Settings(task=source), as_it_is(source))


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


TARGETS: dict[str, Target] = {
    "session": _session,
    "presets": _presets,
    "run": _run,
    "journal": _journal,
    "archive": _archive,
    "model": _model,
    "consent": _consent,
    "config": lambda data, _: read("{" + _text(data)),
    "line": lambda data, _: read(_text(data)),
    "optimizer": lambda data, _: optimizers.read(_text(data)),
    "command": lambda data, _: decode_command(data),
    "event": lambda data, _: decode_event(data),
    "training": lambda data, _: decode_from_training(data),
    "viewer": lambda data, _: decode_from_viewer(data),
    "csv log": _log(".csv"),
    "json log": _log(".json"),
    "event file": _log(".tfevents.1"),
    "store": _store,
    "axis": lambda data, _: read_axis(_text(data), [parse("noam")]),
    "entry": _entry,
    "chunk done": lambda data, _: decode_done(data),
    "chunk reply": lambda data, _: decode_reply(data),
    "own schedule": _own_schedule,
    "own task": _own_task,
}

OWN = "own.py"
"""A file of a person's own, who allowed it: it is run. What Python takes for it is Python's."""
RUN = ("own schedule", "own task")

SEEDS: dict[str, list[bytes]] = {
    "session": [b'schedule = "noam"\n[settings]\nepochs = 3\n[[pins]]\nschedule = "cosine"\n'],
    "presets": [b'[[presets]]\nname = "a"\nschedule = "CosineDecay(0.1, 100)"\n'],
    "run": [b'{"lrtui":"1","versions":{},"machine":{},"schedule":"noam","settings":{},"own":{}}'],
    "journal": [b'{"type":"started","schedule":"noam"}\n'],
    "archive": [b"PK\x03\x04"],
    "model": [b'{"compile_config":{"optimizer":{"config":{"learning_rate":0.1}}}}'],
    "consent": [b"0" * 64 + b"  /a/b.py\n"],
    "config": [b'"class_name":"CosineDecay","config":{"decay_steps":10}}'],
    "line": [b"CosineDecay(0.1, decay_steps=1000)", b"Sequence([Constant(0.1), noam], [3])"],
    "optimizer": [b"SGD(momentum=0.9, nesterov=True)"],
    "command": [b'{"type":"scale","factor":2}\n', b'{"type":"reset","schedule":"noam"}'],
    "training": [b'{"type":"greeting"}\n', b'{"type":"answer","id":1}\n'],
    "viewer": [b'{"type":"order","id":1,"command":{"type":"pause"}}\n'],
    "csv log": [b"step,loss,lr\n1,0.5,0.1\n2,nan,1e-3\n", b"epoch\tval_loss\n0\t1\n"],
    "json log": [b'{"loss":[0.5,0.25],"lr":[0.1,0.1]}', b'{"log_history":[{"loss":1,"step":2}]}'],
    "event file": [file_of(simple("lr", 1, 0.1), tensor("loss", 2, 0.5))],
    "store": [_made_store()],
    "axis": [b"decay_rate=0.9..0.99:5", b"optimizer=sgd,adam"],
    "event": [b'{"type":"alive","memory":1,"busy":0.5}\n'],
    "entry": [
        b'{"id":"fuzzed","name":"a","pid":1,"host":"h","began":1.5,"folder":"/","protocol":1,'
        b'"lrtui":"1"}'
    ],
    "chunk done": [
        b'{"means":"","validation":"","host":"h","processor":"p","threads":1,"seconds":1,'
        b'"memory":1,"versions":{},"failure":""}'
    ],
    "chunk reply": [b'{"stacked":true,"versions":{"keras":"3"},"failure":""}'],
    "own schedule": [
        b"def f(step):\n    return 0.1 / (step + 1)\n",
        b"class f:\n    def __call__(self, step):\n        return 0.1\n",
        b"\xef\xbb\xbf# coding: latin-1\nf = lambda epoch, lr: lr * 0.9\n",
    ],
    "own task": [
        b"import keras\ndef f(seed):\n    model = keras.Sequential([keras.Input((1,)), "
        b"keras.layers.Dense(1)])\n    model.compile('sgd', 'mse')\n"
        b"    return model, ([[0.0], [1.0]], [[1.0], [2.0]])\n",
        b"def f(batch_size):\n    return 'model', 'mse', ((1, 2), (3, 4))\n",
    ],
}
