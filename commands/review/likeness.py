"""Titles that look alike: a short link cannot be resolved offline, a reviewer can look (C17)."""

from commands.filing.kinds import KINDS
from commands.grammar.folding import fold
from commands.wording.formats import short, weekday
from commands.wording.sentences import say
from db import histories, ledger
from db.engine.tx import Reading
from scoring.facts import STANDING
from scoring.moments import DAY, day_of
from scoring.plan import Plan

WITHIN = 7 * DAY
ALIKE = 80.0
"""Out of 100, as rapidfuzz measures; 剪纸的一天 and 剪纸的一天2 are 91."""


def flag(tx: Reading, plan: Plan, entry: ledger.Entry) -> str:
    """与 #193 标题相近（艺术，同日） for the card of a report, or ""."""
    other = _closest(tx, plan, entry)
    if other is None:
        return ""
    unit = short(plan, entry.fact.unit)
    return say("alike.flag", number=other.number, unit=unit, when=when(entry, other))


def when(entry: ledger.Entry, other: ledger.Entry) -> str:
    """When the other was reported: 同日, or its weekday."""
    day = day_of(other.fact.happened_at)
    return say("alike.same_day") if day == day_of(entry.fact.happened_at) else weekday(day)


def _closest(tx: Reading, plan: Plan, entry: ledger.Entry) -> ledger.Entry | None:
    """The earlier standing report of the same unit within 7 days that is most like it."""
    kinds, at = KINDS[entry.fact.kind].compared, entry.fact.happened_at
    since, until = at - WITHIN, at + WITHIN
    near = [
        row
        for row in histories.near(tx, plan, (entry.fact.unit,), kinds, since=since, until=until)
        if row.id < entry.number and row.title
    ]
    if not near or not entry.title:
        return None
    from rapidfuzz import fuzz  # only a card needs it

    title = fold(entry.title)
    scored = sorted(((fuzz.ratio(title, fold(row.title)), row.id) for row in near), reverse=True)
    alike = (number for score, number in scored if score >= ALIKE)
    standing = (number for number in alike if ledger.stands(tx, number).state in STANDING)
    return next((ledger.entry(tx, number) for number in standing), None)
