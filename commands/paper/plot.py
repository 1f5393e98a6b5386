"""Where the lines, columns and words of a chart stand: one description, drawn by the signed-in
pages as SVG and by `panels` as a picture for the chat.

All places are in units of a field WIDE units wide whose origin is its upper left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

WIDE = 640
LEFT, RIGHT = 40, 632
LINE_TALL, COLUMN_TALL = 150, 130
TOP, FOOT = 10, 24
"""Room above a field of lines, and below any field for the days."""

NUMBER_ROOM = 24
"""Room above the highest column for its number."""

MOST_DAYS = 6
DAY_ROOM, DIGIT_ROOM = 68, 8
"""The room of a day with air beside it, and of a digit."""

FEWEST_COLUMNS = 8
SIDE = Fraction(18, 100)
"""The share of a column's room left free on each of its sides."""

Place = tuple[Fraction | int, Fraction | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through places; `look`: own (solid), mean (dashed) or grid (faint)."""

    look: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A dot on a line, with what it stands for."""

    place: Place
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled column, with what it stands for."""

    told: str
    x: Fraction
    y: Fraction
    wide: Fraction
    tall: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word whose baseline is at `place`; `anchor`: start, middle or end of it stands there."""

    place: Place
    said: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A chart. `label`: what it shows, for whoever cannot see it; `keys`: the looks of its lines
    and what each is."""

    label: str
    tall: int
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    boxes: tuple[Box, ...] = ()
    words: tuple[Word, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Two shares at a day: one's own and the mean beside it; `told`: both in words."""

    day: str
    own: Decimal
    mean: Decimal
    told: str


def year_line(label: str, rates: Sequence[Rates], keys: tuple[str, str]) -> Plot:
    """One's own shares, solid with a dot each, beside the mean, dashed. A share below 0 or above 1
    is drawn at that edge. `keys`: what the two lines are."""
    high = LINE_TALL - TOP - FOOT
    step = Fraction(RIGHT - LEFT, max(len(rates) - 1, 1))

    def level(share: Decimal) -> Fraction:
        return TOP + high * (1 - Fraction(min(max(share, Decimal(0)), Decimal(1))))

    def through(shares: Sequence[Decimal]) -> tuple[Place, ...]:
        return tuple((LEFT + step * at, level(share)) for at, share in enumerate(shares))

    own, mean = through([one.own for one in rates]), through([one.mean for one in rates])
    scale = [(percent, level(Decimal(percent) / 100)) for percent in (0, 25, 50, 75, 100)]
    ticks = [Word(place=(LEFT - 6, y + 4), said=f"{share}%", anchor="end") for share, y in scale]
    return Plot(
        label=label,
        tall=LINE_TALL,
        lines=(
            *(Line(look="grid", places=((LEFT, y), (RIGHT, y))) for _, y in scale),
            Line(look="mean", places=mean),
            Line(look="own", places=own),
        ),
        dots=tuple(Dot(place=place, told=one.told) for place, one in zip(own, rates, strict=True)),
        words=(*ticks, *_days([one.day for one in rates], own)),
        keys=(("own", keys[0]), ("mean", keys[1])),
    )


def _days(days: Sequence[str], places: Sequence[Place]) -> list[Word]:
    """The first day and the last, and some between that stay clear of both."""
    every, last = max(-(-len(days) // MOST_DAYS), 2), len(days) - 1
    return [
        Word(
            place=(places[at][0], LINE_TALL - 6),
            said=day,
            anchor="start" if at == 0 else "end" if at == last else "middle",
        )
        for at, day in enumerate(days)
        if at in (0, last) or (at % every == 0 and last - at >= every)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many at a day; `told`: both in words."""

    day: str
    count: int
    told: str


def columns(label: str, counts: Sequence[Count]) -> Plot:
    """A column a day; its number stands on top where it has room, the highest first."""
    most = max((one.count for one in counts), default=0) or 1
    step = Fraction(WIDE - 16, max(len(counts), FEWEST_COLUMNS))
    ground = COLUMN_TALL - FOOT
    middles = [8 + step * at + step / 2 for at in range(len(counts))]
    talls = [Fraction((ground - NUMBER_ROOM) * one.count, most) for one in counts]
    every = -(-DAY_ROOM // step)
    return Plot(
        label=label,
        tall=COLUMN_TALL,
        lines=(Line(look="grid", places=((8, ground), (WIDE - 8, ground))),),
        boxes=tuple(
            Box(
                told=one.told,
                x=middle - step * (Fraction(1, 2) - SIDE),
                y=ground - tall,
                wide=step * (1 - 2 * SIDE),
                tall=tall,
            )
            for one, middle, tall in zip(counts, middles, talls, strict=True)
        ),
        words=(
            *(
                Word(place=(middles[at], ground - 4 - talls[at]), said=str(counts[at].count))
                for at in _numbered(counts, step)
            ),
            *(
                Word(place=(max(middles[at], Fraction(DAY_ROOM, 2)), COLUMN_TALL - 8), said=one.day)
                for at, one in enumerate(counts)
                if at % every == 0
            ),
        ),
    )


def _numbered(counts: Sequence[Count], step: Fraction) -> list[int]:
    """The columns whose numbers are said: none touches that of a higher one."""
    chosen = list[int]()
    for at in sorted(range(len(counts)), key=lambda at: -counts[at].count):
        room = DIGIT_ROOM * (len(str(counts[at].count)) + 1)
        if counts[at].count and all(abs(at - other) * step >= room for other in chosen):
            chosen.append(at)
    return sorted(chosen)
