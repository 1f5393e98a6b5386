"""Titles that look alike: a short link cannot be resolved offline, a reviewer can look (C17)."""

from collections.abc import Iterable, Iterator, Sequence

from commands.filing.kinds import KINDS
from commands.grammar.folding import fold
from commands.wording.formats import weekday
from commands.wording.sentences import say
from db import histories, ledger
from db.engine.tx import Reading
from scoring.facts import STANDING
from scoring.moments import DAY, Instant, day_of
from scoring.plan import Plan
from scoring.values import frozen

WITHIN = 7 * DAY
ALIKE = 80.0
"""Out of 100, as rapidfuzz measures; 剪纸的一天 and 剪纸的一天2 are 91."""


def when(entry: ledger.Entry, other: ledger.Entry) -> str:
    """When the other was reported: 同日, or its weekday."""
    day = day_of(other.fact.happened_at)
    return say("alike.same_day") if day == day_of(entry.fact.happened_at) else weekday(day)


@frozen
class Titled:
    """A report by its title: as it is compared, whose and when."""

    number: int
    unit: str
    kind: str
    at: Instant
    title: str


class Titles:
    """The titles around some reports, read once for all of them."""

    def __init__(self, tx: Reading, plan: Plan, entries: Sequence[ledger.Entry]) -> None:
        self._tx = tx
        self._of_unit: dict[str, list[Titled]] = {}
        self._called: dict[str, list[Titled]] = {}
        named = [entry for entry in entries if entry.title]
        if not named:
            return
        kinds = {kind for entry in named for kind in KINDS[entry.fact.kind].compared}
        times = [entry.fact.happened_at for entry in named]
        since, until = min(times) - WITHIN, max(times) + WITHIN
        for row in histories.titles(tx, plan, plan.by_code, kinds, since=since, until=until):
            one = Titled(
                number=int(row.id),
                unit=row.unit,
                kind=row.kind,
                at=int(row.happened_at),
                title=fold(row.title),
            )
            self._of_unit.setdefault(one.unit, []).append(one)
            self._called.setdefault(one.title, []).append(one)

    def alike(self, entry: ledger.Entry) -> ledger.Entry | None:
        """The earlier standing report of the same unit within seven days that is most like one."""
        near = list(_near(entry, self._of_unit.get(entry.fact.unit, ())))
        if not near or not entry.title:
            return None
        from rapidfuzz import fuzz  # only a card needs it

        title = fold(entry.title)
        scored = ((fuzz.ratio(title, one.title, score_cutoff=ALIKE), one.number) for one in near)
        alike = sorted((one for one in scored if one[0] >= ALIKE), reverse=True)
        return self._standing(number for _, number in alike)

    def elsewhere(self, entry: ledger.Entry) -> ledger.Entry | None:
        """The first standing report of another unit with this very title within seven days."""
        title = fold(entry.title)
        if not title or title == fold(say("report.untitled")):
            return None
        called = _near(entry, self._called.get(title, ()))
        return self._standing(one.number for one in called if one.unit != entry.fact.unit)

    def _standing(self, numbers: Iterable[int]) -> ledger.Entry | None:
        standing = (
            number for number in numbers if ledger.stands(self._tx, number).state in STANDING
        )
        return next((ledger.entry(self._tx, number) for number in standing), None)


def _near(entry: ledger.Entry, rows: Iterable[Titled]) -> Iterator[Titled]:
    """Those that may be compared with a report, and were made before it."""
    kinds, at = KINDS[entry.fact.kind].compared, entry.fact.happened_at
    return (
        one
        for one in rows
        if one.number < entry.number and one.kind in kinds and -WITHIN <= one.at - at < WITHIN
    )
