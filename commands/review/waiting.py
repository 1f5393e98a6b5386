"""What waits for a person's decision, without what another reviewer is looking through."""

from collections import Counter
from collections.abc import Collection, Iterable

from commands.chat.requests import Asking
from commands.filing.backlog import handed_until
from commands.filing.deciders import decidable, decided_kinds, matter, may_decide
from db import leases, ledger, waits
from db.engine.tx import Reading, Row
from scoring.values import frozen

BATCH = 100
"""Rows read at a time while a part of the queue is put together."""


def waiting(asking: Asking, tx: Reading) -> list[Row]:
    """The rows of the queue that this person may decide on, oldest first; without those that
    another reviewer is looking through."""
    return _mine(asking, tx, ledger.queue(tx, decided_kinds(asking.plan, asking.who)))


def part(
    asking: Asking, tx: Reading, kinds: Collection[str], *, after: int, most: int, unit: str = ""
) -> list[Row]:
    """The same rows of some kinds, and of a unit if one is named: the first so many after a
    number."""
    found: list[Row] = []
    while len(found) < most:
        rows = waits.behind(tx, kinds, after, BATCH, unit)
        found += _mine(asking, tx, rows)
        if len(rows) < BATCH:
            break
        after = int(rows[-1].fact)
    return found[:most]


def these(asking: Asking, tx: Reading, numbers: Collection[int]) -> list[Row]:
    """Those of these facts that are among them."""
    kinds = decided_kinds(asking.plan, asking.who)
    return _mine(asking, tx, (row for row in waits.these(tx, numbers) if row.kind in kinds))


def totals(asking: Asking, tx: Reading) -> Counter[tuple[str, str]]:
    """How many there are of each kind and unit. They are counted as if nobody had reported them;
    only what was reported by those whom that makes a difference for is counted by person."""
    before = handed_until(tx, asking.now)
    kinds = decided_kinds(asking.plan, asking.who)
    groups = waits.totals(tx, kinds, before)
    mine = _Mine(asking)
    found = Counter[tuple[str, str]]()
    for group in groups:
        if mine.has(group):
            found[group.kind, group.unit] += int(group.total)
    for some in waits.totals_of(tx, kinds, before, mine.special(groups)):
        there, here = mine.has(some), mine.has(some, some.person)
        found[some.kind, some.unit] += int(some.total) * (here - there)
    taken = [row for row in waits.these(tx, _taken(asking, tx)) if row.kind in kinds]
    found.subtract((row.kind, row.unit) for row in _decidable(asking, tx, taken))
    return +found


@frozen
class _Of:
    """Something of a kind and unit that somebody reported."""

    kind: str
    unit: str
    person: int


class _Mine:
    """Whether what waits is for somebody to decide on, by its kind, unit, lateness and reporter."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: dict[tuple[_Of, bool], bool] = {}

    def has(self, group: Row, person: int = 0) -> bool:
        """Whether a group of what waits is theirs, reported by a person or by nobody."""
        asking, late = self._asking, bool(group.late)
        of = _Of(kind=group.kind, unit=group.unit, person=person)
        if (of, late) not in self._known:
            what = matter(asking.plan, asking.people, of, handed=late)
            self._known[of, late] = may_decide(asking.plan, asking.who, what)
        return self._known[of, late]

    def special(self, groups: Iterable[Row]) -> list[int]:
        """Those for whom it makes a difference that they reported it: the decider, those whom they
        stand in for, and the people of some units."""
        who, people, groups = self._asking.who, self._asking.people.by_id, list(groups)
        one_of = {one.unit: one.id for one in people.values() if one.id != who.id}
        units = {
            unit
            for unit, one in one_of.items()
            if any(self.has(group, one) != self.has(group) for group in groups)
        }
        own = {who.id, *(one.id for _, one in who.stands_for)}
        return [one.id for one in people.values() if one.id in own or one.unit in units]


PREFIX = "review:"


def free(asking: Asking, tx: Reading, rows: Iterable[Row]) -> list[Row]:
    """Those of the waiting rows that nobody else has taken for now."""
    taken = _taken(asking, tx)
    return [row for row in rows if row.fact not in taken]


def _taken(asking: Asking, tx: Reading) -> frozenset[int]:
    names = leases.of_others(tx, PREFIX, str(asking.who.id), asking.now)
    return frozenset(int(name.removeprefix(PREFIX)) for name in names)


def _mine(asking: Asking, tx: Reading, rows: Iterable[Row]) -> list[Row]:
    return free(asking, tx, _decidable(asking, tx, rows))


def _decidable(asking: Asking, tx: Reading, rows: Iterable[Row]) -> list[Row]:
    before = handed_until(tx, asking.now)
    return decidable(
        asking.plan, asking.people, asking.who, rows, handed=lambda row: row.since < before
    )
