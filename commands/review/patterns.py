"""What stands out about a report, said on its card and nowhere else: it asks the reviewer to look
twice, and never changes a point (C17)."""

from collections.abc import Iterator

from commands.review import likeness
from commands.review.likeness import Titles
from commands.wording.formats import short
from commands.wording.sentences import say
from db import histories, ledger
from db.engine.tx import Reading
from db.people import Directory
from scoring.moments import MINUTE
from scoring.plan import Plan

MOST_IN_A_MINUTE = 20
"""One paste has no more (C2); whoever reports more than these in a minute did not look at them."""

MOST_COUNTED = 50
"""Of more in a minute the card says that they are more."""


def flags(
    tx: Reading,
    plan: Plan,
    people: Directory,
    entry: ledger.Entry,
    titles: Titles | None = None,
) -> Iterator[str]:
    """A line for each: a title like another of the unit, the same as another unit's, too many at
    once. `titles`: those around it, if they are at hand."""
    titles = titles or Titles(tx, plan, [entry])
    for key, other in (("flag", titles.alike(entry)), ("elsewhere", titles.elsewhere(entry))):
        if other is not None:
            unit, when = short(plan, other.fact.unit), likeness.when(entry, other)
            yield say(f"alike.{key}", number=other.number, unit=unit, when=when)
    total = _at_once(tx, plan, entry)
    if total > MOST_IN_A_MINUTE:
        person = people.by_id.get(entry.fact.person)
        key = "alike.burst" if total < MOST_COUNTED else "alike.burst_of_many"
        yield say(key, name=person.name if person else "", total=min(total, MOST_COUNTED))


def _at_once(tx: Reading, plan: Plan, entry: ledger.Entry) -> int:
    """How many reports its author made in the minute around one, up to twice MOST_COUNTED. Those
    of one minute came one after the other, so only the nearest are looked at."""
    at = entry.fact.happened_at
    since, until = at - MINUTE + 1, at + MINUTE

    def within(most: int) -> int:
        near = histories.around(tx, plan, entry.fact.person, entry.number, most)
        return sum(since <= one < until for one in near)

    found = within(MOST_IN_A_MINUTE + 1)
    return within(MOST_COUNTED) if found > MOST_IN_A_MINUTE else found
