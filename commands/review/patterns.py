"""What stands out about a report, said on its card and nowhere else: it asks the reviewer to look
twice, and never changes a point (C17)."""

from collections.abc import Iterator

from commands.filing.kinds import KINDS
from commands.grammar.folding import fold
from commands.review import likeness
from commands.review.likeness import WITHIN
from commands.wording.formats import short
from commands.wording.sentences import say
from db import histories, ledger
from db.engine.tx import Reading
from db.people import Directory
from scoring.facts import STANDING
from scoring.moments import MINUTE
from scoring.plan import Plan

MOST_IN_A_MINUTE = 20
"""One paste has no more (C2); whoever reports more than these in a minute did not look at them."""


def flags(tx: Reading, plan: Plan, people: Directory, entry: ledger.Entry) -> Iterator[str]:
    """A line for each: a title like another of the unit, the same as another unit's, too many at
    once."""
    alike = likeness.flag(tx, plan, entry)
    if alike:
        yield alike
    other = _elsewhere(tx, plan, entry)
    if other is not None:
        unit = short(plan, other.fact.unit)
        when = likeness.when(entry, other)
        yield say("alike.elsewhere", number=other.number, unit=unit, when=when)
    at = entry.fact.happened_at
    total = histories.count_of_person(tx, plan, entry.fact.person, at - MINUTE + 1, at + MINUTE)
    if total > MOST_IN_A_MINUTE:
        person = people.by_id.get(entry.fact.person)
        yield say("alike.burst", name=person.name if person else "", total=total)


def _elsewhere(tx: Reading, plan: Plan, entry: ledger.Entry) -> ledger.Entry | None:
    """The first standing report of another unit with this very title within seven days."""
    title, at = fold(entry.title), entry.fact.happened_at
    if not title or title == fold(say("report.untitled")):
        return None
    others = (unit for unit in plan.by_code if unit != entry.fact.unit)
    kinds, since, until = KINDS[entry.fact.kind].compared, at - WITHIN, at + WITHIN
    for row in histories.near(tx, plan, others, kinds, since=since, until=until):
        same = row.id < entry.number and fold(row.title) == title
        if same and ledger.stands(tx, row.id).state in STANDING:
            return ledger.entry(tx, row.id)
    return None
