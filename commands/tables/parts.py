"""Look over the parts of a workbook before openpyxl is asked: it builds all cells of a row, and all
shared strings, at once, so what is too much must be told beforehand. Counting is cheap: each
part is unpacked in pieces and nothing is built.
"""

import io
import re
import zipfile
from typing import IO

from commands.tables.cells import Unreadable
from commands.wording.sentences import say

MAX_RATIO = 400
"""How many times its packed size a large part may be; tables pack to a tenth, bombs to a
thousandth."""

LARGE = 4 * 1024 * 1024

MAX_CELLS = 400_000
"""Cells of all sheets, formatted but empty ones included."""

MAX_STRINGS = 200_000
MAX_TAGS = 4_000_000

ENCRYPTED = 0x1
PIECE = 256 * 1024
UTF_8 = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OVERLAP = 16
"""Longer than the longest mark that is looked for, which may lie across two pieces."""

_CELL = re.compile(rb"<(?:[\w.-]{1,8}:)?c[\s/>]")
_STRING = re.compile(rb"<(?:[\w.-]{1,8}:)?si[\s/>]")
_DEFINES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def check(data: bytes, *, most_parts: int, most_bytes: int) -> None:
    """Refuse a workbook that unpacks to more than any roster, that defines XML entities, or that
    is encrypted. Raises Unreadable, or whatever zipfile raises."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        if len(parts) > most_parts or sum(part.file_size for part in parts) > most_bytes:
            raise Unreadable(say("table.unpacked"))
        if any(part.flag_bits & ENCRYPTED for part in parts):
            raise Unreadable(say("table.encrypted"))
        if any(_is_bomb(part) for part in parts):
            raise Unreadable(say("table.unpacked"))
        tally = _Tally()
        for part in parts:
            with packed.open(part) as opened:
                tally.add(opened)


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > LARGE and part.file_size > MAX_RATIO * max(1, part.compress_size)


class _Tally:
    """Counts over all parts. Raises Unreadable as soon as one is too high."""

    def __init__(self) -> None:
        self.cells = self.strings = self.tags = 0

    def add(self, part: IO[bytes]) -> None:
        """Count a part. One that is no XML has no tags worth counting."""
        piece = part.read(PIECE)
        if not _is_xml(piece):
            return
        tail = b""
        while piece:
            self._count(tail, piece)
            tail = piece[-OVERLAP:]
            piece = part.read(PIECE)

    def _count(self, tail: bytes, piece: bytes) -> None:
        seen = tail + piece
        if _DEFINES.search(seen):
            raise Unreadable(say("table.entities"))
        self.tags += piece.count(b"<")
        self.cells += _fresh(_CELL, tail, seen)
        self.strings += _fresh(_STRING, tail, seen)
        if self.cells > MAX_CELLS:
            raise Unreadable(say("table.cells", most=MAX_CELLS))
        if self.strings > MAX_STRINGS or self.tags > MAX_TAGS:
            raise Unreadable(say("table.unpacked"))


def _is_xml(beginning: bytes) -> bool:
    """Whether a part may be XML. Raises Unreadable for XML in UTF-16, which no program of tables
    writes and in which no mark would be found."""
    if beginning.startswith((*UTF_16, b"\0<", b"<\0")):
        raise Unreadable(say("table.entities"))
    text = beginning.removeprefix(UTF_8).lstrip()
    return text.startswith(b"<") or not text


def _fresh(mark: re.Pattern[bytes], tail: bytes, seen: bytes) -> int:
    """How many marks end in the new piece."""
    return sum(1 for found in mark.finditer(seen) if found.end() > len(tail))
