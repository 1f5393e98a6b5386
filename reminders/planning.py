"""The instants at which something may be due, from a plan and a calendar alone (analysis e).

Who still owes, and hence who hears of it, is decided when the instant has come.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.calendar import Calendar
from scoring.moments import HOUR, Instant, period_days, start_of, weeks_between
from scoring.plan import Plan

MORNING = 9 * HOUR
DAY_OF = 10 * HOUR
FRIDAY_DIGEST = 15 * HOUR
FRIDAY = 4

TRACKS = {"handover": ("dy_handover", "deadline"), "ppt": ("ppt", "first_deadline")}
"""The one-off deadlines that are reminded of, and the plan terms that hold their days."""

BEFORE = (14, 7, 3, 1)
"""Days before a deadline on which it is announced."""

HEADS_FROM = 3
"""From this many days before on, the head hears of it too (analysis e, rule 6)."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Occurrence:
    """Something comes due at `at`. `rule` names it once and for all; `days` is how many calendar
    days before (negative: after) the deadline it speaks of; `week` is the digest's week."""

    at: Instant
    rule: str
    track: str = ""
    days: int = 0
    week: str = ""


def occurrences(plan: Plan, calendar: Calendar) -> tuple[Occurrence, ...]:
    """Every reminder instant of a plan's year, in order."""
    found = [*_deadline_series(plan, calendar), *_digests(plan, calendar)]
    return tuple(sorted(found))


def _deadline_series(plan: Plan, calendar: Calendar) -> Iterator[Occurrence]:
    for track, (item, term) in TRACKS.items():
        last: date = plan.term(item, term)
        said: set[date] = set()
        for days in reversed(BEFORE):
            day = calendar.last_workday(last - timedelta(days=days))
            if day not in said:
                said.add(day)
                yield _at(day, MORNING, track, days)
        yield _at(last, DAY_OF if not calendar.works(last) else MORNING, track, 0)
        yield _at(calendar.next_workday(last), MORNING, track, -1)


def _at(day: date, hour: int, track: str, days: int) -> Occurrence:
    mark = f"T-{days}" if days > 0 else "day" if days == 0 else "overdue"
    return Occurrence(at=start_of(day) + hour, rule=f"{track}.{mark}", track=track, days=days)


def _digests(plan: Plan, calendar: Calendar) -> Iterator[Occurrence]:
    """Friday 15:00; where Friday is off, the last workday before it and any make-up day after
    it in that week. A week without a workday has no digest."""
    for week in weeks_between(plan.effective_from, plan.last_day):
        monday, sunday = period_days(week)
        friday = monday + timedelta(days=FRIDAY)
        days = [calendar.last_workday(friday)]
        if days[0] != friday:
            days += [day for day in (sunday - timedelta(days=1), sunday) if calendar.works(day)]
        for day in days:
            if monday <= day <= sunday:
                yield Occurrence(at=start_of(day) + FRIDAY_DIGEST, rule="digest", week=week)
