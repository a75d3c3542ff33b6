"""The command line. stdout is data, stderr is diagnostics."""


def main() -> None:
    """The program's entry."""
