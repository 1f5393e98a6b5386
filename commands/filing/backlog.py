"""What has waited too long: longer than five workdays, and the other body may decide on it too."""

from db.calendar import calendar
from db.engine.tx import Reading
from scoring.moments import Instant, day_of, end_of

WORKDAYS = 5


def handed_on(tx: Reading, since: Instant, now: Instant) -> bool:
    """Whether what has waited since an instant is handed on: when the fifth workday after its own
    has ended."""
    last = calendar(tx).workday(day_of(since), WORKDAYS)
    return now >= end_of(last)
