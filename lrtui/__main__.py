"""``python -m lrtui`` and the console script."""

import gc
import os


def main() -> None:
    """Start the command line."""
    # Modules are no garbage: looking for some among them takes a tenth of the time to the first
    # frame. Whoever is done with importing turns it on again.
    gc.disable()
    # NumPy's linear algebra, of which nothing is used, starts a thread for each core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from lrtui.cli import main as cli
    from lrtui.lazily import later

    later("numpy", "plotext")

    cli()


if __name__ == "__main__":
    main()
