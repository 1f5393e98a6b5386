"""排名 平台 原文: read words that everybody may say anywhere."""

from decimal import Decimal

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply, Request
from commands.conversation.registry import Slot, command
from commands.wording.formats import lines, percent, points, say, short_name
from db import documents, ledger
from db.engine.tx import Reading
from scoring.cards import Basis, Card, Tallies, scorecard
from scoring.moments import Instant
from scoring.plan import Unit

QUICK = ("results_channel", "query_channel")
"""Items that one event each adds to: the cheapest next point (delight 3)."""


LEAST_OF_A_GROUP = 3
"""A place among fewer says nothing."""


@command("rank", "排名", reads=True, bare=True, example="排名")
def rank(request: Request, tx: Reading) -> Reply:
    """The units of the asker's group by rate (A43); his own distance to the one before."""
    plan = request.plan
    own = plan.by_code.get(request.who.unit)
    group = own.group if own is not None and own.scored else "系部"
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
        buttons = ((Button(label=say("button.my_unit"), says=f"score {own.code} 明细"),),)
    return Reply(
        text=lines(
            say("rank.line", group=group, said=said),
            say("rank.note") + (_gap(request, cards, places, mine) if mine is not None else ""),
        ),
        buttons=buttons,
    )


def place(request: Request, unit: Unit, tallies: Tallies, basis: Basis, when: Instant) -> str:
    """Where a unit stands in its group, for whoever has no unit of his own in it; else ""."""
    plan = request.plan
    own = plan.by_code.get(request.who.unit)
    group = [one for one in plan.scored_units if one.group == unit.group]
    if (own is not None and own.scored) or len(group) < LEAST_OF_A_GROUP:
        return ""
    cards = [scorecard(plan, one, tallies, basis, when) for one in group]
    places = _places([card.rate or Decimal(0) for card in cards])
    at = group.index(unit)
    return say("score.place", group=unit.group, place=places[at], total=len(group))


def _places(rates: list[Decimal]) -> list[int]:
    """Equal rates share a place."""
    return [1 + sum(other > rate for other in rates) for rate in rates]


def _gap(request: Request, cards: list[tuple[Unit, Card]], places: list[int], mine: int) -> str:
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
        item = request.plan.item[quick.item]
        worth = points(Decimal(request.plan.term(quick.item, "each")))
        said += say("rank.quickest", word=item.word, points=worth)
    return said


@command("platforms", "平台", reads=True, planless=True, never_bare=True, example="平台")
def platforms(request: Request, _tx: Reading) -> Reply:
    """The school's platforms "1+2+N" and who runs them (正文·一, 三)."""
    said = "、".join(request.plan.words["platforms"])
    return Reply(text=lines(say("platforms.line", said=said), say("platforms.who")))


@command(
    "clause",
    "原文",
    slots=(Slot(name="clause", kind="text", required=True, ask="请写条款，如 附件3·四"),),
    reads=True,
    never_bare=True,
    planless=True,
    example="原文 附件3·四",
)
def clause(request: Request, tx: Reading) -> Reply:
    """The words of a clause from the school's own document; its items where none is loaded."""
    wanted = normal(request.args["clause"])
    words = documents.words_of(tx, request.plan, wanted)
    if words:
        return Reply(text=say("clause.words", clause=wanted, words=words))
    items = [item for item in request.plan.items if normal(item.clause).startswith(wanted)]
    if not items:
        known = "、".join(dict.fromkeys(item.clause for item in request.plan.items))
        raise Refusal(say("clause.unknown", clause=wanted[:20], known=known))
    shown = "、".join(f"{item.word}（{points(item.max)} 分）" for item in items)
    return Reply(text=say("clause.not_loaded", clause=wanted, items=shown))


def normal(clause_: str) -> str:
    """附件3·二·(一), however the brackets, dots and blanks were typed."""
    text = "".join(clause_.split()).replace("（", "(").replace("）", ")")
    return text.replace("．", "·").replace(".", "·").replace("・", "·").replace("附件三", "附件3")
