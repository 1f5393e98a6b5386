"""Reads the flat XML of WeCom's callbacks: UTF-8, no document type, no entities of its own.

What people typed into `Content` may hold whatever XML does not allow (control characters, `]]>`,
U+FFFE). It is taken out or escaped before parsing, so that their message is still answered.
"""

import re
from xml.parsers import expat
from xml.sax.saxutils import escape

MAX_DEPTH = 16

TICKED = "SelectedItems/SelectedItem/OptionIds/OptionId"
"""The options that were ticked on a card, one a line."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x0*([0-9A-Fa-f]{1,6})|0*([0-9]{1,7}));")
_BEGIN, _END = "<Content>", "</Content>"
_RAW, _RAW_END = "<![CDATA[", "]]>"


def fields_of(xml: bytes) -> dict[str, str]:
    """Return the fields of a message, inner elements by their path. Raises ValueError, also for
    another encoding, document type and entity declarations and a field that comes twice."""
    return _Reader().read(_mended(xml.decode("utf-8-sig")))


class _Reader:
    """One pass of the parser. The first of repeated inner elements counts, but all of TICKED."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._text: list[str] = []
        self._found: dict[str, str] = {}

    def read(self, xml: str) -> dict[str, str]:
        parser = expat.ParserCreate("utf-8")  # whatever the declaration says
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        try:
            parser.Parse(xml.encode(), True)
        except expat.ExpatError as wrong:
            raise ValueError("no XML") from wrong
        return self._found

    def _start(self, name: str, _: object) -> None:
        if len(self._path) == MAX_DEPTH:
            raise ValueError("too deep")
        self._path.append(name)
        self._text.clear()
        field = "/".join(self._path[1:])
        if len(self._path) == 2 and field in self._found:
            raise ValueError("a field twice")
        if field:
            self._found.setdefault(field, "")

    def _end(self, _: str) -> None:
        field = "/".join(self._path[1:])
        said = "".join(self._text)
        if field and not self._found[field]:
            self._found[field] = said
        elif field == TICKED:
            self._found[field] += f"\n{said}"
        self._text.clear()
        self._path.pop()


def _refuse(*_: object) -> int:
    raise ValueError("a declaration")


def _mended(xml: str) -> str:
    """Return the message without what XML forbids; its `Content` reads as it was typed."""
    xml = _FORBIDDEN.sub("", xml)
    start, end = xml.find(_BEGIN), xml.rfind(_END)
    if 0 <= start < end:
        start += len(_BEGIN)
        # To the last end, so that nobody can type another field.
        xml = xml[:start] + _content(xml[start:end]) + xml[end:]
    return _REFERENCE.sub(_allowed, xml)


def _content(said: str) -> str:
    inner = said.strip()
    if inner.startswith(_RAW) and inner.endswith(_RAW_END):
        typed = inner[len(_RAW) : -len(_RAW_END)]
        return escape(typed.replace(f"]]{_RAW_END}{_RAW}>", "]]>"))
    return said.replace("]]>", "]]&gt;")


def _allowed(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    fits = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return found[0] if fits or 0xFFFF < code <= 0x10FFFF else ""
