"""换口径看看: what the other values of an item's readings would make of it; nothing is kept."""

from collections.abc import Iterator
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.conversation.seconds import ASSESSORS
from commands.filing.deciders import same_hand
from commands.grammar.slots import Slot
from commands.plans import effects
from commands.plans.switch import checked, rewritten
from commands.wording.formats import points, short
from commands.wording.sentences import lines, say
from db import plans
from db.engine.tx import Reading, Tx
from scoring.cards import Card
from scoring.plan import Plan
from scoring.switches import SWITCHES, word


@command(
    "otherwise",
    roles=ASSESSORS,
    slots=(
        Slot(name="unit", kind="unit", required=True),
        Slot(name="item", kind="item", required=True),
    ),
    internal=True,
    private=True,
)
def otherwise(request: Request, tx: Tx) -> Reply:
    """Order the trial of every other value of an item's readings."""
    args = {"unit": request.args["unit"], "item": request.args["item"]}
    return jobs.begin(request, tx, TRIAL.name, say("readings.trying"), **args)


def _try(tx: Reading, order: Order, _tell: Tell) -> Made:
    revision = plans.kept(tx).revision(order.plan.year, order.now)
    if revision is None:
        return Made(payload={"said": [], "number": "", "word": ""})
    old, unit, item = revision.plan, order.args["unit"], order.args["item"]
    moved, same = [], []
    for number, value in _others(old, item):
        try:
            new = checked(tx, rewritten(revision, number, value, None), order.now)
        except Refusal:
            continue  # it cannot hold together with another reading
        found = list(effects.effects(tx, old, new, order.now))
        own = next(one for one in found if one.was is not None and one.was.unit == unit)
        was, now = _points(own.was, item), _points(own.now, item)
        named = say("otherwise.value", number=number, value=word(number, value))
        if was == now:
            same.append(named)
            continue
        said = {"note": new.readings[number].source.note, "was": was, "now": now}
        rest = sum(one.moves for one in found if one is not own)
        key = "otherwise.line" if rest else "otherwise.alone"
        text = say(key, number=number, unit=short(old, unit), total=rest, **said)
        moved.append((number, word(number, value), text))
    number, named = moved[0][:2] if moved else ("", "")
    told = [text for _, _, text in moved]
    if same:
        told.append(say("otherwise.same", said="、".join(same)))
    return Made(payload={"said": told, "number": number, "word": named})


def _others(plan: Plan, item: str) -> Iterator[tuple[str, Any]]:
    """Every value of an item's readings that is not in force."""
    for number in plan.item[item].readings:
        if number in SWITCHES:
            for value in SWITCHES[number].values:
                if value != plan.reads(number):
                    yield number, value


def _points(card: Card | None, item: str) -> str:
    verdicts = card.verdicts if card is not None else ()
    verdict = next((one for one in verdicts if one.item == item and one.max), None)
    if verdict is None:
        return say("plan.no_card")
    return say("score.unknown_points") if verdict.points is None else points(verdict.points)


def _answer(request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    said, number = made.payload["said"], made.payload["number"]
    others = [
        one.name
        for one in request.people.with_role(ASSESSORS)
        if one.id != request.who.id and not same_hand(request.people, request.who.id, one)
    ]
    names = "、".join(others[:3]) or say("otherwise.somebody")
    example = {"number": number, "value": made.payload["word"], "names": names}
    formal = say("otherwise.formal", **example) if number else ""
    return Reply(text=lines(say("otherwise.head"), *said, formal), private=True)


TRIAL = Job(name="otherwise", work=_try, finish=_answer)
