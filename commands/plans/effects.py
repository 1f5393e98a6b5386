"""Every unit's points under the plan in force and under another text of it, on one snapshot."""

from collections.abc import Iterator

from commands.wording.formats import points
from commands.wording.sentences import say
from db import ledger, reposting
from db.engine.tx import Reading
from scoring.cards import Card
from scoring.moments import Instant
from scoring.months import cards
from scoring.plan import Plan
from scoring.values import frozen


@frozen
class Effect:
    """A unit's card before and after; None where the text has no such unit."""

    name: str
    was: Card | None
    now: Card | None

    def __str__(self) -> str:
        was, now = (_total(card) for card in (self.was, self.now))
        key = "plan.same" if was == now else "plan.moves"
        return say(key, unit=self.name, was=was, now=now)


def effects(tx: Reading, old: Plan, new: Plan, now: Instant) -> Iterator[Effect]:
    """One effect for each unit and for the school, in the order of the new text."""
    basis = ledger.basis(tx, new, now, now)
    before = cards(old, ledger.tallies(tx, old), basis, now)
    after = cards(new, reposting.tallies(tx, old, new), basis, now)
    was, now_ = ({card.unit: card for card in found} for found in (before, after))
    for unit in dict.fromkeys([*now_, *was]):
        card = now_.get(unit) or was[unit]
        yield Effect(name=card.name, was=was.get(unit), now=now_.get(unit))


def _total(card: Card | None) -> str:
    if card is None:
        return say("plan.no_card")
    return f"{points(card.points)}/{points(card.max)}"
