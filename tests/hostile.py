"""Texts that would do something to a terminal if they reached it."""

CORPUS = {
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "clear": "\x1b[2J",
    "eight bits": "\x9b2J",
    "colour": "\x1b[31mred",
    "link": "\x1b]8;;http://x/\x1b\\here\x1b]8;;\x1b\\",
    "string": "\x1bPq#0\x1b\\",
    "bell": "a\x07b",
    "backspace": "real\x08\x08\x08\x08fake",
    "return": "real\rfake",
    "line": "one\nlrtui: two",
    "null": "a\x00b",
    "delete": "a\x7fb",
    "turned": "txt\u202eyp.exe",
    "isolated": "a\u2066b\u2069c",
    "unseen": "a\u200b\ufeff\u2060b",
    "separators": "a\u2028b\u2029c",
    "half": "a\udc80b",
    "markup": "[@click=app.quit]press[/] [link=http://x]here[/link] [red]",
}


def obeyed(text: str) -> list[str]:
    """What of a text a terminal would obey, in whatever else is shown: lines are apart."""
    return [one for one in text if not one.isprintable() and one not in "\n\xa0"]
