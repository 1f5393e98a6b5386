"""Which days the school works, as a plain value; `db.calendar` fills it."""

from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Exceptions to Monday-Friday: holidays that fall on weekdays, make-up workdays (调休) that
    fall on weekends. A day without an exception follows the weekday."""

    off: frozenset[date]
    on: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether the school works on this day."""
        return day in self.on or (day.weekday() < SATURDAY and day not in self.off)

    def last_workday(self, day: date) -> date:
        """This day or the closest workday before it."""
        while not self.works(day):
            day -= ONE_DAY
        return day

    def next_workday(self, day: date) -> date:
        """The first workday after this day."""
        day += ONE_DAY
        while not self.works(day):
            day += ONE_DAY
        return day
