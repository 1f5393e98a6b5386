"""提醒: what went to whom in the last days, and what will come due in the next."""

from bot.pages.views.lists import PAGE, number
from bot.pages.visits import Shown, Visit
from commands.office.reminders import state_of
from commands.wording.formats import short
from commands.wording.terms import REMINDERS
from db import calendar, quiet, reminders
from db.engine.tx import Reading, Row
from reminders.planning import occurrences
from scoring.moments import DAY, Instant
from scoring.values import frozen

BACK, AHEAD = 7 * DAY, 14 * DAY

Place = tuple[Instant, str, str]
"""Where a row stands in the list: newest first, then by rule and audience."""


@frozen
class Told:
    """A reminder that was due: what about, for whom, and what became of it."""

    at: Instant
    word: str
    who: str
    state: str


def show(visit: Visit, tx: Reading) -> Shown:
    """A week back, two weeks ahead, and the kinds that are silenced."""
    rows = sorted(
        (
            row
            for row in reminders.since(tx, visit.now - BACK)
            if row.due_at <= visit.now and state_of(row)
        ),
        key=_place,
    )
    at = number(visit, "at")
    last = -at, visit.given.get("rule", ""), visit.given.get("audience", "")
    rest = [row for row in rows if not at or _place(row) > last]
    ahead: dict[Instant, dict[str, None]] = {}
    for one in occurrences(visit.plan, calendar.calendar(tx)):
        if visit.now < one.at <= visit.now + AHEAD:
            ahead.setdefault(one.at, {})[_word(one.rule)] = None
    return Shown(
        data={
            "rows": [
                Told(
                    at=row.due_at,
                    word=_word(row.rule),
                    who=_who(visit, row.audience),
                    state=state_of(row),
                )
                for row in rest[:PAGE]
            ],
            "total": len(rows),
            "at": at,
            "next": rest[PAGE - 1] if len(rest) > PAGE else None,
            "ahead": ahead,
            "silenced": [
                (word, until)
                for family, word in REMINDERS.items()
                if (until := quiet.until(tx, f"rule:{family}")) > visit.now
            ],
        }
    )


def _place(row: Row) -> Place:
    return -int(row.due_at), row.rule, row.audience


def _word(rule: str) -> str:
    return REMINDERS.get(rule.partition(".")[0], "")


def _who(visit: Visit, audience: str) -> str:
    """Whom a row is for: a person with their unit, or "" for a group."""
    person = visit.people.by_id.get(reminders.person_of(audience) or 0)
    return f"{person.name} {short(visit.plan, person.unit)}".strip() if person else ""
