"""The command line. stdout is data, stderr is diagnostics.

Exit codes: 0 done; 1 it failed; 2 the call was wrong; 130 interrupted before it did anything.
Importing this package imports nothing heavy:
each command imports what it needs when it is called.
"""

import sys
from collections.abc import Callable

from lrtui.cli.opening import PLAIN, OpenTui, forgive_unprintable, missing


def main(open_tui: OpenTui) -> None:
    """Read ``sys.argv``, do it and exit.

    Args:
        open_tui: what a call without a command comes to.
    """
    # Such a call needs no click, which is a twentieth of the time to the first frame.
    if sys.argv[1:] in PLAIN and not missing():
        _open_plainly(lambda: open_tui(cold=bool(sys.argv[1:])))
        return
    if sys.argv[1:2] == ["attach"] and not missing():
        from lrtui.cli.attaching import plainly_meant, schedule_of

        if (meant := plainly_meant(sys.argv[1:])) is not None:
            _open_plainly(lambda: open_tui(schedule_of(meant), attach=meant))
            return
    from lrtui.cli.program import program

    program.main(prog_name="lrtui", obj=open_tui)


def _open_plainly(open_it: Callable[[], None]) -> None:
    forgive_unprintable()
    try:
        open_it()
    except (OSError, KeyboardInterrupt) as error:
        from lrtui.cli.program import end

        end(error)
