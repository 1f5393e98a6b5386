"""A page of headed paragraphs as a picture for the chat, drawn with Pillow alone."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commands.paper.chart import GREY, HEAD, INK, MARGIN, PAPER, SMALL, TEXT, TITLE, WIDTH, Picture
from commands.paper.fonts import Face, find, font
from commands.wording.sentences import say

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
    face, lacking = find(title + note + "".join(one.head + one.body for one in paragraphs))
    if face is None:
        return Picture(data=b"", warning=say("paper.no_font"))
    warning = ""
    if lacking:
        warning = say("paper.missing_glyphs", total=len(lacking), said=lacking[:10])
    return Picture(data=_drawn(face, title, note, paragraphs), warning=warning)


def _drawn(face: Face, title: str, note: str, paragraphs: Sequence[Paragraph]) -> bytes:
    from PIL import Image, ImageDraw

    rows = [(one.head, tuple(_wrapped(face, one.body))) for one in paragraphs]
    foot = tuple(_wrapped(face, note))
    tall = HEAD + sum((1 + len(body)) * LINE + SPACE for _, body in rows)
    picture = Image.new("RGB", (WIDTH, tall + len(foot) * LINE + MARGIN), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((MARGIN, MARGIN), title, fill=INK, font=font(face, TITLE), anchor="lt")
    top = HEAD

    def write(text: str, size: int, colour: str) -> None:
        nonlocal top
        pen.text((MARGIN, top), text, fill=colour, font=font(face, size), anchor="lt")
        top += LINE

    for head, body in rows:
        write(head, TEXT, INK)
        for line in body:
            write(line, SMALL, GREY)
        top += SPACE
    for line in foot:
        write(line, SMALL, INK)
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()


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
