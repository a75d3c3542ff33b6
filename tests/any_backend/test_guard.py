"""Nothing of ours ends a fit: whatever fails, it goes on as if without us, and one line says so."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrtui import Live, Steering
from lrtui.live import present_fit
from lrtui.live.attachment import Attachment
from lrtui.live.backends import _backend
from lrtui.live.control import Control
from lrtui.live.driving import Driving
from lrtui.live.link import QueueLink
from lrtui.live.report import Reporter
from tests.any_backend.oracle import BACKEND, Do, Weights, compiled, fit, sequential
from tests.any_backend.test_scripts import halving

EXACT: dict[str, Any] = {"rtol": 0, "atol": 1e-6}


class Injected(Exception):
    pass


def failing(*_: Any, **__: Any) -> Any:
    raise Injected("here")


STEP = _backend().Step
WHERE: list[tuple[Any, str]] = [
    (STEP, "rate"),
    (STEP, "note_update"),
    (STEP, "note_loss"),
    (STEP, "rows"),
    (STEP, "done"),
    (STEP, "put_inputs"),
    (STEP, "attach"),
    (STEP, "around"),
    (STEP, "processes"),
    (Attachment, "attach"),
    (Driving, "before_execution"),
    (Reporter, "flush"),
    (Reporter, "due"),
    (Reporter, "epoch"),
    (Control, "tell_changes"),
    (Control, "obey"),
    (Control, "flush"),
    (Control, "epoch_ended"),
    (QueueLink, "send"),
    (QueueLink, "poll"),
    (present_fit.PresentFit, "__init__"),
    (Steering, "__init__"),
    (Driving, "saved_rate"),
    (Driving, "saving"),
    (STEP, "hidden"),
]
SAVING = {"saved_rate", "saving", "hidden"}
"""What is called where something is saved."""


@pytest.mark.parametrize(("owner", "name"), WHERE, ids=[f"{o.__name__}.{n}" for o, n in WHERE])
@pytest.mark.parametrize("how", [{}, {"run_eagerly": True}], ids=["compiled", "eager"])
def test_a_failure_of_ours(
    owner: Any,
    name: str,
    how: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    if how and (BACKEND == "torch" or owner is not STEP):
        pytest.skip("runs as it does without")
    monkeypatch.setattr(owner, name, failing)
    model, weights = compiled(sequential(), halving(), **how), Weights()
    save = keras.callbacks.ModelCheckpoint(str(tmp_path / "model.keras"))
    saving = [save] if name in SAVING else []
    fit(model, 3, weights, Live(link=QueueLink()), *saving, epochs=2)
    assert not saving or (tmp_path / "model.keras").exists()

    moved = weights.moved
    np.testing.assert_allclose(moved, 0.1 * 0.5 ** (np.arange(6) / 8), **EXACT)
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("lrtui")]
    assert len(said) == 1, said
    assert "Injected: here" in said[0]


@pytest.mark.parametrize("name", ["read", "assigned", "before_execution"])
def test_a_failure_after_it_was_steered(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From there on the rate is the user's own."""
    model, weights = compiled(sequential(), 0.1), Weights()
    live = Live()

    def fail_from_here() -> None:
        monkeypatch.setattr(Driving, name, failing)

    def touch() -> None:
        if BACKEND == "jax":
            model.jax_state_sync()
        if name == "read":
            _ = model.optimizer.learning_rate
        if name == "assigned":
            model.optimizer.learning_rate = 0.1

    commands = Do({1: lambda: live.steering.reset("Constant(0.05)"), 3: fail_from_here, 4: touch})
    fit(model, 8, weights, live, commands)
    np.testing.assert_allclose(weights.moved[1:3], 0.05, **EXACT)
    np.testing.assert_allclose(weights.moved[4:], 0.1, **EXACT)
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("lrtui")]
    assert len(said) == 1, said


def test_an_error_of_the_users_own_passes_through() -> None:
    class Broken(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        def __call__(self, step: Any) -> Any:
            raise ZeroDivisionError("the user's own")

    model = compiled(sequential(), Broken())
    with pytest.raises(ZeroDivisionError, match="the user's own"):
        fit(model, 2, Live())
