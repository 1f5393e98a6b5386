"""Charts one below the other as a picture for the chat, drawn with Pillow alone.

What tells two things apart by its shade tells it by its shape as well.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from commands.paper.chart import (
    GAP,
    GREY,
    HEAD,
    INK,
    MARGIN,
    PALE,
    PAPER,
    ROW,
    SMALL,
    TEXT,
    WIDTH,
    Bar,
    Picture,
    draw_bar,
    headed,
    painted,
)
from commands.paper.fonts import Face, font
from commands.paper.plot import WIDE, Place, Plot

BLUE = "#2F6DB5"
TICK = 18
THICK = {"own": 4, "mean": 3, "grid": 1}
COLOURS = {"own": BLUE, "mean": GREY, "grid": PALE}
DASH, BETWEEN = 14, 10
DOT = 6
SAMPLE = 52
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}

NAME_ROOM, AIR = 120, 8
CELL_WIDE, CELL_TALL, APART = 46, 52, 6
LOOKS = {"met": (BLUE, PAPER), "waits": (PALE, INK), "waived": (PAPER, GREY)}
"""The ground and the ink of a cell; any other is dark on white."""

BAD = "#B3402A"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A period in a row: what became of it (met, missed, open, waits or waived) with its sign, the
    number below it, all in words, and the month (2024-04) under which a calendar has it."""

    look: str
    sign: str
    under: str
    told: str
    month: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Rows of periods, each with a name and how often it comes; `keys`: look, sign and word."""

    rows: Sequence[tuple[str, str, Sequence[Cell]]]
    keys: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A heading and what stands under it; a sentence where there is nothing to draw."""

    head: str
    body: Plot | Cells | tuple[Bar, ...] | str


