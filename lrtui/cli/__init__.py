"""The command line. stdout is data, stderr is diagnostics.

Exit codes: 0 done; 1 it failed; 2 the call was wrong. Importing this package imports nothing heavy:
each command imports what it needs when it is called.
"""


def main() -> None:
    """The program's entry: reads ``sys.argv`` and exits."""
    from lrtui.cli.program import program

    program.main(prog_name="lrtui")
