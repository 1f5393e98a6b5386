"""The school's workdays as known at a moment, for deadlines that move with them (A02).

What 校历 sets of single days is kept here as well, appended like every setting, so that a deadline
can be told as it was known. A day set before that was kept counts from when it was set.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from db import settings
from db.engine.tx import Reading, Row, Tx
from db.holidays import statutory
from db.schema import calendar_days
from scoring.calendar import Calendar
from scoring.moments import Instant

SCOPE = "calendar"
OFF, ON = "off", "on"

_BEFORE = select(calendar_days.c.day, calendar_days.c.kind, calendar_days.c.at)


def note(tx: Tx, day: date, kind: str, *, by: int, at: Instant) -> None:
    """Keep that a day was made a day off or a workday."""
    settings.put(tx, day.isoformat(), kind, now=at, by=by, scope=SCOPE)
    tx.bump("plans")


def changes(tx: Reading, since: Instant, upto: Instant) -> list[tuple[date, Row]]:
    """The days that the school changed after one instant up to another, each with its rows value
    (OFF or ON), recorded_at, person."""
    return [
        (date.fromisoformat(day), row)
        for day in settings.of_scope(tx, SCOPE)
        for row in settings.changes(tx, day, since, upto, SCOPE)
    ]


def known(tx: Reading) -> list[tuple[Instant, Calendar]]:
    """The workdays from each moment in which the school changed one, oldest first; those that the
    State Council published hold from the beginning."""
    told = {
        (date.fromisoformat(day), at): kind
        for day, rows in settings.of_scope(tx, SCOPE).items()
        for at, kind in rows
    }
    noted = {day for day, _ in told}
    for row in tx.run(_BEFORE):
        if (day := date.fromisoformat(row.day)) not in noted:
            told[day, row.at] = row.kind
    moments = sorted({0, *(at for _, at in told)})
    return [(moment, _calendar(told, moment)) for moment in moments]


def _calendar(told: Mapping[tuple[date, Instant], str], moment: Instant) -> Calendar:
    own = {day: kind for (day, at), kind in sorted(told.items(), key=_at) if at <= moment}
    return with_own(statutory(), own.items())


def _at(one: tuple[tuple[date, Instant], str]) -> Instant:
    return one[0][1]


def with_own(published: Calendar, own: Iterable[tuple[date, str]]) -> Calendar:
    """A calendar with what a school says of single days instead."""
    said = dict(own)
    return replace(
        published,
        off=(published.off - said.keys()) | {day for day, kind in said.items() if kind == OFF},
        on=(published.on - said.keys()) | {day for day, kind in said.items() if kind == ON},
    )
