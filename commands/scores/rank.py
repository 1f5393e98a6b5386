"""排名: the units of a group by rate, for everybody anywhere."""

from collections.abc import Iterable
from decimal import Decimal

from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.wording.formats import percent, points, short_name
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Reading
from scoring.cards import Basis, Card, Tallies, scorecard
from scoring.moments import Instant
from scoring.plan import Unit
from scoring.verdicts import ZERO

QUICK = ("results_channel", "query_channel")
"""Items that gain from each single event: the cheapest next point (delight 3)."""

LEAST_OF_A_GROUP = 3
"""A place among fewer units says nothing."""


@command("rank", "排名", reads=True, bare=True, looks_back=True, example="排名")
def rank(request: Request, tx: Reading) -> Reply:
    """Rank the units of the asker's group by rate (A43), with the gap to the place above."""
    plan = request.plan
    own = plan.by_code.get(request.who.unit)
    group = own.group if own is not None and own.scored else plan.groups[0]
    tallies = ledger.tallies(tx, plan)
    basis = ledger.basis(tx, plan, request.at, request.now)
    cards = [
        (unit, scorecard(plan, unit, tallies, basis, request.at))
        for unit in plan.scored_units
        if unit.group == group
    ]
    cards.sort(key=lambda pair: -(pair[1].rate or Decimal(0)))
    places = _places([card.rate or Decimal(0) for _, card in cards])
    said = "　".join(
        say("rank.place", place=place, unit=short_name(unit), rate=percent(card.rate))
        for place, (unit, card) in zip(places, cards, strict=True)
    )
    mine = next((at for at, (unit, _) in enumerate(cards) if unit is own), None)
    buttons: tuple[tuple[Button, ...], ...] = ()
    if mine is not None and own is not None:
        buttons = ((Button.of(say("button.my_unit"), "score", f"{own.code} 明细"),),)
    return Reply(
        text=lines(
            say("rank.line", group=group, said=said),
            say("rank.note") + (_gap(request, cards, places, mine) if mine is not None else ""),
        ),
        buttons=buttons,
    )


def place(asking: Asking, unit: Unit, tallies: Tallies, basis: Basis, when: Instant) -> str:
    """A unit's place in its group, for an asker whose own unit is not scored; else ""."""
    plan = asking.plan
    own = plan.by_code.get(asking.who.unit)
    group = [one for one in plan.scored_units if one.group == unit.group]
    if (own is not None and own.scored) or len(group) < LEAST_OF_A_GROUP:
        return ""
    cards = [scorecard(plan, one, tallies, basis, when) for one in group]
    places = _places([card.rate or Decimal(0) for card in cards])
    at = group.index(unit)
    return say("score.place", group=unit.group, place=places[at], total=len(group))


def _places(rates: list[Decimal]) -> list[int]:
    """Equal rates share a place."""
    return [place_of(rate, rates) for rate in rates]


def place_of(rate: Decimal | None, rates: Iterable[Decimal | None]) -> int:
    """The place of a rate among those of its group; none counts as 0."""
    return 1 + sum((other or ZERO) > (rate or ZERO) for other in rates)


def _gap(asking: Asking, cards: list[tuple[Unit, Card]], places: list[int], mine: int) -> str:
    unit, card = cards[mine]
    said = ""
    ahead = next((at for at in range(mine - 1, -1, -1) if places[at] < places[mine]), None)
    if ahead is not None:
        above = cards[ahead][1]
        short_of = above.points - card.points if above.max == card.max else None
        if short_of:
            said = say(
                "rank.gap", unit=short_name(unit), place=places[ahead], points=points(short_of)
            )
    quick = next(
        (verdict for verdict in card.verdicts if verdict.item in QUICK and verdict.winnable > 0),
        None,
    )
    if quick is not None:
        item = asking.plan.item[quick.item]
        worth = points(Decimal(asking.plan.term(quick.item, "each")))
        said += say("rank.quickest", word=item.word, points=worth)
    return said
