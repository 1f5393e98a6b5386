"""Bar charts as pictures for the chat, drawn with Pillow alone."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from commands.paper.fonts import Face, find, font
from commands.wording.sentences import say

WIDTH, MARGIN, ROW, HEAD, GAP = 1080, 40, 44, 110, 24
NAME_ROOM, VALUE_ROOM = 280, 210
TITLE, TEXT, SMALL = 36, 24, 20
INK, PALE, PAPER, GREY = "#1F2933", "#E4E9EF", "#FFFFFF", "#66727F"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: the name before it, the value behind it, and the share that is filled, 0 to 1."""

    name: str
    value: str
    share: Decimal
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as PNG, and a warning to pass on; `data` is empty where no font was found."""

    data: bytes
    warning: str = ""


def draw(title: str, note: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> Picture:
    """Draw bars under the names of their groups."""
    text = (
        title
        + note
        + "".join(name + "".join(one.name + one.value for one in bars) for name, bars in groups)
    )
    face, lacking = find(text)
    if face is None:
        return Picture(data=b"", warning=say("paper.no_font"))
    warning = ""
    if lacking:
        warning = say("paper.missing_glyphs", total=len(lacking), said=lacking[:10])
    return Picture(data=_drawn(face, title, note, groups), warning=warning)


def _drawn(face: Face, title: str, note: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> bytes:
    from PIL import Image, ImageDraw

    lines = sum(len(bars) + 1 for _, bars in groups)
    height = HEAD + lines * ROW + len(groups) * GAP + MARGIN
    picture = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((MARGIN, MARGIN), title, fill=INK, font=font(face, TITLE), anchor="lt")
    right = WIDTH - MARGIN
    pen.text((right, MARGIN + 12), note, fill=GREY, font=font(face, SMALL), anchor="rt")
    top = HEAD
    for name, bars in groups:
        pen.text((MARGIN, top + ROW // 2), name, fill=GREY, font=font(face, SMALL), anchor="lm")
        top += ROW
        for one in bars:
            _bar(pen, face, one, top)
            top += ROW
        top += GAP
    packed = io.BytesIO()
    picture.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _bar(pen: Any, face: Face, one: Bar, top: int) -> None:
    middle = top + ROW // 2
    left, right = MARGIN + NAME_ROOM, WIDTH - MARGIN - VALUE_ROOM
    pen.text(
        (MARGIN, middle), _fitting(face, one.name), fill=INK, font=font(face, TEXT), anchor="lm"
    )
    pen.rectangle((left, top + 9, right, top + ROW - 9), fill=PALE)
    filled = left + int((right - left) * one.share)
    if filled > left:
        pen.rectangle((left, top + 9, filled, top + ROW - 9), fill=one.colour)
    pen.text((WIDTH - MARGIN, middle), one.value, fill=INK, font=font(face, TEXT), anchor="rm")


def _fitting(face: Face, name: str) -> str:
    """A name cut to the width it has."""
    written = font(face, TEXT)
    while written.getlength(name) > NAME_ROOM - 12 and len(name) > 2:
        name = name.rstrip("…")[:-1] + "…"
    return name
