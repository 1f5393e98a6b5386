"""Scorecards: the verdicts on all ten items of a unit, or of the school, and their totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from scoring.moments import Instant
from scoring.plan import Plan, Unit
from scoring.rules import RULES, SCHOOL_RULES, SHARES, due_before, not_applicable, of_school
from scoring.rules_milestones import owed
from scoring.verdicts import ZERO, Basis, Book, Status, Tallies, Verdict

__all__ = ["Basis", "Card", "Status", "Tallies", "Verdict", "school_card", "scorecard"]

SCHOOL = "两院"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The scorecard of a unit, or of the school row (unit None, name and group 两院).

    points + lost + open + winnable = max, as in every verdict. `rate` is cut to four places;
    None where no points can be earned.
    """

    unit: str | None
    name: str
    group: str
    verdicts: tuple[Verdict, ...]
    points: Decimal
    max: Decimal
    rate: Decimal | None
    lost: Decimal
    open: Decimal
    winnable: Decimal


def scorecard(plan: Plan, unit: Unit, tallies: Tallies, basis: Basis, until: Instant) -> Card:
    """What a unit has earned by `until`, item by item in table order."""
    book = Book(plan=plan, tallies=tallies, basis=basis, until=until)
    code, absent, early = unit.code, not_applicable(plan), due_before(plan)
    shared = of_school(plan)
    return _card(
        (
            SHARES[item.code](book, item, unit)
            if item.code in shared
            else RULES[item.code](book, item, unit)
            if owed(plan, item, unit)
            else (early if code in item.units else absent)[item.code]
            for item in plan.items
        ),
        unit=code,
        name=unit.name,
        group=unit.group,
    )


def school_card(plan: Plan, tallies: Tallies, basis: Basis, until: Instant) -> Card:
    """The row of the two schools together, which is scored on leads (A29)."""
    book = Book(plan=plan, tallies=tallies, basis=basis, until=until)
    absent, own = not_applicable(plan), of_school(plan)
    return _card(
        (
            SCHOOL_RULES[item.code](book, item) if item.code in own else absent[item.code]
            for item in plan.items
        ),
        unit=None,
        name=SCHOOL,
        group=SCHOOL,
    )


def _card(verdicts: Iterable[Verdict], *, unit: str | None, name: str, group: str) -> Card:
    lines = tuple(verdicts)
    counted = [line for line in lines if line.max]
    points = sum((line.points for line in counted if line.points is not None), ZERO)
    most = sum((line.max for line in counted), ZERO)
    return Card(
        unit=unit,
        name=name,
        group=group,
        verdicts=lines,
        points=points,
        max=most,
        rate=(points / most).quantize(Decimal("0.0001"), ROUND_DOWN) if most else None,
        lost=sum((line.lost for line in counted), ZERO),
        open=sum((line.open for line in counted), ZERO),
        winnable=sum((line.winnable for line in counted), ZERO),
    )
