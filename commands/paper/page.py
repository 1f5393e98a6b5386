"""A page of headed paragraphs as a picture for the chat, drawn with Pillow alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from commands.paper.chart import (
    GREY,
    HEAD,
    INK,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Picture,
    headed,
    painted,
)
from commands.paper.fonts import Face, font

LINE, SPACE = 36, 14

HANGING = "，。、；：）》"
"""Signs that no line begins with; the margin has room for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A heading, and what it says."""

    head: str
    body: str


def draw(title: str, note: str, paragraphs: Sequence[Paragraph]) -> Picture:
    """Draw the paragraphs under a title, wrapped to the width; `note` stands below them."""

    def lines(face: Face) -> Iterator[tuple[str, int, str, int]]:
        """Each line with its size, its colour and the room it takes."""
        for one in paragraphs:
            yield one.head, TEXT, INK, LINE
            for line in _wrapped(face, one.body):
                yield line, SMALL, GREY, LINE
            yield "", SMALL, GREY, SPACE
        for line in _wrapped(face, note):
            yield line, SMALL, INK, LINE

    def paint(pen: Any, face: Face) -> None:
        headed(pen, face, title, "")
        top = HEAD
        for text, size, colour, room in lines(face):
            pen.text((MARGIN, top), text, fill=colour, font=font(face, size), anchor="lt")
            top += room

    text = title + note + "".join(one.head + one.body for one in paragraphs)
    return painted(text, lambda face: HEAD + sum(room for *_, room in lines(face)) + MARGIN, paint)


def _wrapped(face: Face, text: str) -> Iterator[str]:
    """The text in lines that fit between the margins."""
    written, room, line = font(face, SMALL), WIDTH - 2 * MARGIN, ""
    for sign in text:
        if line and sign not in HANGING and written.getlength(line + sign) > room:
            yield line
            line = ""
        line += sign if line or not sign.isspace() else ""
    if line:
        yield line
