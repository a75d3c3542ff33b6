"""Text from outside, made harmless to a terminal: from data, a file of the user's, an exception.

Whatever is shown goes through here, at the last moment: the screen's rows, what the command line
prints, the log. So nothing that is shown can move a cursor, fill a clipboard or turn a line around.
"""

import re
import unicodedata

# Patterns are texts, which re compiles when it meets them first: not before the first frame.
_COLOURS = r"\x1b\[[0-9;:]*m"


def harmless(text: str, keep: str = "") -> str:
    """The text without colours, and what a terminal would obey written down: ``\\x07``.

    Args:
        text: any.
        keep: characters to leave as they are, such as line ends.
    """
    if text.isprintable():
        return text
    plain = re.sub(_COLOURS, "", text)
    return re.sub(f"[^ -~{re.escape(keep)}]", _written, plain)


def is_harmless(character: str) -> bool:
    """Whether a terminal shows this, and does nothing else: no control, no format, no surrogate."""
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _written(found: re.Match[str]) -> str:
    return found[0] if is_harmless(found[0]) else ascii(found[0])[1:-1]
