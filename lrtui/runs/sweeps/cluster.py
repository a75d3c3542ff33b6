"""A sweep on Dask: the executor of a cluster that is there."""

import logging
from importlib import import_module
from pathlib import Path
from typing import Any

from lrtui.runs.sweeps.engine import EngineGone

CONNECT_SECONDS = 10
AHEAD = 2
"""Chunks a thread of the cluster has waiting, so that it never waits for us."""


class Cluster:
    """A Dask cluster.

    Args:
        where: the address of its scheduler, ``tcp://host:8786``, or the path of the file that
            ``dask scheduler --scheduler-file`` wrote.

    Raises:
        EngineGone: Dask is not installed, or there is no such cluster.
    """

    def __init__(self, where: str) -> None:
        given: dict[str, Any] = {"address": where}
        if "://" not in where:
            if not Path(where).is_file():
                allowed = "must be tcp://HOST:PORT or the file that a Dask scheduler wrote"
                raise EngineGone(f"--on {allowed}. Received: {where!r}")
            given = {"scheduler_file": where}
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise EngineGone("Dask is not installed: pip install 'lrtui[cluster]'") from None
        # It tells on stderr what it goes through; the command says in a line what came of it.
        logging.disable()
        try:
            self._client = distributed.Client(
                **given, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, TimeoutError, ValueError) as error:
            words = " ".join(str(error).split())[:200]
            raise EngineGone(f"no Dask scheduler answers at {where}: {words}") from None
        self.executor = self._client.get_executor(pure=False)

    @property
    def width(self) -> int:
        """Chunks that keep it busy."""
        return max(1, AHEAD * int(sum(self._client.nthreads().values())))

    def close(self) -> None:
        """Leave it; what it still does for us is given up."""
        self._client.close(timeout=2)
