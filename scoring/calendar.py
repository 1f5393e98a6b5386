"""The days on which the school works and teaches, as a plain value that `db.calendar` fills."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)

TERM_BEGINS = (2, 8)
"""Months in which a half-year begins. Teaching set for one half-year says nothing of the other."""

Span = tuple[date, date]
"""First and last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Exceptions to Monday-Friday: holidays that fall on weekdays, make-up workdays (调休) that
    fall on weekends. A day without an exception follows the weekday.

    `years`: the years whose exceptions are known. `breaks`: those of the plans, which count until
    the school sets its weeks of teaching. `teaching`, `exams`: the spans the school has set.
    `duty`: (unit, day) -> the hours when somebody is there, as people read them.
    """

    off: frozenset[date]
    on: frozenset[date]
    years: frozenset[int] = frozenset()
    breaks: tuple[Span, ...] = ()
    teaching: tuple[Span, ...] = ()
    exams: tuple[Span, ...] = ()
    duty: Mapping[tuple[str, date], str] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether the school works on this day. Offices keep working during a break."""
        return day in self.on or (day.weekday() < SATURDAY and day not in self.off)

    def last_workday(self, day: date) -> date:
        """This day if it is a workday, else the closest one before it."""
        while not self.works(day):
            day -= ONE_DAY
        return day

    def next_workday(self, day: date) -> date:
        """The first workday after this day."""
        return self.workday(day, 1)

    def workday(self, day: date, number: int) -> date:
        """The workday `number` workdays after this day (before it, if negative)."""
        step = ONE_DAY if number > 0 else -ONE_DAY
        for _ in range(abs(number)):
            day += step
            while not self.works(day):
                day += step
        return day

    def holiday_after(self, day: date) -> Span | None:
        """The days off that begin on the next day, if they include a holiday; None for a bare
        weekend."""
        last = self.next_workday(day) - ONE_DAY
        free = [day + ONE_DAY * n for n in range(1, (last - day).days + 1)]
        weekend = all(one.weekday() >= SATURDAY for one in free) and len(free) <= 2
        return None if weekend else (free[0], last)

    def teaches(self, day: date) -> bool:
        """Whether the school teaches on a day: neither a break nor exams."""
        if _within(day, self.exams):
            return False
        told = [span for span in self.teaching if _term(span[0]) == _term(day)]
        return _within(day, told) if told else not _within(day, self.breaks)

    def on_break(self, day: date) -> bool:
        """Whether there is neither teaching nor exams on a day."""
        return not self.teaches(day) and not _within(day, self.exams)


def _within(day: date, spans: Iterable[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)


def _term(day: date) -> tuple[int, int]:
    """The half-year of a day, by its year and first month."""
    spring, autumn = TERM_BEGINS
    if day.month < spring:
        return day.year - 1, autumn
    return day.year, autumn if day.month >= autumn else spring
