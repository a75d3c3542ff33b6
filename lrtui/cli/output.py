"""What the command line prints: the only door to stdout and stderr.

Importing it imports nothing heavy, so that ``lrtui --help`` does not wait for NumPy.
"""

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from lrtui.plotting.picture import Picture

_COLOUR = re.compile(r"(\x1b\[(?:\d+;48;(?:5;\d+|2;\d+;\d+;\d+)|0)m)")
"""The colours of a heat map's cells."""


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


def put_painted(lines: Sequence[str]) -> None:
    """Print lines whose only escape sequences are our own colours."""
    click.echo("\n".join(map(harmless_line, lines)))


def draw_over(stream: TextIO, lines: Sequence[str], before: int) -> None:
    """Draw lines over those that were drawn last.

    Args:
        stream: a terminal.
        lines: whose only escape sequences are our own colours.
        before: how many lines were drawn last.
    """
    up = f"\x1b[{before - 1}A" if before > 1 else ""
    wipe = f"\r{up}\x1b[J" if before else ""
    stream.write(wipe + "\n".join(map(harmless_line, lines)))
    stream.flush()


def harmless_line(line: str) -> str:
    """A line whose only escape sequences are our own colours: all else in it is made harmless."""
    from lrtui.protocol.outside_text import harmless

    parts = _COLOUR.split(line)
    return "".join(part if place % 2 else harmless(part) for place, part in enumerate(parts))


def draw_line(text: str) -> None:
    """Draw a line of progress over the last one on stderr, if that is a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        from lrtui.protocol.outside_text import harmless

        sys.stderr.write(f"\r\x1b[K{harmless(text)}")
        sys.stderr.flush()
