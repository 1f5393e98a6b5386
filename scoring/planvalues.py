"""Readers of the values in a plan file: each returns a typed value or says what to write instead.

A reader raises ValueError with the Chinese sentence that the fault shows. Readers of terms also
take the plan's year, because days are written without one.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from scoring.words import say

Read = Callable[[Any, int], Any]
"""Types the value of a term, given the raw value and the plan's year."""

_CLAUSE = re.compile(r"(全文|正文|附件[1-9])(·?\S.*)?")


def points(raw: Any, year: int) -> Decimal:
    """Points: positive, to a hundredth at most."""
    value = Decimal(raw) if type(raw) in {int, Decimal} else Decimal("NaN")
    if not (value.is_finite() and 0 < value <= 1000 and value == round(value, 2)):
        raise ValueError(say("fault.points"))
    return value


def count(raw: Any, year: int) -> int:
    """A positive whole number."""
    value = raw if type(raw) is int else 0
    if not 0 < value < 1_000_000:
        raise ValueError(say("fault.count"))
    return value


def total(raw: Any, year: int) -> int:
    """A sum that may be nothing."""
    return 0 if type(raw) is int and raw == 0 else count(raw, year)


def share(raw: Any, year: int) -> Fraction:
    """A share written 80%, exact."""
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?%", raw):
        raise ValueError(say("fault.share"))
    value = Fraction(raw[:-1]) / 100
    if not 0 < value <= 1:
        raise ValueError(say("fault.share_bounds"))
    return value


def day(raw: Any, year: int) -> date:
    """A day of the plan's year, written 04-05."""
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{2}-[0-9]{2}", raw):
        raise ValueError(say("fault.day"))
    try:
        return date.fromisoformat(f"{year:04d}-{raw}")
    except ValueError:
        raise ValueError(say("fault.no_such_day", year=year, day=raw)) from None


def window(raw: Any, year: int) -> tuple[date, date]:
    """First and last day, written 06-15..07-30."""
    first, dots, last = raw.partition("..") if isinstance(raw, str) else ("", "", "")
    if not dots:
        raise ValueError(say("fault.window"))
    days = day(first, year), day(last, year)
    if days[0] > days[1]:
        raise ValueError(say("fault.window_order"))
    return days


def bands(raw: Any, year: int) -> tuple[tuple[Fraction, Decimal], ...]:
    """Rungs from the highest down, written [["95%", 5], ["90%", 3]]."""
    rungs = raw if isinstance(raw, list) else []
    if not rungs or not all(isinstance(rung, list) and len(rung) == 2 for rung in rungs):
        raise ValueError(say("fault.bands"))
    ladder = tuple((share(floor, year), points(worth, year)) for floor, worth in rungs)
    for (higher, more), (lower, less) in pairwise(ladder):
        if not (higher > lower and more > less):
            raise ValueError(say("fault.bands_order"))
    return ladder


def plan_year(raw: Any) -> int:
    """The year of a plan."""
    value = raw if type(raw) is int else 0
    if not 2000 <= value <= 2999:
        raise ValueError(say("fault.year"))
    return value


def text(raw: Any) -> str:
    """One line of text."""
    value = raw if isinstance(raw, str) else ""
    if not value.strip() or value != value.strip() or len(value) > 200:
        raise ValueError(say("fault.text"))
    if not value.isprintable():
        raise ValueError(say("fault.unprintable"))
    return value


def texts(raw: Any) -> tuple[str, ...]:
    """A list of words, none of them twice."""
    if type(raw) is not list:
        raise ValueError(say("fault.texts"))
    words = tuple(text(word) for word in raw)
    if len(set(words)) < len(words):
        raise ValueError(say("fault.text_twice"))
    return words


def steps(raw: Any) -> tuple[int, ...]:
    """Days before a deadline, furthest first, written [14, 7, 3, 1]."""
    found = raw if type(raw) is list else []
    whole = all(type(one) is int and 0 < one < 100 for one in found)
    if not found or not whole or any(more <= less for more, less in pairwise(found)):
        raise ValueError(say("fault.steps"))
    return tuple(found)


WEEKDAYS = ("周一", "周二", "周三", "周四", "周五")


def workday(raw: Any) -> int:
    """A day of the week on which people work, 0 for 周一."""
    if type(raw) is not str or raw not in WEEKDAYS:
        raise ValueError(say("fault.one_of", words="、".join(WEEKDAYS)))
    return WEEKDAYS.index(raw)


def clock(raw: Any) -> int:
    """A time of the day written 15:00, in seconds."""
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", raw) if type(raw) is str else None
    if found is None:
        raise ValueError(say("fault.clock"))
    return int(found[1]) * 3600 + int(found[2]) * 60


def night(raw: Any) -> tuple[int, int]:
    """From the evening to the morning, written 21:30-07:30."""
    first, dash, last = raw.partition("-") if isinstance(raw, str) else ("", "", "")
    if not dash:
        raise ValueError(say("fault.night"))
    hours = clock(first), clock(last)
    if hours[0] <= hours[1]:
        raise ValueError(say("fault.night"))
    return hours


def date_in(raw: Any, year: int) -> date:
    """A day written in full, 2026-12-01, in the plan's year."""
    try:
        found = date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    if found is None or found.year != year:
        raise ValueError(say("fault.date_in", year=year))
    return found


def cell(raw: Any) -> str:
    """A cell of 附件2 as printed; it may be empty."""
    return "" if raw == "" else text(raw)


def flag(raw: Any) -> bool:
    """Yes or no."""
    if raw is not True and raw is not False:
        raise ValueError(say("fault.flag"))
    return raw


def clause(raw: Any) -> str:
    """A place in the document."""
    if not _CLAUSE.fullmatch(said := text(raw)):
        raise ValueError(say("fault.clause"))
    return said


def one_of(*words: str) -> Callable[[Any], Any]:
    """A reader of one of these words."""

    def read(raw: Any) -> Any:
        if type(raw) is not str or raw not in words:
            raise ValueError(say("fault.one_of", words="、".join(words)))
        return raw

    return read


def only(value: Any) -> Callable[[Any], Any]:
    """A reader of the one value that this version computes."""
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower()

    def read(raw: Any) -> Any:
        if type(raw) is not type(value) or raw != value:
            raise ValueError(say("fault.only", value=shown))
        return raw

    return read
