"""Names that others chose, of people, chats and files, as we repeat them: seen, short, one line."""

from functools import lru_cache
from unicodedata import category, combining, normalize

from commands.grammar.folding import tidy

MAX_NAME = 64
MAX_FILE_NAME = 120
MAX_MARKS = 2
"""Accents on one letter; more only cover the lines around it."""

_LOOKED_AT = 512
_BLANK = "\u2800"
"""Braille without a dot: shown, and yet nothing to be seen."""


def shown_name(written: str) -> str:
    """Return the name of a person or chat without what reorders, breaks or hides a line."""
    if len(written) <= MAX_NAME and written.isascii() and written.isprintable():
        return written.strip()
    return _cleaned(written[:_LOOKED_AT])[:MAX_NAME].rstrip()


def file_name(written: str) -> str:
    """Return the last part of a file name, cleaned, its extension kept; never empty."""
    last = written.replace("\\", "/").rpartition("/")[2]
    name = _cleaned(last[:_LOOKED_AT] + last[_LOOKED_AT:][-_LOOKED_AT:]).strip(". ")
    if len(name) > MAX_FILE_NAME:
        stem, dot, kind = name.rpartition(".")
        kind = f"{dot}{kind}" if stem and len(kind) <= 8 else ""
        name = name[: MAX_FILE_NAME - len(kind)].rstrip(". ") + kind
    return name or "文件"


@lru_cache(2_048)
def _cleaned(written: str) -> str:
    kept: list[str] = []
    marks = 0
    for sign in normalize("NFC", tidy(written.replace(_BLANK, " "))):
        marks = marks + 1 if combining(sign) or category(sign) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS and category(sign) not in ("Cf", "Cc", "Cs"):
            kept.append(sign)
    return "".join(kept)
