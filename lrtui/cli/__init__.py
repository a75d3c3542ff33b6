"""The command line. stdout is data, stderr is diagnostics.

Exit codes: 0 done; 1 it failed; 2 the call was wrong; 130 interrupted before it did anything.
Importing this package imports nothing heavy:
each command imports what it needs when it is called.
"""

import sys

from lrtui.cli.opening import PLAIN, OpenTui, forgive_unprintable, missing


def main(open_tui: OpenTui) -> None:
    """Read ``sys.argv``, do it and exit.

    Args:
        open_tui: what a call without a command comes to.
    """
    # Such a call needs no click, which is a twentieth of the time to the first frame.
    if sys.argv[1:] in PLAIN and not missing():
        forgive_unprintable()
        try:
            open_tui(cold=bool(sys.argv[1:]))
        except (OSError, KeyboardInterrupt) as error:
            from lrtui.cli.program import end

            end(error)
        return
    from lrtui.cli.program import program

    program.main(prog_name="lrtui", obj=open_tui)
