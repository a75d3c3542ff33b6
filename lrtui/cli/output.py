"""What the command line prints: the only door to stdout and stderr.

Importing it imports nothing heavy, so that ``lrtui --help`` does not wait for NumPy.
"""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lrtui.plotting.picture import Picture


def put(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Print a text of lines, harmless to a terminal.

    Args:
        text: any; where it ends, `end` follows.
        err: on stderr.
        end: what follows.
    """
    from lrtui.protocol.outside_text import harmless

    click.echo(harmless(text, keep="\n") + end, err=err, nl=False)


def put_picture(picture: "Picture") -> None:
    """Print a picture, in colours where they are wanted."""
    from lrtui.cli.terminal import coloured, painted
    from lrtui.protocol.outside_text import harmless

    rows = tuple(harmless(row) for row in picture.rows)
    click.echo(painted(picture._replace(rows=rows), coloured()))


def draw_line(text: str) -> None:
    """Draw a line of progress over the last one on stderr, if that is a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        from lrtui.protocol.outside_text import harmless

        sys.stderr.write(f"\r\x1b[K{harmless(text)}")
        sys.stderr.flush()
