"""The State Council's holidays and make-up workdays."""

from functools import cache

from scoring.calendar import SATURDAY, Calendar


@cache
def statutory() -> Calendar:
    """The holidays and make-up workdays as the State Council published them."""
    from chinese_calendar import constants  # 20 ms and 2 MB that only calendars need

    return Calendar(
        off=frozenset(day for day in constants.holidays if day.weekday() < SATURDAY),
        on=frozenset(constants.workdays),
        years=frozenset(day.year for day in constants.holidays),
    )
