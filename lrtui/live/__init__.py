"""Inside a process that trains, anyone's: steering it, and noting what each step used.

The package can itself be called: ``with lrtui.live(optimizer) as run`` is the one line for a loop
of one's own, as ``lrtui.Live()`` is for ``model.fit``.
"""

import sys
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    """A name of the package cannot be both a folder and a function, but a module can be called."""

    def __call__(self, optimizer: Any, name: str | None = None, **options: Any) -> Any:
        """Watch and steer a loop of one's own from elsewhere.

        With ``LRTUI=off`` in the environment it does nothing.

        Args:
            optimizer: a Keras optimizer on TensorFlow, JAX or torch, one of ``torch.optim``, or,
                where the loop asks for each rate, what gives them: a schedule, a rate, a text, a
                function of the step, an array.
            name: under which ``lrtui runs`` lists it and ``lrtui attach`` opens it; None: the
                script's.
            **options: `steps`, how many there will be, for the picture; `capacity`, the most
                updates that one compiled call of the loop does; `on_divergence` and `notify` as
                ``lrtui.Live`` has them, without checkpoints.

        Returns:
            A :class:`~lrtui.live.loop.OwnLoop`; call its ``step(loss)`` after each step.

        Raises:
            Invalid: there is no rate in the first argument.
        """
        from lrtui.live.loop import OwnLoop

        return OwnLoop(optimizer, name, **options)


sys.modules[__name__].__class__ = _CallableModule
