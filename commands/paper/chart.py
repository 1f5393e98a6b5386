"""Bar charts as pictures for the chat, drawn with Pillow alone."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from commands.paper.fonts import Face, find, font
from commands.wording.sentences import say

WIDTH, MARGIN, ROW, HEAD, GAP = 1080, 40, 44, 110, 24
NAME_ROOM, VALUE_ROOM = 280, 230
TITLE, TEXT, SMALL = 36, 24, 20
RATE_ROOM, SWATCH = 110, 20
INK, PALE, PAPER, GREY = "#1F2933", "#E4E9EF", "#FFFFFF", "#66727F"
LOST = "#8D99A6"
HATCH = 8
"""Pixels between the strokes of what is lost, which tell it without colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: the name before it, the value and the rate behind it, the share that is filled, and
    the share behind it that is lost; shares are 0 to 1."""

    name: str
    value: str
    rate: str
    share: Decimal
    lost: Decimal
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as PNG, and a warning to pass on; `data` is empty where no font was found."""

    data: bytes
    warning: str = ""


Groups = Sequence[tuple[str, Sequence[Bar]]]
Keys = tuple[str, str]
"""What the lost part of a bar is called, and the rest."""


def draw(title: str, note: str, groups: Groups, keys: Keys) -> Picture:
    """Draw bars under the names of their groups."""
    words = [title, note, *keys, *(name for name, _ in groups)]
    bars = [one for _, bars in groups for one in bars]
    text = "".join(words + [one.name + one.value + one.rate for one in bars])
    lines = sum(len(bars) + 1 for _, bars in groups)
    height = HEAD + (lines + 1) * ROW + len(groups) * GAP + MARGIN

    def paint(pen: Any, face: Face) -> None:
        headed(pen, face, title, note)
        top = HEAD
        for name, bars in groups:
            pen.text((MARGIN, top + ROW // 2), name, fill=GREY, font=font(face, SMALL), anchor="lm")
            top += ROW
            for one in bars:
                draw_bar(pen, face, one, top)
                top += ROW
            top += GAP
        _keys(pen, face, keys, top)

    return painted(text, lambda _: height, paint)


def painted(text: str, tall: Callable[[Face], int], paint: Callable[[Any, Face], None]) -> Picture:
    """A picture of a height, painted with a face that draws its text; empty, with a warning, where
    there is none."""
    from PIL import Image, ImageDraw

    face, lacking = find(text)
    if face is None:
        return Picture(data=b"", warning=say("paper.no_font"))
    picture = Image.new("RGB", (WIDTH, tall(face)), PAPER)
    paint(ImageDraw.Draw(picture), face)
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    warning = say("paper.missing_glyphs", total=len(lacking), said=lacking[:10]) if lacking else ""
    return Picture(data=packed.getvalue(), warning=warning)


def headed(pen: Any, face: Face, title: str, note: str) -> None:
    """The title of a picture, and its note at the right."""
    pen.text((MARGIN, MARGIN), title, fill=INK, font=font(face, TITLE), anchor="lt")
    pen.text((WIDTH - MARGIN, MARGIN + 12), note, fill=GREY, font=font(face, SMALL), anchor="rt")


def draw_bar(pen: Any, face: Face, one: Bar, top: int) -> None:
    """A bar in a row of ROW pixels."""
    middle = top + ROW // 2
    left, right = MARGIN + NAME_ROOM, WIDTH - MARGIN - VALUE_ROOM
    pen.text(
        (MARGIN, middle), _fitting(face, one.name), fill=INK, font=font(face, TEXT), anchor="lm"
    )
    pen.rectangle((left, top + 9, right, top + ROW - 9), fill=PALE)
    filled = left + int((right - left) * one.share)
    lost = left + int((right - left) * (one.share + one.lost))
    if lost > filled:
        _hatched(pen, (filled, top + 9, lost, top + ROW - 9))
    if filled > left:
        pen.rectangle((left, top + 9, filled, top + ROW - 9), fill=one.colour)
    for text, place in ((one.value, WIDTH - MARGIN - RATE_ROOM), (one.rate, WIDTH - MARGIN)):
        pen.text((place, middle), text, fill=INK, font=font(face, TEXT), anchor="rm")


def _hatched(pen: Any, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    pen.rectangle(box, fill=PAPER, outline=LOST)
    for start in range(left - (bottom - top), right, HATCH):
        # A stroke from the lower edge up to the right, cut at both ends of the box.
        low, high = max(start, left), min(start + bottom - top, right)
        pen.line((low, bottom - (low - start), high, bottom - (high - start)), fill=LOST)


def _keys(pen: Any, face: Face, keys: Keys, top: int) -> None:
    """What the parts behind the points are."""
    at, middle = MARGIN + NAME_ROOM, top + ROW // 2
    for number, word in enumerate(keys):
        box = (at, middle - SWATCH // 2, at + 2 * SWATCH, middle + SWATCH // 2)
        if number == 0:
            _hatched(pen, box)
        else:
            pen.rectangle(box, fill=PALE)
        pen.text((at + 3 * SWATCH, middle), word, fill=GREY, font=font(face, SMALL), anchor="lm")
        at += 4 * SWATCH + int(font(face, SMALL).getlength(word)) + GAP


def _fitting(face: Face, name: str) -> str:
    """A name cut to the width it has."""
    written = font(face, TEXT)
    while written.getlength(name) > NAME_ROOM - 12 and len(name) > 2:
        name = name.rstrip("…")[:-1] + "…"
    return name
