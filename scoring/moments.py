"""Instants, days, weeks and months of the school, all in Asia/Shanghai.

An *instant* is whole seconds since the epoch (UTC). A day ends at 24:00: the last second of
3月30日 is still that day, 3月31日 00:00 is the next. Weeks are ISO weeks; which month and year a
week belongs to is a reading of the plan (A26).
"""

from datetime import date, datetime, timedelta, timezone

Instant = int
"""Whole seconds since the epoch, UTC."""

MINUTE = 60
HOUR = 3_600
DAY = 86_400

# China has kept UTC+8 without daylight saving since 1991, so no zone database is needed.
OFFSET = 8 * HOUR
"""Seconds by which the school's clock is ahead of UTC, all year."""

EPOCH = date(1970, 1, 1).toordinal()

ZONE = timezone(timedelta(seconds=OFFSET), "Asia/Shanghai")


def instant(moment: datetime) -> Instant:
    """Whole seconds since the epoch of an aware moment, cut toward the past."""
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset has no instant")
    return int(moment.timestamp() // 1)


def local(at: Instant) -> datetime:
    """The school's wall clock at an instant."""
    return datetime.fromtimestamp(at, ZONE)


def day_of(at: Instant) -> date:
    """The school's calendar day that contains an instant."""
    return date.fromordinal((at + OFFSET) // DAY + EPOCH)


def start_of(day: date) -> Instant:
    """The instant at which a day begins (00:00)."""
    return (day.toordinal() - EPOCH) * DAY - OFFSET


def end_of(day: date) -> Instant:
    """The instant at which a day has ended (24:00), the first one outside it."""
    return start_of(day) + DAY


def judged_at(until: Instant) -> Instant:
    """When that is judged which happened up to `until`: 24:00 belongs to the day that ends, so at
    its last second what runs until then is over."""
    following = until + 1
    return following if start_of(day_of(following)) == following else until


def week_of(day: date) -> str:
    """The ISO week of a day, as 2024-W15."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def month_of(day: date) -> str:
    """The calendar month of a day, as 2024-04."""
    return f"{day.year}-{day.month:02d}"


def period_days(period: str) -> tuple[date, date]:
    """First and last day of a period written 2024-W15, 2024-04 or 2024-04-05.

    Raises ValueError for anything else.
    """
    if "W" in period:
        year, week = period.split("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
        return monday, monday + timedelta(days=6)
    if len(period) == len("2024-04"):
        first = date.fromisoformat(f"{period}-01")
        following = (first + timedelta(days=31)).replace(day=1)
        return first, following - timedelta(days=1)
    day = date.fromisoformat(period)
    return day, day


THURSDAY = 3


def month_of_week(week: str, anchor: int = THURSDAY) -> str:
    """The month a week counts for: that of its Thursday, or of its day `anchor` (0 Monday)."""
    monday, _ = period_days(week)
    return month_of(monday + timedelta(days=anchor))


def weeks_between(first: date, last: date, anchor: int = THURSDAY) -> list[str]:
    """The ISO weeks whose Thursday, or whose day `anchor` (0 Monday), lies in first..last, in
    order."""
    day = first + timedelta(days=(anchor - first.weekday()) % 7)
    weeks = []
    while day <= last:
        weeks.append(week_of(day))
        day += timedelta(days=7)
    return weeks


def months_between(first: date, last: date) -> list[str]:
    """The calendar months that touch first..last, in order."""
    months, day = [], first.replace(day=1)
    while day <= last:
        months.append(month_of(day))
        day = (day + timedelta(days=31)).replace(day=1)
    return months
