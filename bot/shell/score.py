"""`promobot score`: scorecards in the shell, current or as of any past instant."""

import json
import time
from argparse import Namespace
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bot.process.app import open_database, read_settings
from bot.shell.output import moment, out
from bot.wording import say
from commands.grammar.lexicon import units_of
from commands.wording.formats import bar, percent
from db import ledger, plans
from db.engine.tx import Reading
from scoring.cards import school_card, scorecard
from scoring.duties import board
from scoring.errors import OperatorError
from scoring.export import document
from scoring.moments import Instant, judged_at
from scoring.plan import Plan, Unit


def run(arguments: Namespace) -> int:
    """Print the card of one unit, or of all."""
    now = int(time.time())
    known = moment(arguments.as_of, option="--as-of") if arguments.as_of else now
    until = moment(arguments.until, option="--until") if arguments.until else known
    found = read_settings(arguments.db)
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            plan = plans.kept(tx).in_force(until, known)
            if plan is None:
                raise OperatorError(say("score.no_plan"))
            unit = _unit(plan, arguments.unit) if arguments.unit else None
            scores = document_at(
                tx, plan, until=until, known=known, unit=unit, judged=judged_at(until)
            )
    finally:
        db.close()
    if arguments.json:
        out(json.dumps(scores, ensure_ascii=False, indent=2))
    else:
        out("\n".join(_lines(plan, scores)))
    return 0


def document_at(
    tx: Reading,
    plan: Plan,
    *,
    until: Instant,
    known: Instant,
    unit: Unit | None = None,
    judged: Instant | None = None,
) -> dict[str, Any]:
    """Return the document of contracts 6: what happened up to `until`, as known at `known`, by
    what is over at `judged` (`until` unless another instant is given)."""
    judged = until if judged is None else judged
    tallies = ledger.tallies_at(tx, plan, until, known)
    basis = ledger.basis(tx, plan, until, known)
    units = (unit,) if unit else plan.scored_units
    cards = [scorecard(plan, one, tallies, basis, judged) for one in units]
    if unit is None:
        cards.append(school_card(plan, tallies, basis, judged))
    boards = {one.code: board(plan, one, tallies, until) for one in units}
    return document(plan, cards, boards, known)


def _unit(plan: Plan, name: str) -> Unit:
    code = units_of(plan)(name)
    unit = plan.by_code.get(code) if code else None
    if unit is None or not unit.scored:
        names = "、".join(one.name for one in plan.scored_units)
        raise OperatorError(say("score.no_unit", unit=name[:20], names=names))
    return unit


def _lines(plan: Plan, scores: dict[str, Any]) -> Iterator[str]:
    """Yield the document as lines for people; a single unit with its items and reasons."""
    units = scores["units"]
    cards = [*units, scores["school"]] if scores["school"] else units
    for card in cards:
        rate = None if card["rate"] is None else Decimal(card["rate"])
        yield f"{card['unit']}　{card['points']}/{card['max']}（{percent(rate)}）{bar(rate)}"
    if scores["school"] is None:
        for item in units[0]["items"]:
            if item["status"] == "na":
                continue
            word = plan.item[item["item"]].word
            if item["max"] == "0":
                yield f"　{word}　{item['because']}"
                continue
            shown = say("score.pending") if item["points"] is None else item["points"]
            clause = item["convention"]
            by = say("score.by_convention", convention=clause) if clause else ""
            yield f"　{word}　{shown}/{item['max']}　{item['because']}{by}"
