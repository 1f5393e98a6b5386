"""The instants at which something may be due, from a plan and a calendar alone (analysis e).

Who still owes something, and hence who is told, is worked out when the instant comes. Parts of a
plan's year may come due in the following January, such as its last report.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter

from reminders.tracks import TRACKS, Track, tracks
from scoring import months
from scoring.calendar import ONE_DAY, Calendar
from scoring.moments import (
    DAY,
    HOUR,
    MINUTE,
    Instant,
    day_of,
    end_of,
    month_of,
    period_days,
    start_of,
)
from scoring.periods import weeks
from scoring.plan import Plan

HEALTH = 8 * HOUR + 30 * MINUTE
MORNING = 9 * HOUR
DAY_OF = 10 * HOUR
AFTERNOON = 15 * HOUR
"""The second call on the day of a deadline."""

SECOND_CALL = 15 * HOUR + 30 * MINUTE
EVENING = 16 * HOUR

TUESDAY, THURSDAY, FRIDAY = 1, 3, 4

ONE_WEEK = timedelta(days=7)

TURN = (30, 14, 7, 1)
"""Days before the end of a year without a following plan; the first is 1 December."""

APPEALS_END = 21
"""Days of the next year on which the clock of this year's appeals goes on: five workdays to appeal,
three to answer, two beyond."""

ENDS_AFTER = 5
"""Workdays after a missed deadline on which reminding ends."""


LIVE = ("live_leaders", "live_directors")
"""The obligations whose window is announced as `live`."""

MIDWAY = (timedelta(days=14), timedelta(days=28))
"""How far into that window reminders are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something that comes due at `at` and is of no use from `until` on.

    `rule` says what, such as handover.T-3 or friday.2024-W15, and is unique together with `at`.
    `days`: calendar days before (negative: after) the deadline it is about. `period`: its week,
    month or day. `before`: when the same was said before, 0 if never.
    """

    at: Instant
    rule: str
    plan: str
    until: Instant
    days: int = 0
    period: str = ""
    before: Instant = 0

    @property
    def family(self) -> str:
        """The rule's name without its instance; a family can be silenced."""
        return self.rule.partition(".")[0]


IN_TURN = attrgetter("at", "rule", "plan")


@dataclass(frozen=True, slots=True)
class _Year:
    plan: Plan
    calendar: Calendar

    def __call__(
        self, day: date, hour: int, rule: str, *, until: Instant, days: int = 0, period: str = ""
    ) -> Occurrence:
        at = start_of(day) + hour
        return Occurrence(
            at=at, rule=rule, plan=self.plan.id, until=until, days=days, period=period
        )

    @property
    def weeks(self) -> list[str]:
        """The weeks for which quotas count."""
        return weeks(self.plan, self.plan.effective_from, self.plan.last_day)

    def days(self) -> Iterator[date]:
        """Every workday of the plan's year."""
        day = date(self.plan.year, 1, 1)
        while day <= self.plan.last_day:
            if self.calendar.works(day):
                yield day
            day += ONE_DAY


def occurrences(plan: Plan, calendar: Calendar) -> tuple[Occurrence, ...]:
    """Every reminder instant of a plan's year, in order."""
    year = _Year(plan, calendar)
    deadlines = [one for track in tracks(plan) for one in _deadline(year, track)]
    eves = _eves(year)
    weekly = list(_weekly(year))
    digests = {one.at for one in weekly if one.family == "friday"}  # digests cover the month too
    found = [
        *deadlines,
        *_eve_calls(year, eves),
        *_live(year),
        *_year_end(year),
        *_turn(year),
        *weekly,
        *(one for one in _monthly(year) if one.at not in digests),
        *_desks(year),
        *_appeals(year),
        *_house(year),
    ]
    began = start_of(plan.starts) if plan.starts else 0
    return tuple(_repeated(one for one in _on_one_list(found, eves) if one.at >= began))