def draw(title: str, note: str, panels: Sequence[Panel]) -> Picture:
    """Draw the panels under a title, with a note at its right."""
    said = (word for one in panels for word in (one.head, *_said(one.body)))

    def paint(pen: Any, face: Face) -> None:
        headed(pen, face, title, note)
        top = HEAD
        for one in panels:
            pen.text(
                (MARGIN, top + ROW // 2), one.head, fill=INK, font=font(face, TEXT), anchor="lm"
            )
            top = _PAINTERS[type(one.body)](pen, face, one.body, top + ROW) + GAP

    tall = HEAD + sum(map(_tall, panels)) + MARGIN - GAP
    return painted("".join((title, note, *said)), lambda _: tall, paint)


def _said(body: Plot | Cells | tuple[Bar, ...] | str) -> Iterator[str]:
    """Every word that is drawn."""
    match body:
        case str():
            yield body
        case Plot():
            yield from (word.said for word in body.words)
            yield from (word for _, word in body.keys)
        case Cells():
            yield from (word for _, sign, word in body.keys)
            for name, often, cells in body.rows:
                yield from (name, often, *(one.sign + one.under for one in cells))
        case _:
            yield from (one.name + one.value + one.rate for one in body)


def _tall(panel: Panel) -> int:
    """The room of a panel with the gap below it."""
    body, room = panel.body, ROW + GAP
    match body:
        case str():
            return room + ROW
        case Plot():
            return room + _scaled(body.tall) + ROW * bool(body.keys)
        case Cells():
            lines = sum(_lines(cells) for *_, cells in body.rows)
            return room + AIR + lines * (CELL_TALL + APART) + ROW
        case _:
            return room + ROW * len(body)


# --- the kinds of body: each draws from `top` and returns where it ends ---------------------


def _sentence(pen: Any, face: Face, body: str, top: int) -> int:
    pen.text((MARGIN, top + ROW // 2), body, fill=GREY, font=font(face, SMALL), anchor="lm")
    return top + ROW


def _bars(pen: Any, face: Face, body: tuple[Bar, ...], top: int) -> int:
    for one in body:
        draw_bar(pen, face, one, top)
        top += ROW
    return top


def _plot(pen: Any, face: Face, body: Plot, top: int) -> int:
    def at(place: Place) -> tuple[int, int]:
        return MARGIN + _scaled(place[0]), top + _scaled(place[1])

    for line in body.lines:
        _line(pen, line.look, [at(place) for place in line.places])
    for box in body.boxes:
        left, upper = at((box.x, box.y))
        right, lower = at((box.x + box.wide, box.y + box.tall))
        if lower > upper:
            pen.rectangle((left, upper, right, lower), fill=BLUE)
    for dot in body.dots:
        _dot(pen, at(dot.place))
    written = font(face, TICK)
    for word in body.words:
        pen.text(at(word.place), word.said, fill=GREY, font=written, anchor=ANCHORS[word.anchor])
    top += _scaled(body.tall)
    return _keys(pen, face, body, top) if body.keys else top


def _keys(pen: Any, face: Face, body: Plot, top: int) -> int:
    across, middle = MARGIN + _scaled(body.words[0].place[0]), top + ROW // 2
    for look, word in body.keys:
        _line(pen, look, [(across, middle), (across + SAMPLE, middle)])
        if look == "own":
            _dot(pen, (across + SAMPLE // 2, middle))
        across += SAMPLE + 12
        pen.text((across, middle), word, fill=INK, font=font(face, SMALL), anchor="lm")
        across += int(font(face, SMALL).getlength(word)) + 2 * GAP
    return top + ROW


def _cells(pen: Any, face: Face, body: Cells, top: int) -> int:
    top += AIR
    for name, often, cells in body.rows:
        pen.text((MARGIN, top + 4), name, fill=INK, font=font(face, SMALL), anchor="lt")
        pen.text(
            (MARGIN, top + CELL_TALL - 4), often, fill=GREY, font=font(face, TICK), anchor="lb"
        )
        for at, one in enumerate(cells):
            line, column = divmod(at, _a_line())
            left = MARGIN + NAME_ROOM + column * (CELL_WIDE + APART)
            upper = top + line * (CELL_TALL + APART)
            _cell(pen, (left, upper, left + CELL_WIDE, upper + CELL_TALL), one.look)
            ink = _sign(pen, face, (left + CELL_WIDE // 2, upper + 17), one.look, one.sign)
            pen.text(
                (left + CELL_WIDE // 2, upper + 40),
                one.under,
                fill=ink,
                font=font(face, TICK),
                anchor="mm",
            )
        top += _lines(cells) * (CELL_TALL + APART)
    across, middle = MARGIN + NAME_ROOM, top + ROW // 2
    for look, sign, word in body.keys:
        _cell(pen, (across, middle - 16, across + 32, middle + 16), look)
        _sign(pen, face, (across + 16, middle), look, sign)
        pen.text((across + 42, middle), word, fill=INK, font=font(face, SMALL), anchor="lm")
        across += 42 + int(font(face, SMALL).getlength(word)) + GAP
    return top + ROW


_PAINTERS: Mapping[type, Callable[[Any, Face, Any, int], int]] = {
    str: _sentence,
    tuple: _bars,
    Plot: _plot,
    Cells: _cells,
}


# --- strokes --------------------------------------------------------------------------------


def _scaled(length: Fraction | int) -> int:
    """Units of a plot as pixels."""
    return round(length * Fraction(WIDTH - 2 * MARGIN, WIDE))


def _a_line() -> int:
    return (WIDTH - 2 * MARGIN - NAME_ROOM + APART) // (CELL_WIDE + APART)


def _lines(cells: Sequence[Cell]) -> int:
    return -(-len(cells) // _a_line())


def _dot(pen: Any, middle: tuple[int, int]) -> None:
    x, y = middle
    pen.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=BLUE)


def _line(pen: Any, look: str, places: Sequence[tuple[int, int]]) -> None:
    strokes = _dashes(places) if look == "mean" else [places]
    for each in strokes:
        if len(each) > 1:
            pen.line(each, fill=COLOURS[look], width=THICK[look], joint="curve")


def _dashes(places: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """A broken line along places, whose strokes go round corners."""
    left, drawing, stroke = DASH, True, [places[0]]
    for start, end in pairwise(places):
        here, length = 0, max(abs(end[0] - start[0]), abs(end[1] - start[1]))
        while length - here > left:
            here += left
            stroke.append(
                (
                    start[0] + (end[0] - start[0]) * here // length,
                    start[1] + (end[1] - start[1]) * here // length,
                )
            )
            if drawing:
                yield stroke
            stroke, drawing = stroke[-1:], not drawing
            left = DASH if drawing else BETWEEN
        left -= length - here
        stroke.append(end)
    if drawing:
        yield stroke


def _cell(pen: Any, box: tuple[int, int, int, int], look: str) -> None:
    edge = BAD if look == "missed" else BLUE if look in ("met", "waits") else GREY
    pen.rounded_rectangle(
        box, radius=6, fill=LOOKS.get(look, (PAPER, INK))[0], outline=edge, width=2
    )


def _sign(pen: Any, face: Face, middle: tuple[int, int], look: str, sign: str) -> str:
    """The sign of a cell; the ink it is drawn with."""
    ink = BAD if look == "missed" else LOOKS.get(look, (PAPER, INK))[1]
    pen.text(middle, sign, fill=ink, font=font(face, TICK), anchor="mm")
    return ink
