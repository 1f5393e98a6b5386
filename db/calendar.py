"""The school's calendar: the State Council's holidays and make-up workdays, overridden by what
the school has set (校历)."""

from dataclasses import replace
from datetime import date

from sqlalchemy import bindparam, delete, select

from db import plans, workdays
from db.engine.tx import Reading, Tx
from db.holidays import statutory
from db.schema import calendar_days, calendar_spans, duty_hours
from db.workdays import with_own
from scoring.calendar import Calendar, Span
from scoring.moments import Instant

TEACHING, EXAMS = "teaching", "exams"

_DAYS = select(calendar_days.c.day, calendar_days.c.kind, calendar_days.c.note)
_SPANS = select(calendar_spans.c.kind, calendar_spans.c.first, calendar_spans.c.last).order_by(
    calendar_spans.c.first
)
_DUTY = select(duty_hours.c.unit, duty_hours.c.day, duty_hours.c.hours)
_FORGET_DAY = delete(calendar_days).where(calendar_days.c.day == bindparam("which"))
_FORGET_SPANS = delete(calendar_spans).where(
    calendar_spans.c.kind == bindparam("what"),
    calendar_spans.c.first <= bindparam("end"),
    calendar_spans.c.last >= bindparam("begin"),
)
_FORGET_DUTY = delete(duty_hours).where(
    duty_hours.c.unit == bindparam("whose"), duty_hours.c.day == bindparam("which")
)


def calendar(tx: Reading) -> Calendar:
    """The current calendar; cached until the school changes it.

    A day for which the library has no data follows the weekday; `Calendar.years` says which years
    are known. Never raises.
    """
    return tx.cached("calendar", _load)


def _load(tx: Reading) -> Calendar:
    own = [(date.fromisoformat(row.day), row.kind) for row in tx.run(_DAYS)]
    spans: dict[str, list[Span]] = {TEACHING: [], EXAMS: []}
    for row in tx.run(_SPANS):
        spans[row.kind].append((date.fromisoformat(row.first), date.fromisoformat(row.last)))
    return replace(
        with_own(statutory(), own),
        breaks=tuple(plans.kept(tx).breaks()),
        teaching=tuple(spans[TEACHING]),
        exams=tuple(spans[EXAMS]),
        duty={(row.unit, date.fromisoformat(row.day)): row.hours for row in tx.run(_DUTY)},
    )


def notes(tx: Reading) -> dict[date, str]:
    """The school's notes on single days."""
    return {date.fromisoformat(row.day): row.note for row in tx.run(_DAYS) if row.note}


def set_day(tx: Tx, day: date, kind: str, note: str, *, by: int, at: Instant) -> None:
    """Make a day a day off or a workday, whatever the State Council published."""
    tx.change(_FORGET_DAY, which=day.isoformat())
    tx.add(calendar_days, day=day.isoformat(), kind=kind, note=note, by=by, at=at)
    workdays.note(tx, day, kind, by=by, at=at)
    _changed(tx)


def set_span(tx: Tx, kind: str, span: Span, *, by: int, at: Instant) -> None:
    """Set a span of teaching or exams; it replaces earlier spans of its kind that overlap it."""
    first, last = (day.isoformat() for day in span)
    tx.change(_FORGET_SPANS, what=kind, begin=first, end=last)
    tx.add(calendar_spans, kind=kind, first=first, last=last, by=by, at=at)
    _changed(tx)


def set_duty(tx: Tx, unit: str, day: date, hours: str, *, by: int, at: Instant) -> None:
    """Set the hours when somebody of a unit is there on a day."""
    tx.change(_FORGET_DUTY, whose=unit, which=day.isoformat())
    tx.add(duty_hours, unit=unit, day=day.isoformat(), hours=hours, by=by, at=at)
    _changed(tx)


def _changed(tx: Tx) -> None:
    tx.bump("calendar")
    tx.bump("schedule")  # the reminders planned from it
