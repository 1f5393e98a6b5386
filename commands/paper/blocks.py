"""The blocks of a paper, and how papers write dates and numbers."""

from dataclasses import dataclass, field
from decimal import Decimal

from commands.wording.formats import clock, points
from commands.wording.sentences import say
from scoring.moments import Instant, day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph. `level` 1 and 2 are headings, 0 is running text."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; `widths` are shares of the width of the page."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    name: str = field(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture as PNG, as wide as `share` of the page in percent; `told`: what it shows, for those
    who cannot see it."""

    data: bytes
    share: int
    told: str


Block = Text | Table | Drawing


def when(at: Instant) -> str:
    """2024年5月10日 09:00."""
    day = day_of(at)
    return say("paper.moment", year=day.year, month=day.month, day=day.day, clock=clock(at))


def date_words(at: Instant) -> str:
    """2024年5月10日."""
    day = day_of(at)
    return say("paper.year_end", year=day.year, month=day.month, day=day.day)


def shown(value: Decimal | None) -> str:
    """5, 1.5, －2; 待评 for a number not known yet."""
    return say("paper.unknown") if value is None else points(value)


def signed(change: Decimal) -> str:
    """＋1, －0.5, 0."""
    return f"＋{points(change)}" if change > 0 else points(change)
