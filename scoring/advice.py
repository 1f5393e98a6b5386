"""The next points of a unit, the cheapest first: what to do, how often, by when, for how much. As
data, never as sentences; the same numbers as the verdicts and the duties."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from scoring.cards import Card
from scoring.duties import gates
from scoring.moments import Instant
from scoring.periods import year_end
from scoring.plan import Plan, Unit
from scoring.values import frozen
from scoring.verdicts import Tallies


@frozen
class Step:
    """Something to do: `code` as in scoring.duties, `times` how often, for `points` in all, by `by`
    (24:00 of its day). `period`: the week or month that it keeps, None of anything else."""

    code: str
    item: str
    times: int
    points: Decimal
    by: Instant
    period: str | None = None

    @property
    def each(self) -> Decimal:
        """The points of doing it once."""
        return self.points / self.times


def steps(plan: Plan, unit: Unit, card: Card, tallies: Tallies, until: Instant) -> tuple[Step, ...]:
    """What a unit can still do for points, those that bring most for one thing to do first, then
    what must be done sooner. What waits for review is done already."""
    found = (*_gates(plan, unit, tallies, until), *_events(plan, card, until))
    return tuple(sorted(found, key=lambda step: (-step.each, step.by)))


def of_item(found: Iterable[Step], item: str) -> Step | None:
    """The next step that an item gains from."""
    return next((step for step in found if step.item == item), None)


def _gates(plan: Plan, unit: Unit, tallies: Tallies, until: Instant) -> Iterator[Step]:
    for gate in gates(plan, unit, tallies, until):
        if gate.item and gate.points and gate.missing:
            yield Step(
                code=gate.code,
                item=gate.item,
                times=gate.missing,
                points=gate.points,
                by=gate.deadline,
                period=gate.period,
            )


def _events(plan: Plan, card: Card, until: Instant) -> Iterator[Step]:
    """Items that gain from each single event until the year ends."""
    if until >= year_end(plan):
        return
    for verdict in card.verdicts:
        terms = plan.item[verdict.item].terms
        if "each" in terms and verdict.winnable > 0:
            yield Step(
                code=verdict.item,
                item=verdict.item,
                times=1,
                points=Decimal(terms["each"].value),
                by=year_end(plan),
            )
