"""总览: every unit with its points, what changed this week, and what is open until when."""

from decimal import Decimal

from bot.pages.views.days import AsOf, as_of
from bot.pages.visits import Shown, Visit
from commands.scores import rank, trends
from commands.scores.lacking import OVER_ALL
from db import ledger
from db.engine.tx import Reading
from db.people import ADVISER, HEAD
from scoring.cards import Basis, Card, Tallies, school_card, scorecard
from scoring.duties import Duty, Task, board, gates
from scoring.plan import Unit
from scoring.values import frozen
from scoring.verdicts import Book

MOST_GATES = 2
EXPORTS = OVER_ALL | {HEAD, ADVISER}
"""Who may have the table of points."""


@frozen
class Row:
    """A unit on the page. `place`: in its group. `change`: of the points since Monday, None where
    nothing can be compared."""

    unit: Unit
    card: Card
    place: int
    change: Decimal | None
    gates: tuple[Duty, ...]
    missing: tuple[Task, ...]


def figures(visit: Visit, tx: Reading, asked: AsOf) -> tuple[Tallies, Basis]:
    """What the cards of an instant are made of, by the functions that 得分 reads with."""
    plan = asked.plan
    basis = ledger.basis(tx, plan, asked.until, asked.known)
    if asked.live:
        return ledger.tallies(tx, plan), basis
    return visit.kept.past.tallies(tx, plan, asked.until, asked.known, visit.now), basis


def show(visit: Visit, tx: Reading) -> Shown:
    """All units by group, and the row of the two schools."""
    asked = as_of(visit)
    plan = asked.plan
    tallies, basis = figures(visit, tx, asked)
    weeks = visit.kept.past.weeks(tx, plan, visit.world.plans, visit.now) if asked.live else []
    cards = {
        unit.code: scorecard(plan, unit, tallies, basis, asked.judged) for unit in plan.scored_units
    }
    before = weeks[-1].cards if weeks else {}
    groups: dict[str, list[Row]] = {group: [] for group in plan.groups}
    for unit in plan.scored_units:
        card = cards[unit.code]
        beside = [cards[one.code].rate for one in plan.scored_units if one.group == unit.group]
        then = before.get(unit.code)
        groups[unit.group].append(
            Row(
                unit=unit,
                card=card,
                place=rank.place_of(card.rate, beside),
                change=card.points - then.points if then else None,
                gates=gates(plan, unit, tallies, asked.judged)[:MOST_GATES],
                missing=tuple(
                    row for row in board(plan, unit, tallies, asked.judged) if row.missing
                ),
            )
        )
    for rows in groups.values():
        rows.sort(key=lambda row: row.place)
    book = Book(plan=plan, tallies=tallies, basis=basis, until=asked.judged)
    return Shown(
        data={
            "asked": asked,
            "exports": visit.may(EXPORTS),
            "plan": plan,
            "groups": groups,
            "shares": trends.enough(book),
            "school": school_card(plan, tallies, basis, asked.judged),
            "certified": trends.certified(weeks),
        }
    )
