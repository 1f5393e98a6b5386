"""What another text of a plan changes, line by line and in every unit's points, on one snapshot."""

from collections.abc import Iterable, Iterator

from commands.wording.formats import dated, points
from commands.wording.sentences import say
from db import ledger, months, plans, reposting, settings
from db.calendar import calendar
from db.engine.tx import Reading
from db.reposting import Moved
from scoring.cards import Card
from scoring.moments import Instant
from scoring.months import cards
from scoring.plan import Plan
from scoring.plandiff import changes
from scoring.planroll import to_look_at
from scoring.values import frozen


@frozen
class Effect:
    """A unit's card before and after; None where the text has no such unit."""

    name: str
    was: Card | None
    now: Card | None

    @property
    def moves(self) -> bool:
        """Whether points or maximum differ."""
        return _total(self.was) != _total(self.now)

    def __str__(self) -> str:
        key = "plan.moves" if self.moves else "plan.same"
        return say(key, unit=self.name, was=_total(self.was), now=_total(self.now))


def preview(tx: Reading, new: Plan, now: Instant) -> Iterator[str]:
    """Every changed line, then every unit's points under the text in force and the new one; of the
    first text of a year, what a person has to look at."""
    old = plans.kept(tx).of_year(new.year, now)
    if old is None:
        yield say("plan.first", year=new.year)
        yield from look_at(tx, new, now)
        return
    found = changes(old, new)
    yield say("plan.changes", total=len(found))
    yield from map(str, found)
    yield say("plan.effects", when=dated(now))
    yield from map(str, effects(tx, old, new, now))


def look_at(tx: Reading, new: Plan, now: Instant) -> Iterator[str]:
    """What a person has to look at in the plan of a year to come, a line each."""
    for line in to_look_at(new, calendar(tx), settings.students(tx, now)):
        yield say("plan.look_at", said=line)


def effects(
    tx: Reading, old: Plan, new: Plan, now: Instant, found: Moved | None = None
) -> Iterator[Effect]:
    """One effect for each unit and for the school, in the order of the new text. `found`: what it
    files elsewhere, if that is known already."""
    elsewhere = reposting.moved(tx, old, new) if found is None else found
    before = cards(old, ledger.tallies(tx, old), ledger.basis(tx, old, now, now), now)
    basis = ledger.basis(tx, new, now, now)
    yield from paired(before, cards(new, reposting.tallies(tx, old, elsewhere), basis, now))


def paired(before: Iterable[Card], after: Iterable[Card]) -> Iterator[Effect]:
    """One effect for each unit that has a card on either side."""
    was, now_ = ({card.unit: card for card in found} for found in (before, after))
    for unit in dict.fromkeys([*now_, *was]):
        card = now_.get(unit) or was[unit]
        yield Effect(name=card.name, was=was.get(unit), now=now_.get(unit))


def moved(found: Iterable[Effect]) -> Iterator[str]:
    """The units whose points or maximum change, then how many do not."""
    listed = list(found)
    changed = [one for one in listed if _total(one.was) != _total(one.now)]
    yield from map(str, changed)
    rest = len(listed) - len(changed)
    yield say("plan.rest" if changed else "plan.none_moves", total=rest)


def in_frozen(tx: Reading, old: Plan, new: Plan, found: Moved) -> Iterator[str]:
    """Each frozen month with the units that would be reported otherwise; it stays as it is."""
    heads = months.heads(tx)
    for month in months.all_frozen(tx, old):
        until, known = month.until, month.known
        basis = ledger.basis(tx, old, until - 1, known)
        before = cards(old, months.tallies(tx, old, until, heads), basis, until)
        counts = reposting.tallies_before(tx, old, found, until, heads)
        after = cards(new, counts, ledger.basis(tx, new, until - 1, known), until)
        changed = [one for one in paired(before, after) if _total(one.was) != _total(one.now)]
        said = "；".join(map(str, changed))
        yield say("plan.frozen" if changed else "plan.frozen_same", month=month.month, said=said)


def _total(card: Card | None) -> str:
    if card is None:
        return say("plan.no_card")
    return f"{points(card.points)}/{points(card.max)}"
