"""Titles that look alike: a short link cannot be resolved offline, a reviewer can look (C17)."""

from commands.filing.kinds import KINDS
from commands.grammar.folding import fold
from commands.wording.formats import short, weekday
from commands.wording.sentences import say
from db import histories, ledger
from db.engine.tx import Reading
from scoring.moments import DAY, day_of
from scoring.plan import Plan

WITHIN = 7 * DAY
ALIKE = 80.0
"""Out of 100, as rapidfuzz measures; 剪纸的一天 and 剪纸的一天2 are 91."""


def flag(tx: Reading, plan: Plan, entry: ledger.Entry) -> str:
    """与 #193 标题相近（艺术，同日） for the card of a report, or ""."""
    other = closest(tx, plan, entry)
    return said(plan, entry, other) if other is not None else ""


def said(plan: Plan, entry: ledger.Entry, other: ledger.Entry) -> str:
    """与 #193 标题相近（艺术，同日）, of a report and the one it is like."""
    unit = short(plan, entry.fact.unit)
    return say("alike.flag", number=other.number, unit=unit, when=when(entry, other))


def when(entry: ledger.Entry, other: ledger.Entry) -> str:
    """When the other was reported: 同日, or its weekday."""
    day = day_of(other.fact.happened_at)
    return say("alike.same_day") if day == day_of(entry.fact.happened_at) else weekday(day)


def closest(tx: Reading, plan: Plan, entry: ledger.Entry) -> ledger.Entry | None:
    """The earlier standing report of the same unit within 7 days that is most like it."""
    kinds = KINDS[entry.fact.kind].compared
    at = entry.fact.happened_at
    near = [
        other
        for kind in kinds
        for other in histories.of_unit(
            tx, plan, entry.fact.unit, kind, since=at - WITHIN, until=at + WITHIN
        )
        if other.number < entry.number and other.title
    ]
    if not near or not entry.title:
        return None
    from rapidfuzz import fuzz  # only a card needs it

    title = fold(entry.title)
    score, best = max(
        ((fuzz.ratio(title, fold(other.title)), other) for other in near),
        key=lambda found: (found[0], found[1].number),
    )
    return best if score >= ALIKE else None