def _repeated(found: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """In order, each with the instant at which its rule came before."""
    before: dict[str, Instant] = {}
    for one in sorted(found, key=IN_TURN):
        yield replace(one, before=before[one.rule]) if one.rule in before else one
        before[one.rule] = one.at


# --- one-off deadlines --------------------------------------------------------------------


def _deadline(year: _Year, track: Track) -> Iterator[Occurrence]:
    """T-n (moved to the workday before, rule 1), the day itself, the first workday after it, and
    the end of reminding."""
    last: date = year.plan.term(track.item, track.term)
    rhythm = year.plan.rhythm
    said = _before(year, last, rhythm.before_second if track.second else rhythm.before)
    ends = [*_starts(said), end_of(last)]
    for (days, day), until in zip(said.items(), ends, strict=True):
        yield year(day, MORNING, f"{track.code}.T-{days}", until=until, days=days)
    if year.calendar.works(last):
        second = start_of(last) + AFTERNOON
        yield year(last, MORNING, f"{track.code}.day", until=second)
        yield year(last, AFTERNOON, f"{track.code}.second", until=end_of(last))
    else:
        yield year(last, DAY_OF, f"{track.code}.day", until=end_of(last))
    yield from _after(year, track, last)


def _before(year: _Year, last: date, steps: Iterable[int]) -> dict[int, date]:
    """Step -> day before a deadline; if two steps fall on one day, the nearer is kept."""
    days = {step: year.calendar.last_workday(last - timedelta(days=step)) for step in steps}
    kept = {day: step for step, day in days.items() if day < last}
    return {step: day for day, step in kept.items()}


def _starts(said: dict[int, date]) -> list[Instant]:
    """Until when each of these but the last is of use, since the next one says more."""
    return [start_of(day) for day in list(said.values())[1:]]


def _after(year: _Year, track: Track, last: date) -> Iterator[Occurrence]:
    over = year.calendar.next_workday(last)
    end = year.calendar.workday(last, ENDS_AFTER)
    yield year(over, MORNING, f"{track.code}.over", until=start_of(end), days=-1)
    if track.ends:
        yield year(end, MORNING, f"{track.code}.ended", until=end_of(end), days=-ENDS_AFTER)


def _live(year: _Year) -> Iterator[Occurrence]:
    """The live streams of leaders and directors: private, gentle, and mostly during a break."""
    windows = [
        obligation.terms["window"].value
        for obligation in year.plan.obligations
        if obligation.code in LIVE
    ]
    if not windows or year.plan.begins_after(min(windows)[1]):
        return
    first, last = min(windows)
    opening, closing = (_before(year, day, year.plan.rhythm.before) for day in (first, last))
    days = [(day, f"live.open-{step}") for step, day in opening.items()]
    days += [
        (year.calendar.last_workday(first + after), f"live.mid-{after.days}") for after in MIDWAY
    ]
    days += [(day, f"live.T-{step}") for step, day in closing.items()]
    days += [(last, "live.day")]
    for (day, rule), (following, _) in pairwise([*days, (last + ONE_DAY, "")]):
        left = (last - day).days
        yield year(day, MORNING, rule, until=start_of(max(following, day + ONE_DAY)), days=left)
    over = year.calendar.next_workday(last)
    yield year(over, MORNING, "live.over", until=start_of(over) + 7 * DAY, days=-1)


def _year_end(year: _Year) -> Iterator[Occurrence]:
    """What is counted at the end of the year, also checked in June, September and November, since
    leads mostly come in from April to August."""
    calendar, last = year.calendar, year.plan.last_day
    checks = (
        calendar.last_workday(date(last.year, 6, 30)),
        calendar.next_workday(date(last.year, 8, 31)),
        calendar.last_workday(date(last.year, 11, 30)),
    )
    for day in checks:
        rule = f"year.check-{day.month}"
        yield year(day, MORNING, rule, until=start_of(day) + 7 * DAY, days=(last - day).days)
    said = _before(year, last, year.plan.rhythm.before)
    ends = [*_starts(said), start_of(last)]
    for (days, day), until in zip(said.items(), ends, strict=True):
        yield year(day, MORNING, f"year.T-{days}", until=until, days=days)
    yield year(last, MORNING, "year.day", until=end_of(last))
    over = calendar.next_workday(last)
    yield year(over, MORNING, "year.over", until=start_of(over) + 7 * DAY, days=-1)


def _turn(year: _Year) -> Iterator[Occurrence]:
    """In December, that the next year may have no plan: a step on a day off comes the workday
    before it, or the first of the month's."""
    last = year.plan.last_day
    days = {}
    for step in TURN:
        day = year.calendar.last_workday(last - timedelta(days=step))
        days[step] = day if day.month == last.month else year.calendar.next_workday(day)
    ends = [*_starts(days), end_of(last)]
    for (step, day), until in zip(days.items(), ends, strict=True):
        yield year(day, MORNING, f"turn.T-{step}", until=until, days=step)


# --- the last workday before a holiday ----------------------------------------------------


def _eves(year: _Year) -> dict[date, date]:
    """Last workday before a holiday that contains a one-off deadline -> the holiday's last day."""
    found = {}
    for track in tracks(year.plan):
        last: date = year.plan.term(track.item, track.term)
        eve = year.calendar.last_workday(last)
        holiday = year.calendar.holiday_after(eve)
        if eve != last and holiday is not None:
            found[eve] = holiday[1]
    return found


def _eve_calls(year: _Year, eves: dict[date, date]) -> Iterator[Occurrence]:
    for eve in eves:
        period = eve.isoformat()
        yield year(eve, SECOND_CALL, f"eve.{period}", until=end_of(eve), period=period)


ON_THE_LIST = frozenset({*TRACKS, "friday", "month", "meeting"})
"""The families that are sent as one list at ten on such a day (rule 2)."""


def _on_one_list(found: Iterable[Occurrence], eves: dict[date, date]) -> Iterator[Occurrence]:
    for one in found:
        day = day_of(one.at)
        listed = day in eves and one.family in ON_THE_LIST
        yield replace(one, at=start_of(day) + DAY_OF) if listed else one


# --- weeks --------------------------------------------------------------------------------


def _weekly(year: _Year) -> Iterator[Occurrence]:
    for week in year.weeks:
        monday, sunday = period_days(week)
        workdays = [
            day
            for number in range(7)
            if year.calendar.works(day := monday + timedelta(days=number))
        ]
        if not workdays:
            continue
        until = end_of(sunday)
        first = workdays[0]
        third = min(end_of(first + timedelta(days=2)), until)
        yield year(first, MORNING, f"monday.{week}", until=third, period=week)
        yield from _meetings(year, week, workdays)
        rhythm = year.plan.rhythm
        for day in digest_days(workdays, monday, rhythm.digest_day):
            yield year(day, rhythm.digest_at, f"friday.{week}", until=until, period=week)


def digest_days(workdays: list[date], monday: date, weekday: int) -> list[date]:
    """The plan's day; if it is off, the last workday before it and, for a Friday, any make-up
    workday after it."""
    meant = monday + timedelta(days=weekday)
    if meant in workdays:
        return [meant]
    before = [day for day in workdays if day < meant]
    after = [day for day in workdays if day > meant]
    return before[-1:] + after if weekday == FRIDAY else before[-1:] or after[:1]


def _meetings(year: _Year, week: str, workdays: list[date]) -> Iterator[Occurrence]:
    monday, sunday = period_days(week)
    thursday = monday + timedelta(days=THURSDAY)
    before = [day for day in workdays if day <= thursday]
    if before and year.calendar.teaches(thursday):
        until = end_of(sunday)
        yield year(before[-1], EVENING, f"meeting.{week}", until=until, period=week)


# --- months -------------------------------------------------------------------------------


def _monthly(year: _Year) -> Iterator[Occurrence]:
    """The gap on the last workday and three workdays before it; the report on workdays 1, 3 and 5
    of the next month (A48)."""
    first = year.plan.effective_from
    for number in range(first.month, 13):
        month = month_of(date(year.plan.year, number, 1))
        yield from _gap(year, month)
        yield from _report(year, month)


def _gap(year: _Year, month: str) -> Iterator[Occurrence]:
    _, end = period_days(month)
    last = year.calendar.last_workday(end)
    days = (year.calendar.workday(last, -3), last)
    for day, until in zip(days, (start_of(last), end_of(end)), strict=True):
        yield year(day, year.plan.rhythm.digest_at, f"month.{month}", until=until, period=month)


def _report(year: _Year, month: str) -> Iterator[Occurrence]:
    due = months.schedule(year.plan, year.calendar, month)
    steps = {
        "draft": (due.draft, due.freeze),
        "objections": (due.objections, due.objections),
        "freeze": (due.freeze, due.freeze + ONE_WEEK),
        "late": (late := year.calendar.next_workday(due.freeze), late + ONE_WEEK),
    }
    for step, (day, last) in steps.items():
        rule = f"report.{month}.{step}"
        yield year(day, MORNING, rule, until=end_of(last), period=month)


def _appeals(year: _Year) -> Iterator[Occurrence]:
    """Every workday, and on into January until an appeal of the last day has been answered."""
    last = year.plan.last_day
    january = (last + timedelta(days=number + 1) for number in range(APPEALS_END))
    following = filter(year.calendar.works, january)
    for day in (*year.days(), *following):
        until = end_of(day) + 2 * DAY
        yield year(day, MORNING, f"appeal.{day}", until=until, period=day.isoformat())


# --- desks and the house ------------------------------------------------------------------


def _desks(year: _Year) -> Iterator[Occurrence]:
    """Review backlogs on the first workday of a week and on Thursdays, what is handed on every
    workday, what moved in calendars, views on Tuesdays, tasks on the workdays before and after they
    close."""
    week = 0
    for day in year.days():
        period, until = day.isoformat(), end_of(day)
        number, weekday = day.isocalendar().week, day.weekday()
        if number != week or weekday == THURSDAY:
            yield year(day, MORNING, f"queue.{period}", until=until, period=period)
        week = number
        if weekday == TUESDAY:
            yield year(day, MORNING, f"views.{period}", until=until + 2 * DAY, period=period)
        yield year(day, MORNING, f"settle.{period}", until=until + 2 * DAY, period=period)
        yield year(day, MORNING, f"backlog.{period}", until=until + 2 * DAY, period=period)
        yield year(day, MORNING, f"agenda.{period}", until=until, period=period)
        yield year(day, EVENING, f"held.{period}", until=until, period=period)
        yield year(day, EVENING, f"task.{period}", until=until + DAY, period=period)


def _house(year: _Year) -> Iterator[Occurrence]:
    """Health on the first workday of a week; in December, next year's calendar if it is unknown."""
    week = 0
    for day in year.days():
        number = day.isocalendar().week
        if number != week:
            week = number
            yield year(day, HEALTH, f"health.{day}", until=end_of(day), period=day.isoformat())
            if day.month == 12 and day.year + 1 not in year.calendar.years:
                yield year(day, MORNING, f"calendar.{day}", until=end_of(day))
