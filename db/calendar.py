"""The State Council's holidays and make-up workdays, read once a year asked for."""

import logging
from datetime import date, timedelta
from functools import cache

from scoring.calendar import SATURDAY, Calendar

log = logging.getLogger(__name__)


@cache
def calendar(year: int) -> Calendar:
    """The working days of a year and of the weeks around it.

    A day the library has no data for follows the weekday, with one warning; it never raises.
    """
    import chinese_calendar  # 20 ms and 2 MB that only reminders need

    off, on = set(), set()
    day, last = date(year - 1, 12, 1), date(year + 1, 1, 31)
    missing = False
    while day <= last:
        try:
            works = chinese_calendar.is_workday(day)
        except NotImplementedError:
            missing = True
        else:
            weekday = day.weekday() < SATURDAY
            if works and not weekday:
                on.add(day)
            elif weekday and not works:
                off.add(day)
        day += timedelta(days=1)
    if missing:
        log.warning("no holiday data for all of %s: weekdays count as workdays", year)
    return Calendar(off=frozenset(off), on=frozenset(on))
