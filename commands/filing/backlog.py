"""What has waited too long: longer than five workdays, and the other body may decide on it too."""

from db.calendar import calendar
from db.engine.tx import Reading
from scoring.calendar import ONE_DAY
from scoring.moments import Instant, day_of, end_of, start_of

WORKDAYS = 5


def handed_on(tx: Reading, since: Instant, now: Instant) -> bool:
    """Whether what has waited since an instant is handed on: when the fifth workday after its own
    has ended."""
    last = calendar(tx).workday(day_of(since), WORKDAYS)
    return now >= end_of(last)


def handed_until(tx: Reading, now: Instant) -> Instant:
    """The first instant since which nothing has waited too long yet."""
    day = day_of(now)
    while not handed_on(tx, start_of(day), now):
        day -= ONE_DAY
    return end_of(day)
