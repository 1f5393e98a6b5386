"""Scorecards as the JSON document of contracts 6."""

from collections.abc import Iterable, Mapping
from typing import Any

from scoring.cards import Card
from scoring.duties import Task
from scoring.moments import Instant, local
from scoring.plan import Plan
from scoring.verdicts import Verdict, digits

BOARD = ("task", "period", "due", "done", "missing")


def document(
    plan: Plan, cards: Iterable[Card], boards: Mapping[str, Iterable[Task]], as_of: Instant
) -> dict[str, Any]:
    """The document. `cards` holds units and the school in any order, `boards` is by unit code.

    Points are decimal strings, null where there are none. `school` is null if `cards` has no
    school card.
    """
    listed = list(cards)
    school = next((card for card in listed if card.unit is None), None)
    return {
        "plan": plan.id,
        "as_of": local(as_of).isoformat(),
        "units": [
            _card(card, boards.get(card.unit, ())) for card in listed if card.unit is not None
        ],
        "school": _card(school, ()) if school else None,
    }


def _card(card: Card, board: Iterable[Task]) -> dict[str, Any]:
    return {
        "unit": card.name,
        "group": card.group,
        "points": digits(card.points),
        "max": digits(card.max),
        "rate": None if card.rate is None else digits(card.rate),
        "items": [_item(verdict) for verdict in card.verdicts],
        "board": [{name: getattr(task, name) for name in BOARD} for task in board],
    }


def _item(verdict: Verdict) -> dict[str, Any]:
    return {
        "item": verdict.item,
        "clause": verdict.clause,
        "points": None if verdict.points is None else digits(verdict.points),
        "max": digits(verdict.max),
        "status": str(verdict.status),
        "convention": verdict.convention,
        "because": verdict.because,
    }
