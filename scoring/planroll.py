"""A plan's text carried over to another year, and what a person then has to look at."""

import re
from calendar import isleap
from collections.abc import Iterator
from datetime import date

from scoring.calendar import SATURDAY, Calendar
from scoring.plan import Item, Obligation, Plan
from scoring.planshow import worded
from scoring.words import say

_YEAR = re.compile(r"(?m)^(\s*year\s*=\s*)[0-9]+")
_ID = re.compile(r'(?m)^(\s*id\s*=\s*)"[^"\n]*"')
_ONE_YEAR_ONLY = re.compile(r"(?m)^\s*(?:starts|in_force_from)\s*=.*\n?")


def roll(text: str, year: int) -> str:
    """The text for another year: month and day of every date stay, the id becomes the year.

    29 February becomes the 28th where there is none; what concerns one year alone (the day a
    school began, the day a revision took effect) is left out.
    """
    head, table, rest = text.partition("\n[")
    head = _YEAR.sub(rf"\g<1>{year}", head, count=1)
    head = _ID.sub(rf'\g<1>"{year}"', head, count=1)
    head = _ONE_YEAR_ONLY.sub("", head)
    rolled = head + table + rest
    return rolled if isleap(year) else rolled.replace("02-29", "02-28")


def begin(text: str, day: date) -> str:
    """The text with the day a school began to work by it; what fell due before is owed by
    nobody."""
    head, table, rest = text.partition("\n[")
    return f'{head.rstrip()}\nstarts = "{day.isoformat()}"\n{table}{rest}'


def days(plan: Plan) -> Iterator[tuple[str, date]]:
    """Every date that a plan names, with what it is about."""
    yield say("roll.since"), plan.effective_from
    owners: list[Item | Obligation] = [*plan.items, *plan.obligations]
    for owner in owners:
        for term in owner.terms.values():
            found = term.value if isinstance(term.value, tuple) else (term.value,)
            for day in found:
                if isinstance(day, date):
                    yield owner.word, day


def to_look_at(plan: Plan, calendar: Calendar, students: int | None) -> list[str]:
    """What a person has to look at in a plan that was carried over, a line each."""
    said = [say("roll.document", title=plan.title, document=plan.document)]
    said += [
        say("roll.day_off" if day.weekday() < SATURDAY else "roll.weekend", of=of, day=worded(day))
        for of, day in sorted(days(plan), key=lambda one: one[1])
        if not calendar.works(day)
    ]
    if plan.year not in calendar.years:
        said.append(say("roll.no_calendar", year=plan.year))
    said.append(say("roll.students", students=students) if students else say("roll.no_students"))
    news = sum(quotas["news"].due or 0 for unit in plan.units if (quotas := unit.quotas))
    articles = sum(
        quotas["soft_article"].due or 0 for unit in plan.units if (quotas := unit.quotas)
    )
    rows = sum(bool(unit.quotas) for unit in plan.units)
    said.append(say("roll.quotas", units=rows, news=news, articles=articles))
    return said
